package s3test_test

import (
	"net"
	"os"
	"path/filepath"
	"testing"

	"github.com/versity/versitygw/backend/meta"
)

// freeAddress is a loopback address without a listener. Port 0 cannot be used, because the gateway
// does not report its port.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return address
}

// metadata stores the metadata of objects in extended attributes or, if the file system has none,
// in files beside the data.
func metadata(t *testing.T, data string) meta.MetadataStorer {
	t.Helper()
	folder := sidecar(t, data)
	if folder == "" {
		return meta.XattrMeta{}
	}
	store, err := meta.NewSideCar(folder)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// sidecar is the folder for metadata, or "" where extended attributes work.
func sidecar(t *testing.T, data string) string {
	t.Helper()
	if (meta.XattrMeta{}).Test(data) == nil {
		return ""
	}
	folder := filepath.Join(filepath.Dir(data), "sidecar")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	return folder
}
