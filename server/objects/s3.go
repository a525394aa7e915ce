package objects

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/teahouse/teahouse/fault"
)

// S3Config is the address of the bucket.
type S3Config struct {
	// Endpoint is a host with an optional port, without scheme.
	Endpoint string
	Bucket   string
	// Prefix comes before every key, as in "teahouse/". It may be empty.
	Prefix    string
	Region    string
	AccessKey string
	SecretKey string
	// Insecure uses HTTP: for a gateway on the same machine only.
	Insecure bool
	// CreateBucket makes the bucket if it is not there.
	CreateBucket bool
}

// S3 is a store in a bucket of any S3.
type S3 struct {
	client *minio.Client
	bucket string
	prefix string
}

var _ Store = (*S3)(nil)

// OpenS3 connects to a bucket and checks that it exists.
func OpenS3(ctx context.Context, c S3Config) (*S3, error) {
	client, err := minio.New(c.Endpoint, &minio.Options{
		Creds:  credentials.NewStaticV4(c.AccessKey, c.SecretKey, ""),
		Secure: !c.Insecure, Region: c.Region, MaxRetries: tries,
	})
	if err != nil {
		return nil, fmt.Errorf("open object storage: %w", err)
	}
	exists, err := client.BucketExists(ctx, c.Bucket)
	if err != nil {
		return nil, fmt.Errorf("look for bucket %s: %w", c.Bucket, err)
	}
	if !exists && !c.CreateBucket {
		return nil, fmt.Errorf("there is no bucket %s", c.Bucket)
	}
	if !exists {
		err := client.MakeBucket(ctx, c.Bucket, minio.MakeBucketOptions{Region: c.Region})
		if err != nil && minio.ToErrorResponse(err).Code != minio.BucketAlreadyOwnedByYou {
			return nil, fmt.Errorf("make bucket %s: %w", c.Bucket, err)
		}
	}
	return &S3{client: client, bucket: c.Bucket, prefix: c.Prefix}, nil
}

// Put implements Store.
func (s *S3) Put(ctx context.Context, key string, r io.Reader, size int64) error {
	if err := CheckKey(key); err != nil {
		return err
	}
	exact := &exactReader{r: r, left: size}
	if size == 0 {
		// The client does not read the body of an empty object, so check it here.
		if _, err := io.Copy(io.Discard, exact); err != nil {
			return wrongSize()
		}
		exact = &exactReader{r: bytes.NewReader(nil)}
	}
	_, err := s.client.PutObject(ctx, s.bucket, s.prefix+key, exact, size, minio.PutObjectOptions{
		ContentType: "application/octet-stream",
	})
	if errors.Is(err, errSize) || exact.wrong {
		return wrongSize()
	}
	if err != nil {
		return failed("put", err)
	}
	return nil
}

var errSize = errors.New("objects: not the announced size")

// exactReader fails on a reader that is longer or shorter than announced. It reads one byte ahead
// before it returns the last bytes, so that it fails before all bytes have been sent.
type exactReader struct {
	r     io.Reader
	left  int64
	wrong bool
	ended bool
}

// Read implements io.Reader.
func (e *exactReader) Read(p []byte) (int, error) {
	if e.wrong {
		return 0, errSize
	}
	if e.left == 0 {
		return 0, e.end()
	}
	n, err := e.r.Read(p[:min(int64(len(p)), e.left)])
	e.left -= int64(n)
	switch {
	case e.left == 0:
		if end := e.end(); !errors.Is(end, io.EOF) {
			return 0, end
		}
		return n, nil
	case err == io.EOF:
		e.wrong = true
		return 0, errSize
	}
	return n, err
}

// end checks that no more bytes follow.
func (e *exactReader) end() error {
	if e.ended {
		return io.EOF
	}
	for {
		n, err := e.r.Read(make([]byte, 1))
		switch {
		case n > 0:
			e.wrong = true
			return errSize
		case err == io.EOF:
			e.ended = true
			return io.EOF
		case err != nil:
			return err
		}
	}
}

// failed translates an error of the storage.
func failed(doing string, err error) error {
	response := minio.ToErrorResponse(err)
	if response.StatusCode == http.StatusNotFound && response.Code != minio.NoSuchBucket {
		return notFound()
	}
	if _, ok := fault.As(err); ok {
		return err
	}
	// No answer at all, or one that says the storage itself is in trouble.
	var network net.Error
	if response.StatusCode >= http.StatusInternalServerError || errors.As(err, &network) || errors.Is(err, io.ErrUnexpectedEOF) {
		unavailable := fault.Errorf(fault.Unavailable, "files-unavailable",
			"The host's storage for files does not answer at the moment; try again in a few seconds.").Because(fmt.Errorf("%s object: %w", doing, err))
		unavailable.RetryAfter = storageRetry
		return unavailable
	}
	return fmt.Errorf("%s object: %w", doing, err)
}

func (s *S3) get(ctx context.Context, key string, options minio.GetObjectOptions) (io.ReadCloser, error) {
	// The core client returns the error with the first response; the other one only with the first
	// read.
	core := minio.Core{Client: s.client}
	body, _, _, err := core.GetObject(ctx, s.bucket, s.prefix+key, options)
	if err != nil {
		return nil, err
	}
	return body, nil
}

// Get implements Store.
func (s *S3) Get(ctx context.Context, key string) (io.ReadCloser, error) {
	if err := CheckKey(key); err != nil {
		return nil, err
	}
	body, err := s.get(ctx, key, minio.GetObjectOptions{})
	if err != nil {
		return nil, failed("get", err)
	}
	return body, nil
}

// GetRange implements Store.
func (s *S3) GetRange(
	ctx context.Context, key string, offset, length int64,
) (io.ReadCloser, error) {
	if offset < 0 || length < 0 {
		return nil, badRange()
	}
	if err := CheckKey(key); err != nil {
		return nil, err
	}
	empty := io.NopCloser(bytes.NewReader(nil))
	if length == 0 {
		if _, err := s.Size(ctx, key); err != nil {
			return nil, err
		}
		return empty, nil
	}
	options := minio.GetObjectOptions{}
	if err := options.SetRange(offset, offset+length-1); err != nil {
		return nil, badRange()
	}
	body, err := s.get(ctx, key, options)
	if err != nil && minio.ToErrorResponse(err).StatusCode == http.StatusRequestedRangeNotSatisfiable {
		return empty, nil
	}
	if err != nil {
		return nil, failed("get", err)
	}
	return body, nil
}

// Size implements Store.
func (s *S3) Size(ctx context.Context, key string) (int64, error) {
	if err := CheckKey(key); err != nil {
		return 0, err
	}
	info, err := s.client.StatObject(ctx, s.bucket, s.prefix+key, minio.StatObjectOptions{})
	if err != nil {
		return 0, failed("stat", err)
	}
	return info.Size, nil
}

// Delete implements Store.
func (s *S3) Delete(ctx context.Context, key string) error {
	if err := CheckKey(key); err != nil {
		return err
	}
	err := s.client.RemoveObject(ctx, s.bucket, s.prefix+key, minio.RemoveObjectOptions{})
	if err != nil && fault.CodeOf(failed("delete", err)) != fault.NotFound {
		return failed("delete", err)
	}
	return nil
}

// List implements Store.
func (s *S3) List(ctx context.Context, prefix, after string, limit int) ([]string, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // ends the lister when the limit is reached before the end
	options := minio.ListObjectsOptions{Prefix: s.prefix + prefix, Recursive: true, MaxKeys: listLimit(limit)}
	if after != "" {
		options.StartAfter = s.prefix + after
	}
	var keys []string
	for object := range s.client.ListObjects(ctx, s.bucket, options) {
		if object.Err != nil {
			return nil, failed("list", object.Err)
		}
		keys = append(keys, object.Key[len(s.prefix):])
		if len(keys) == listLimit(limit) {
			break
		}
	}
	return keys, nil
}
