package addresses_test

import (
	"strings"
	"testing"

	"github.com/teahouse/teahouse/server/addresses"
	"github.com/teahouse/teahouse/server/api/apitest"
)

func TestAPersonKeepsTheirOwnAddresses(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, nil, func(h *apitest.Host) { addresses.New(h.Pool).Routes(h.Server.API, h.Server.App) })
	const path = "/api/v1/me/addresses"
	ann, bob := h.Person("ann"), h.Person("bob")
	home := map[string]any{"recipient": "Ann", "phone": "123", "city": "深圳", "detail": "1 Tea St"}
	var kept addresses.Address
	ann.Do("POST", path, home).Want(201).Into(&kept)
	if items := ann.Do("GET", path, nil).Want(200).Get("items").([]any); len(items) != 1 || items[0].(map[string]any)["city"] != "深圳" {
		t.Errorf("ann has %v", items)
	}
	if items := bob.Do("GET", path, nil).Want(200).Get("items").([]any); len(items) != 0 {
		t.Errorf("bob has %v", items)
	}
	bob.Do("DELETE", path+"/"+kept.ID.String(), nil).Refused(404, "no-such-address")
	h.Nobody().Do("GET", path, nil).Want(401)
	h.Nobody().Do("POST", path, home).Want(401)
	ann.Do("POST", path, map[string]any{"recipient": "", "phone": "1", "city": "x", "detail": strings.Repeat("x", 300)}).Want(422)
	for range addresses.MaxAddresses - 1 {
		ann.Do("POST", path, home).Want(201)
	}
	ann.Do("POST", path, home).Refused(409, "too-many-addresses")
	ann.Do("DELETE", path+"/"+kept.ID.String(), nil).Want(204)
	ann.Do("POST", path, home).Want(201)
}
