package auth_test

import (
	"strings"
	"testing"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/auth"
)

func TestOnlyPicturesOfThisHostAreAccepted(t *testing.T) {
	t.Parallel()
	key, hash := strings.Repeat("0f", 16), strings.Repeat("a1", 32)
	for _, address := range []string{"", "/media/" + key, "/media/" + key + "/thumbnail",
		"/images/" + hash + "/images/latte.svg", "/images/" + hash + "/%E8%8C%B6.png"} {
		if err := auth.CheckPicture(address, "body.avatar_url"); err != nil {
			t.Errorf("%q: %v", address, err)
		}
	}
	for _, address := range []string{
		"https://tracker.example/x.png", "//tracker.example/x.png", "javascript:alert(1)", "data:image/png;base64,AAAA",
		"/api/v1/me", "/api/v1/auth/logout", "/metrics", "/", "/a.png", "/media/a.png", "/media/" + key + "/", "/media/" + key + "/original",
		"/media/" + key + "?x=1", "/media/" + key + "#x", "/media/../api/v1/me", "/media/" + strings.ToUpper(key), " /media/" + key, "/media/" + key + "\n",
		"/images/" + hash, "/images/" + hash + "/", "/images/" + hash + "/../x.png", "/images/" + hash + "/a/../../../api",
		"/images/" + hash + "/%2e%2e/%2E%2E/api", "/images/" + hash + "/%2e./x", "/images/" + hash + "/a%2f..%2f..", "/images/" + hash + "/a%5c..",
		"/images/" + hash + "/%252e%252e/x", "/images/" + hash + "//x.png", "/images/" + hash + "/%zz", "/images/" + hash + "/x?y", "/images/" + hash + "/x#y",
		"/images/" + hash + "/" + strings.Repeat("x", 300), "/images/short/x.png",
	} {
		if err := auth.CheckPicture(address, "body.avatar_url"); fault.SlugOf(err) != "bad-picture" {
			t.Errorf("%q: %v", address, err)
		}
	}
}
