package api

import (
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/api/header"
	"github.com/teahouse/teahouse/server/api/request"
)

// origins are the origins whose pages may open websockets, the host's own first.
func origins(o Options) []string {
	var known []string
	for _, address := range append([]string{o.PublicURL}, o.Origins...) {
		if u, err := url.Parse(address); err == nil && u.Host != "" {
			known = append(known, strings.ToLower(u.Scheme+"://"+u.Host))
		}
	}
	return known
}

// checkOrigin refuses a websocket that a page of another site opens: browsers allow every page to
// open one to any host. Programs send no Origin. A host that does not know its public address
// accepts the address that the browser used.
func (s *Server) checkOrigin(c *fiber.Ctx, info *request.Info) error {
	if info.Origin == "" || !header.HasToken(&c.Request().Header, fiber.HeaderUpgrade, "websocket") {
		return nil
	}
	origin := strings.ToLower(info.Origin)
	if slices.Contains(s.origins, origin) {
		return nil
	}
	if u, err := url.Parse(origin); len(s.origins) == 0 && err == nil && u.Host != "" && u.Host == strings.ToLower(info.Host) {
		return nil
	}
	return fault.Errorf(fault.Forbidden, "foreign-origin",
		"Only pages of this host may open websockets; its operator can allow more with --origins.")
}
