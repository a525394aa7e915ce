package s3test_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/versity/versitygw/backend/posix"
	"github.com/versity/versitygw/embedgw"

	"github.com/teahouse/teahouse/server/objects"
	"github.com/teahouse/teahouse/server/objects/objectstest"
)

const (
	accessKey = "teahouse-test"
	secretKey = "teahouse-test-secret"
	// startTimeout is long: the gateway starts in milliseconds, but the machine may be busy.
	startTimeout = 30 * time.Second
)

// gateway starts a real S3 server on a loopback port and returns its address. The server stops with
// the test.
func gateway(t *testing.T) string {
	t.Helper()
	data := filepath.Join(t.TempDir(), "data")
	if err := os.Mkdir(data, 0o700); err != nil {
		t.Fatal(err)
	}
	backend, err := posix.New(data, metadata(t, data), posix.PosixOpts{SideCarDir: sidecar(t, data)})
	if err != nil {
		t.Fatal(err)
	}
	address := freeAddress(t)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		done <- embedgw.RunVersityGW(ctx, backend, &embedgw.Config{
			RootUserAccess: accessKey, RootUserSecret: secretKey, Region: "us-east-1",
			Ports: []string{address}, Quiet: true, KeepAlive: true,
			MaxConnections: 256, MaxRequests: 128, MultipartMaxParts: 10_000,
		})
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil && ctx.Err() == nil {
			t.Errorf("gateway: %v", err)
		}
	})
	return address
}

func TestS3(t *testing.T) {
	address := gateway(t)
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	store, err := connect(ctx, objects.S3Config{
		Endpoint: address, Bucket: "teahouse", Prefix: "host/", Region: "us-east-1",
		AccessKey: accessKey, SecretKey: secretKey, Insecure: true, CreateBucket: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	// The suite is a separate subtest, so that its parallel parts end before the gateway.
	t.Run("suite", func(t *testing.T) { objectstest.Run(t, store) })

	t.Run("refuses a wrong secret", func(t *testing.T) {
		_, err := objects.OpenS3(ctx, objects.S3Config{
			Endpoint: address, Bucket: "teahouse", Region: "us-east-1",
			AccessKey: accessKey, SecretKey: "wrong", Insecure: true,
		})
		if err == nil {
			t.Error("opened with a wrong secret")
		}
	})
	t.Run("does not make a bucket unasked", func(t *testing.T) {
		_, err := objects.OpenS3(ctx, objects.S3Config{
			Endpoint: address, Bucket: "another", Region: "us-east-1",
			AccessKey: accessKey, SecretKey: secretKey, Insecure: true,
		})
		if err == nil {
			t.Error("opened a bucket that is not there")
		}
	})
	t.Run("keeps to its prefix", func(t *testing.T) {
		other, err := objects.OpenS3(ctx, objects.S3Config{
			Endpoint: address, Bucket: "teahouse", Prefix: "other/", Region: "us-east-1",
			AccessKey: accessKey, SecretKey: secretKey, Insecure: true,
		})
		if err != nil {
			t.Fatal(err)
		}
		if keys, err := other.List(ctx, "", "", 10); err != nil || len(keys) > 0 {
			t.Errorf("keys of another prefix: %v, %v", keys, err)
		}
	})
}

// connect opens the store as soon as the gateway listens.
func connect(ctx context.Context, config objects.S3Config) (*objects.S3, error) {
	for {
		store, err := objects.OpenS3(ctx, config)
		if err == nil {
			return store, nil
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("the gateway did not start: %w", err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}
