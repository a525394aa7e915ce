package host

import (
	"strings"
	"testing"

	"github.com/teahouse/teahouse/server/auth"
)

// Ensure that the operator makes the first administrator from the command line, whom the host then
// lets do nothing before a second factor is set up; and that a handle of nobody is told.
func TestTheFirstAdministrator(t *testing.T) {
	t.Parallel()
	h := boot(t)
	h.config.SecondFactor = "" // the default
	if !h.config.asksForSecondFactor() {
		t.Error("a host without settings asks for no second factor")
	}
	person(t, h, "ursula", auth.RoleUser)
	command := Admin{Handle: "@Ursula", PostgresURL: h.config.PostgresURL}
	if err := command.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	token := person(t, h, "ursula", auth.RoleUser)
	if status, body := ask(t, h, "GET", "/api/v1/admin/people", token, ""); status != 200 || !strings.Contains(body, "ursula") {
		t.Errorf("%d %s", status, body)
	}
	command.Handle = "nobody"
	if err := command.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "no such person") {
		t.Errorf("got %v", err)
	}
}
