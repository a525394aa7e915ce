package worker

import "golang.org/x/sys/unix"

// seccompArch is the processor by whose numbers the filter knows system calls.
const seccompArch = unix.AUDIT_ARCH_X86_64
