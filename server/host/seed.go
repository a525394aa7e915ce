package host

import (
	"context"
	"io"

	"github.com/teahouse/teahouse/server/auth"
	"github.com/teahouse/teahouse/server/demo"
)

// seedDemo makes the demo's people, who could not give themselves their roles, and lets the demo
// do the rest from outside.
func (h *Host) seedDemo(ctx context.Context, program, shop string, out io.Writer) error {
	for _, p := range demo.People {
		roles := []auth.Role{auth.RoleUser}
		if p.Developer {
			roles = append(roles, auth.RoleDeveloper)
		}
		if p.Admin {
			roles = append(roles, auth.RoleAdmin)
		}
		person := auth.NewUser{Handle: p.Handle, DisplayName: p.Name, Password: demo.Password}
		if _, err := h.auth.EnsureUser(ctx, person, roles...); err != nil {
			return err
		}
	}
	err := demo.Seed(ctx, demo.Config{URL: "http://" + h.Address(), Program: program, Shop: shop, Dir: h.config.path("demo")})
	if err != nil {
		return err
	}
	return demo.Describe(out, h.publicURL())
}
