package worker

import (
	"context"

	"github.com/teahouse/teahouse/runtime/picture"
)

// PictureWithin is Picture with other limits for the process.
func (p *Pool) PictureWithin(ctx context.Context, data []byte, limits Limits) (*picture.Result, error) {
	return p.picture(ctx, data, kindPicture, limits.orDefaults())
}
