package request

import (
	"net"
	"testing"
)

// Ensure that an address is believed only as far as trusted proxies vouch for it.
func TestClientIP(t *testing.T) {
	t.Parallel()
	proxies, err := ParseProxies([]string{"127.0.0.1", "10.0.0.0/8"})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, peer, want string
		forwarded        []string
	}{
		{"no proxy, forged header", "203.0.113.9", "203.0.113.9", []string{"1.1.1.1"}},
		{"one proxy", "127.0.0.1", "203.0.113.9", []string{"203.0.113.9"}},
		{"one proxy, forged prefix", "127.0.0.1", "203.0.113.9", []string{"1.1.1.1", "203.0.113.9"}},
		{"two proxies", "127.0.0.1", "203.0.113.9", []string{"1.1.1.1", "203.0.113.9", "10.1.2.3"}},
		{"nothing readable", "127.0.0.1", "127.0.0.1", []string{"unknown"}},
		{"no header", "127.0.0.1", "127.0.0.1", []string{""}},
	} {
		if got := proxies.ClientIP(net.ParseIP(c.peer), c.forwarded); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
	if _, err := ParseProxies([]string{"everything"}); err == nil {
		t.Error("accepted a network that is none")
	}
}

// Ensure that a subscriber of IPv6 is counted as one.
func TestNetwork(t *testing.T) {
	t.Parallel()
	for ip, want := range map[string]string{
		"203.0.113.9": "203.0.113.9", "::ffff:203.0.113.9": "203.0.113.9",
		"2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64", "": "", "x": "x",
	} {
		if got := (Info{IP: ip}).Network(); got != want {
			t.Errorf("%q: got %q, want %q", ip, got, want)
		}
	}
}
