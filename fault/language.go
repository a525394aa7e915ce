package fault

// The languages that the host speaks to people, as BCP 47 tags.
const (
	English = "en"
	Chinese = "zh-CN"
)

// Languages are all of them, the one for everybody else first.
var Languages = []string{English, Chinese}
