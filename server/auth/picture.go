package auth

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/teahouse/teahouse/fault"
)

// The addresses that a picture of a person, an account or an app may have: uploaded pictures, and
// public files of mini programs. Both are served as what they are and never change.
var (
	mediaAddress = regexp.MustCompile(`^/media/[0-9a-f]{32}(/thumbnail)?$`)
	imageAddress = regexp.MustCompile(`^/images/[0-9a-f]{64}/([A-Za-z0-9._~!$&*+,;=:@%/-]+)$`)
)

// CheckPicture returns an Invalid fault unless the address is empty or that of a picture of ours. A
// picture on another site would tell that site who looks at whose profile. Any other address of
// this host would be requested, with cookies, by the browser of everybody who sees it.
func CheckPicture(address, path string) error {
	if address == "" || len(address) <= MaxAvatarURL && (mediaAddress.MatchString(address) || isPublicFile(address)) {
		return nil
	}
	return fault.Errorf(fault.Invalid, "bad-picture",
		"Upload the picture first and use its path on this host.").
		At(path, "must be the url of a picture from POST /api/v1/media, or /images/… of a mini program")
}

// isPublicFile reports whether an address names a public file of an image, and cannot leave the
// image's folder, however a browser interprets the address.
func isPublicFile(address string) bool {
	match := imageAddress.FindStringSubmatch(address)
	if match == nil {
		return false
	}
	for segment := range strings.SplitSeq(match[1], "/") {
		name, err := url.PathUnescape(segment)
		if err != nil || name == "" || name == "." || name == ".." || strings.ContainsAny(name, "/\\%\x00") {
			return false
		}
	}
	return true
}
