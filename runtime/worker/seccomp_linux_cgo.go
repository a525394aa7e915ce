//go:build linux && cgo

package worker

import "golang.org/x/sys/unix"

// A binary with cgo, such as one with the race detector, starts its threads by the C library.
var seccompMore = []uint32{unix.SYS_SET_ROBUST_LIST, unix.SYS_RSEQ, unix.SYS_MREMAP, unix.SYS_SCHED_GETAFFINITY}

const seccompMoreFlags = unix.CLONE_PARENT_SETTID | unix.CLONE_CHILD_CLEARTID
