package publishing

import (
	"context"
	"slices"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/registry"
	"github.com/teahouse/teahouse/server/api/request"
)

// spoken returns the version with its diagnostics in the language of the request. They are stored
// in English, as the compiler said them.
func spoken(ctx context.Context, v registry.Version) registry.Version {
	language := request.FromContext(ctx).Language
	v.Diagnostics = slices.Clone(v.Diagnostics)
	for i := range v.Diagnostics {
		v.Diagnostics[i].Message = fault.Translate(language, v.Diagnostics[i].Message)
	}
	return v
}
