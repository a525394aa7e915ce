// Package s3test runs the suite of object stores against a real S3 server.
//
// It is a separate module, because the server that it runs in the same process, versitygw, needs
// hundreds of modules that the host must not depend on. Run it with `go test ./...` in this folder.
package s3test
