package document

import (
	"fmt"
	"strings"
	"time"
)

// dateParts are the operators that read a part of a date.
var dateParts = map[string]func(t time.Time) int{
	"year": time.Time.Year, "month": func(t time.Time) int { return int(t.Month()) }, "dayOfMonth": time.Time.Day,
	"dayOfYear": time.Time.YearDay, "dayOfWeek": func(t time.Time) int { return int(t.Weekday()) + 1 },
	"hour": time.Time.Hour, "minute": time.Time.Minute, "second": time.Time.Second,
	"millisecond": func(t time.Time) int { return t.Nanosecond() / 1e6 }, "week": sundayWeek,
	"isoDayOfWeek": func(t time.Time) int { return (int(t.Weekday())+6)%7 + 1 },
	"isoWeek":      func(t time.Time) int { _, week := t.ISOWeek(); return week },
	"isoWeekYear":  func(t time.Time) int { year, _ := t.ISOWeek(); return year },
}

// sundayWeek counts weeks from the first Sunday of the year.
func sundayWeek(t time.Time) int { return (t.YearDay() + 6 - int(t.Weekday())) / 7 }

func isoText(d Date) string {
	return time.UnixMilli(int64(d)).UTC().Format("2006-01-02T15:04:05.000Z")
}

// in is a date in the zone that an argument names; ok is false when one of the two is null.
func (w *work) in(operator string, date, zone any) (t time.Time, ok bool) {
	d, isDate := date.(Date)
	switch {
	case orNull(date) == nil:
		return t, false
	case !isDate:
		w.fail(invalid("%s needs a date instead of %s", operator, kindName(date)))
		return t, false
	}
	location, ok := w.zone(zone)
	return time.UnixMilli(int64(d)).In(location), ok
}

// zone reads "Asia/Shanghai" or "+08:00"; without one it is UTC.
func (w *work) zone(value any) (*time.Location, bool) {
	name, isText := value.(string)
	if value == missing {
		return time.UTC, true
	}
	if !isText {
		return time.UTC, false
	}
	if name != "" && (name[0] == '+' || name[0] == '-') {
		for _, layout := range []string{"-07:00", "-0700", "-07"} {
			if t, err := time.Parse(layout, name); err == nil {
				return t.Location(), true
			}
		}
	} else if location, err := time.LoadLocation(name); err == nil && name != "Local" {
		return location, true
	}
	w.fail(invalid("there is no time zone %s", clip(name)))
	return time.UTC, false
}

// datePart reads {"$year": date} or {"$year": {"date": date, "timezone": zone}}.
func (w *work) datePart(name string, given any) (expression, error) {
	part := dateParts[name]
	if list, ok := given.(Array); ok && len(list) == 1 {
		given = list[0]
	}
	date, zone := constant(missing), constant(missing)
	var err error
	if o, ok := given.(Object); ok {
		if _, isOperator := isOperators(o); !isOperator {
			args, failed := w.named(name, o, "date", "timezone")
			if failed != nil {
				return nil, failed
			}
			date, zone = args["date"], args["timezone"]
			given = nil
		}
	}
	if given != nil {
		date, err = w.expression(given)
	}
	return func(s *scope) any {
		t, ok := w.in(name, date(s), zone(s))
		if !ok {
			return nil
		}
		return float64(part(t))
	}, err
}

func (w *work) dateToString(given any) (expression, error) {
	args, err := w.named("dateToString", given, "date", "format", "timezone", "onNull")
	if err != nil {
		return nil, err
	}
	return func(s *scope) any {
		t, ok := w.in("dateToString", args["date"](s), args["timezone"](s))
		if !ok {
			return args["onNull"](s)
		}
		format, isText := args["format"](s).(string)
		if !isText {
			format = "%Y-%m-%dT%H:%M:%S.%LZ"
		}
		return w.formatted(t, format)
	}, nil
}

func (w *work) formatted(t time.Time, format string) any {
	var made strings.Builder
	for i := 0; i < len(format); i++ {
		if format[i] != '%' || i+1 == len(format) {
			made.WriteByte(format[i])
			continue
		}
		i++
		year, week := t.ISOWeek()
		_, offset := t.Zone()
		switch format[i] {
		case 'Y':
			fmt.Fprintf(&made, "%04d", t.Year())
		case 'm':
			fmt.Fprintf(&made, "%02d", int(t.Month()))
		case 'd':
			fmt.Fprintf(&made, "%02d", t.Day())
		case 'H':
			fmt.Fprintf(&made, "%02d", t.Hour())
		case 'M':
			fmt.Fprintf(&made, "%02d", t.Minute())
		case 'S':
			fmt.Fprintf(&made, "%02d", t.Second())
		case 'L':
			fmt.Fprintf(&made, "%03d", t.Nanosecond()/1e6)
		case 'j':
			fmt.Fprintf(&made, "%03d", t.YearDay())
		case 'w':
			fmt.Fprint(&made, int(t.Weekday())+1)
		case 'u':
			fmt.Fprint(&made, dateParts["isoDayOfWeek"](t))
		case 'U':
			fmt.Fprintf(&made, "%02d", sundayWeek(t))
		case 'V':
			fmt.Fprintf(&made, "%02d", week)
		case 'G':
			fmt.Fprintf(&made, "%04d", year)
		case 'z':
			made.WriteString(t.Format("-0700"))
		case 'Z':
			fmt.Fprint(&made, offset/60)
		case '%':
			made.WriteByte('%')
		default:
			return w.fail(invalid("a format of dates has no %%%c", format[i]))
		}
	}
	w.spent += made.Len() / 16
	return made.String()
}

// layouts are the forms of dates that dateFromString reads.
var layouts = []string{"2006-01-02T15:04:05.999999999Z07:00", "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999", "2006-01-02T15:04", "2006-01-02 15:04",
	"2006-01-02", "2006/01/02 15:04:05", "2006/01/02", "20060102"}

func (w *work) dateFromString(given any) (expression, error) {
	args, err := w.named("dateFromString", given, "dateString", "timezone", "onNull", "onError")
	if err != nil {
		return nil, err
	}
	return func(s *scope) any {
		value := args["dateString"](s)
		text, isText := value.(string)
		zone, ok := w.zone(args["timezone"](s))
		if orNull(value) == nil || !ok {
			return orNull(args["onNull"](s))
		}
		for _, layout := range layouts {
			if t, err := time.ParseInLocation(layout, text, zone); isText && err == nil {
				return w.date(float64(t.UnixMilli()))
			}
		}
		if instead := args["onError"](s); instead != missing {
			return instead
		}
		return w.fail(invalid("dateFromString cannot read %s", clip(text)))
	}, nil
}

func toDate(w *work, args []any) any {
	switch v := args[0].(type) {
	case nil, absent:
		return nil
	case Date:
		return v
	case float64:
		return w.date(v)
	case string:
		for _, layout := range layouts {
			if t, err := time.Parse(layout, v); err == nil {
				return w.date(float64(t.UnixMilli()))
			}
		}
	}
	return w.fail(invalid("toDate needs milliseconds or a text such as 2026-01-02"))
}

func (w *work) dateFromParts(given any) (expression, error) {
	names := []string{"year", "month", "day", "hour", "minute", "second", "millisecond"}
	args, err := w.named("dateFromParts", given, append(names, "timezone")...)
	if err != nil {
		return nil, err
	}
	return func(s *scope) any {
		parts := []int{1970, 1, 1, 0, 0, 0, 0}
		for i, name := range names {
			switch value := args[name](s); {
			case value == missing && i > 0:
			case orNull(value) == nil:
				return nil
			default:
				parts[i] = w.whole("dateFromParts", value)
			}
		}
		zone, ok := w.zone(args["timezone"](s))
		if !ok {
			return nil
		}
		if parts[0] < 0 || parts[0] > 9999 {
			return w.fail(invalid("the year of dateFromParts is from 0 to 9999"))
		}
		t := time.Date(parts[0], time.Month(parts[1]), parts[2], parts[3], parts[4], parts[5], 0, zone)
		return w.date(float64(t.UnixMilli()) + float64(parts[6]))
	}, nil
}
