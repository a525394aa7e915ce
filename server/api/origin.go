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

// origins are those whose pages may open websockets, the host's own first.
func origins(o Options) []string {
	var known []string
	for _, address := range append([]string{o.PublicURL}, o.Origins...) {
		if u, err := url.Parse(address); err == nil && u.Host != "" {
			known = append(known, strings.ToLower(u.Scheme+"://"+u.Host))
		}
	}
	return known
}

// checkOrigin refuses a websocket that a page of another site opens: browsers let every page open
// one to everywhere. Programs send no Origin. A host that was not told its public address takes the
// one that the browser asked for.
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
		"Websockets are for pages of this host; its operator can name more with --origins.")
}
