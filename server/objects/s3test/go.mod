module github.com/teahouse/teahouse/server/objects/s3test

go 1.26.0

require (
	github.com/teahouse/teahouse v0.0.0
	github.com/versity/versitygw v1.8.0
)

replace github.com/teahouse/teahouse => ../../..
