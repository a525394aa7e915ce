package locale

import (
	"fmt"
	"strings"
	"time"
	_ "time/tzdata" // a worker has no files
)

// DateOptions are those of Intl.DateTimeFormat; an empty value leaves the part out.
type DateOptions struct {
	DateStyle string `json:"dateStyle"` // full, long, medium or short
	TimeStyle string `json:"timeStyle"` // long, medium or short

	Weekday        string `json:"weekday"` // long, short or narrow
	Year           string `json:"year"`    // numeric or 2-digit
	Month          string `json:"month"`   // numeric, 2-digit, long, short or narrow
	Day            string `json:"day"`     // numeric or 2-digit
	Hour           string `json:"hour"`
	Minute         string `json:"minute"`
	Second         string `json:"second"`
	FractionDigits int    `json:"fractionalSecondDigits"` // 0 to 3
	TimeZoneName   string `json:"timeZoneName"`           // short, shortOffset or longOffset
	TimeZone       string `json:"timeZone"`               // of the IANA database; empty for the given time's own
	Hour12         *bool  `json:"hour12"`
	HourCycle      string `json:"hourCycle"` // h11, h12, h23 or h24

	// These are refused when they are given: to ignore them would give a wrong text.
	Era, DayPeriod, Calendar, NumberingSystem string
}

type dateData struct {
	Months       map[string][]string  `json:"months"`
	Standing     map[string][]string  `json:"standing"` // months without a day
	StandingDays map[string][]string  `json:"standingDays"`
	Weekdays     map[string][]string  `json:"weekdays"`
	Date         map[string][2]string `json:"date"` // by the forms of weekday, year, month, day: pattern, and what stands before a time
	Time         map[string]string    `json:"time"` // by the forms of hour, minute, second, and the cycle
	AM           string               `json:"am"`
	PM           string               `json:"pm"`
	Cycle        string               `json:"cycle"`
	Cycle12      string               `json:"cycle12"`
	Cycle24      string               `json:"cycle24"`
	DateStyles   map[string]string    `json:"dateStyles"`
	TimeStyles   map[string]string    `json:"timeStyles"`
	StyleJoins   map[string]string    `json:"styleJoins"`
	Zone         string               `json:"zone"`     // a zone around a time
	Decimal      string               `json:"decimal"`  // before fractions of a second
	ZoneZero     string               `json:"zoneZero"` // the name of a zone at the time of Greenwich
}

// FormatDate writes a moment as Intl.DateTimeFormat does. Options without any part of date or time are
// the caller's to fill in: toLocaleDateString and toLocaleTimeString differ in that.
func FormatDate(tag string, o DateOptions, moment time.Time) (string, error) {
	d, err := dateCache.get(Canonical(tag), data().Dates, "date")
	if err != nil {
		return "", err
	}
	if o.TimeZone != "" {
		zone, err := Zone(o.TimeZone)
		if err != nil {
			return "", err
		}
		moment = moment.In(zone)
	}
	for name, value := range map[string]string{"era": o.Era, "dayPeriod": o.DayPeriod, "calendar": o.Calendar, "numberingSystem": o.NumberingSystem} {
		if value != "" && !(name == "calendar" && value == "gregory") && !(name == "numberingSystem" && value == "latn") {
			return "", errorf("Teahouse does not format dates with the option %s", name)
		}
	}
	cycle := d.cycle(o)
	pattern, err := d.pattern(o, cycle)
	if err != nil {
		return "", err
	}
	text, err := d.fill(pattern, o, cycle, Canonical(tag), moment)
	// V8 writes a plain space where CLDR has a narrow one: programs look for " PM".
	return strings.ReplaceAll(text, "\u202f", " "), err
}

// Zone is the time zone of a name in the database of IANA.
func Zone(name string) (*time.Location, error) {
	if strings.EqualFold(name, "utc") {
		return time.UTC, nil
	}
	if name == "Local" || strings.ContainsAny(name, `\.`) {
		return nil, errorf("Invalid time zone specified: %s", name)
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, errorf("Invalid time zone specified: %s", name)
	}
	return zone, nil
}

// namesZones is true for English and Chinese; other languages write offsets in ways of their own.
func (d *dateData) namesZones() bool { return d.ZoneZero != "" }

func (d *dateData) cycle(o DateOptions) string {
	switch {
	case o.Hour12 != nil && *o.Hour12:
		return d.Cycle12
	case o.Hour12 != nil:
		return d.Cycle24
	case o.HourCycle != "":
		return o.HourCycle
	}
	return d.Cycle
}

func (d *dateData) pattern(o DateOptions, cycle string) (string, error) {
	if o.DateStyle != "" || o.TimeStyle != "" {
		return d.stylePattern(o, cycle)
	}
	date, join, clock := "", "", ""
	if o.Weekday+o.Year+o.Month+o.Day != "" {
		key := form(o.Weekday) + form(o.Year) + form(o.Month) + form(o.Day)
		row, ok := d.Date[key]
		if !ok {
			return "", errorf("Invalid options of a date: weekday %q, year %q, month %q, day %q", o.Weekday, o.Year, o.Month, o.Day)
		}
		date, join = row[0], row[1]
	}
	if o.Hour+o.Minute+o.Second != "" {
		if date != "" && (o.Hour == "" || o.Minute == "" && o.Second != "") || o.FractionDigits > 0 && o.Hour != "" && o.Minute == "" {
			return "", errorf("Teahouse writes minutes only beside hours, and seconds beside minutes")
		}
		if o.Weekday != "" && o.Year+o.Month+o.Day == "" {
			return "", errorf("Teahouse writes a day of the week beside a time only in a date")
		}
		row := "h23"
		if o.Hour != "" && (cycle == "h11" || cycle == "h12") {
			row = "h12"
		}
		var ok bool
		if clock, ok = d.Time[form(o.Hour)+form(o.Minute)+form(o.Second)+row]; !ok {
			return "", errorf("Invalid options of a time: hour %q, minute %q, second %q", o.Hour, o.Minute, o.Second)
		}
	}
	if o.FractionDigits > 0 {
		switch {
		case clock == "":
			clock = "{f}"
		case strings.Contains(clock, "{s}"):
			clock = strings.Replace(clock, "{s}", "{s}"+d.Decimal+"{f}", 1)
		default:
			clock = strings.Replace(clock, "{s2}", "{s2}"+d.Decimal+"{f}", 1)
		}
	}
	if o.TimeZoneName != "" {
		if !d.namesZones() {
			return "", errorf("Teahouse has no names of time zones for this locale")
		}
		if clock == "" {
			return "", errorf("Teahouse writes a time zone only beside a time")
		}
		before, after, _ := strings.Cut(d.Zone, "{h2}:{min2}")
		clock = before + clock + after
	}
	return date + map[bool]string{true: join}[date != "" && clock != ""] + clock, nil
}

func (d *dateData) stylePattern(o DateOptions, cycle string) (string, error) {
	if o.Weekday+o.Year+o.Month+o.Day+o.Hour+o.Minute+o.Second+o.TimeZoneName != "" || o.FractionDigits > 0 {
		return "", errorf("Can't set other options when dateStyle or timeStyle is used")
	}
	date, ok := d.DateStyles[o.DateStyle]
	if !ok && o.DateStyle != "" {
		return "", errorf("Value %s out of range for Intl.DateTimeFormat options property dateStyle", o.DateStyle)
	}
	clock, ok := d.TimeStyles[o.TimeStyle]
	if !ok && o.TimeStyle != "" {
		if o.TimeStyle == "full" {
			return "", errorf("Teahouse has no long names of time zones: use timeStyle long")
		}
		return "", errorf("Value %s out of range for Intl.DateTimeFormat options property timeStyle", o.TimeStyle)
	}
	if o.TimeStyle != "" && cycle != d.Cycle {
		if o.TimeStyle == "long" || o.DateStyle != "" {
			return "", errorf("Teahouse formats by dateStyle and timeStyle only with the hour cycle of the locale")
		}
		key := map[string]string{"short": "nn-", "medium": "nnn"}[o.TimeStyle]
		row := map[bool]string{true: "h12", false: "h23"}[cycle == "h11" || cycle == "h12"]
		if strings.Contains(clock, "{h2}") {
			key = "2" + key[1:]
		}
		clock = d.Time[key+row]
	}
	if o.TimeStyle == "long" && !d.namesZones() {
		return "", errorf("Teahouse has no names of time zones for this locale: use timeStyle medium")
	}
	join := ""
	if date != "" && clock != "" {
		join = d.StyleJoins[o.DateStyle]
	}
	return date + join + clock, nil
}

// form is the letter of an option's value in the keys of the data.
func form(value string) string {
	switch value {
	case "":
		return "-"
	case "numeric":
		return "n"
	case "2-digit":
		return "2"
	case "long":
		return "l"
	case "short":
		return "s"
	case "narrow":
		return "a"
	}
	return "?"
}

func (d *dateData) fill(pattern string, o DateOptions, cycle, name string, t time.Time) (string, error) {
	hour := t.Hour()
	switch cycle {
	case "h12":
		hour = (hour+11)%12 + 1
	case "h11":
		hour %= 12
	case "h24":
		if hour == 0 {
			hour = 24
		}
	}
	period := d.AM
	if t.Hour() >= 12 {
		period = d.PM
	}
	var out strings.Builder
	for pattern != "" {
		literal, rest, ok := strings.Cut(pattern, "{")
		out.WriteString(literal)
		if !ok {
			break
		}
		token, after, _ := strings.Cut(rest, "}")
		pattern = after
		kind, form, _ := strings.Cut(token, ":")
		switch kind {
		case "y":
			year := t.Year()
			if year <= 0 {
				return "", errorf("Teahouse does not format years before our era")
			}
			fmt.Fprintf(&out, "%d", year)
		case "y2":
			fmt.Fprintf(&out, "%02d", t.Year()%100)
		case "m":
			switch list, standing := strings.CutPrefix(form, "standing:"); {
			case form == "":
				fmt.Fprintf(&out, "%d", int(t.Month()))
			case standing:
				out.WriteString(d.Standing[list][t.Month()-1])
			default:
				out.WriteString(d.Months[form][t.Month()-1])
			}
		case "m2":
			fmt.Fprintf(&out, "%02d", int(t.Month()))
		case "d":
			fmt.Fprintf(&out, "%d", t.Day())
		case "d2":
			fmt.Fprintf(&out, "%02d", t.Day())
		case "w":
			if list, standing := strings.CutPrefix(form, "standing:"); standing {
				out.WriteString(d.StandingDays[list][t.Weekday()])
			} else {
				out.WriteString(d.Weekdays[form][t.Weekday()])
			}
		case "h":
			fmt.Fprintf(&out, "%d", hour)
		case "h2":
			fmt.Fprintf(&out, "%02d", hour)
		case "min":
			fmt.Fprintf(&out, "%d", t.Minute())
		case "min2":
			fmt.Fprintf(&out, "%02d", t.Minute())
		case "s":
			fmt.Fprintf(&out, "%d", t.Second())
		case "s2":
			fmt.Fprintf(&out, "%02d", t.Second())
		case "f":
			out.WriteString(fmt.Sprintf("%03d", t.Nanosecond()/1e6)[:min(o.FractionDigits, 3)])
		case "p":
			out.WriteString(period)
		case "z":
			zone, err := d.zoneName(o, name, t)
			if err != nil {
				return "", err
			}
			out.WriteString(zone)
		default:
			panic("locale: the data has the token " + token)
		}
	}
	return out.String(), nil
}

// american are the zones that English writes by letters instead of an offset.
var american = map[string]bool{"EST": true, "EDT": true, "CST": true, "CDT": true, "MST": true, "MDT": true, "PST": true, "PDT": true,
	"AKST": true, "AKDT": true, "HST": true}

func (d *dateData) zoneName(o DateOptions, locale string, t time.Time) (string, error) {
	letters, seconds := t.Zone()
	switch o.TimeZoneName {
	case "", "short":
		switch {
		case t.Location() == time.UTC || t.Location().String() == "Etc/UTC":
			return "UTC", nil
		case (locale == "en-US" || locale == "en-CA") && american[letters] && (strings.HasPrefix(t.Location().String(), "America/") ||
			strings.HasPrefix(t.Location().String(), "Pacific/Honolulu")):
			return letters, nil
		case locale == "en-GB" && (letters == "BST" || letters == "GMT"):
			return letters, nil
		}
	case "shortOffset", "longOffset":
	default:
		return "", errorf("Teahouse has no %s names of time zones: use short", o.TimeZoneName)
	}
	if seconds == 0 && o.TimeZoneName != "longOffset" {
		return d.ZoneZero, nil
	}
	sign := "+"
	if seconds < 0 {
		sign, seconds = "-", -seconds
	}
	hours, minutes := seconds/3600, seconds/60%60
	if o.TimeZoneName == "longOffset" {
		return fmt.Sprintf("GMT%s%02d:%02d", sign, hours, minutes), nil
	}
	if minutes == 0 {
		return fmt.Sprintf("GMT%s%d", sign, hours), nil
	}
	return fmt.Sprintf("GMT%s%d:%02d", sign, hours, minutes), nil
}
