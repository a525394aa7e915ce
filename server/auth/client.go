package auth

import "github.com/mileusna/useragent"

// describeClient reads from a User-Agent header, in plain words, with which program and on which
// system somebody is logged in. What it does not know is "".
func describeClient(userAgent string) (browser, system string) {
	parsed := useragent.Parse(userAgent)
	if parsed.IsUnknown() && parsed.OS == "" && parsed.Version == "" {
		return "", ""
	}
	return parsed.Name, parsed.OS
}
