package document

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"
)

// Parse reads the fields of a document that a program wants to keep. now is what a server date becomes.
func Parse(text []byte, now time.Time) (Object, error) {
	p := parser{text: text, now: now, checked: true}
	value, err := p.whole()
	if err != nil {
		return nil, err
	}
	doc, ok := value.(Object)
	if !ok {
		return nil, invalid("parameter.data should be object instead of %s", kindName(value))
	}
	return doc, nil
}

// Read reads a document that was kept.
func Read(text []byte) (Object, error) {
	p := parser{text: text}
	value, err := p.whole()
	doc, _ := value.(Object)
	return doc, err
}

// parseAny reads conditions and updates, in which names begin with a dollar.
func parseAny(text []byte, now time.Time) (any, error) {
	p := parser{text: text, now: now}
	return p.whole()
}

// parser reads JSON. encoding/json would lose the order of fields, and is slower by a factor of five.
type parser struct {
	text    []byte
	at      int
	now     time.Time
	checked bool // names must be names that a document may have
}

func (p *parser) whole() (any, error) {
	if !json.Valid(p.text) {
		return nil, invalid("the value is not JSON")
	}
	return p.value(0)
}

// next skips spaces and returns the byte after them. The text is valid, so there is one.
func (p *parser) next() byte {
	for {
		switch c := p.text[p.at]; c {
		case ' ', '\t', '\n', '\r':
			p.at++
		default:
			return c
		}
	}
}

func (p *parser) value(depth int) (any, error) {
	if depth > MaxDepth {
		return nil, invalid("the value is nested deeper than %d levels", MaxDepth)
	}
	switch c := p.next(); c {
	case '{':
		return p.object(depth)
	case '[':
		return p.array(depth)
	case '"':
		return p.string(), nil
	case 't':
		p.at += len("true")
		return true, nil
	case 'f':
		p.at += len("false")
		return false, nil
	case 'n':
		p.at += len("null")
		return nil, nil
	default:
		return p.number()
	}
}

func (p *parser) number() (any, error) {
	start := p.at
	for p.at < len(p.text) && strings.IndexByte("+-.eE0123456789", p.text[p.at]) >= 0 {
		p.at++
	}
	f, err := strconv.ParseFloat(string(p.text[start:p.at]), 64)
	if err != nil || math.IsInf(f, 0) {
		return nil, invalid("%s is too large for a number", clip(string(p.text[start:p.at])))
	}
	return f, nil
}

func (p *parser) string() string {
	start := p.at
	plain := true
	for p.at++; p.text[p.at] != '"'; p.at++ {
		if p.text[p.at] == '\\' {
			plain = false
			p.at++
		}
	}
	p.at++
	if plain {
		return strings.ToValidUTF8(string(p.text[start+1:p.at-1]), "\uFFFD")
	}
	var text string
	_ = json.Unmarshal(p.text[start:p.at], &text) // it is valid
	return text
}

func (p *parser) array(depth int) (any, error) {
	p.at++
	list := Array{}
	if p.next() == ']' {
		p.at++
		return list, nil
	}
	for {
		item, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		list = append(list, item)
		end := p.next() == ']'
		p.at++
		if end {
			return list, nil
		}
	}
}

func (p *parser) object(depth int) (any, error) {
	p.at++
	made := Object{}
	var places map[string]int // of the fields of objects in which a search would be slow
	for p.next() != '}' {
		if p.text[p.at] == ',' {
			p.at++
			p.next()
		}
		name := p.string()
		p.next()
		p.at++ // the colon
		value, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		if len(made) == manyFields && places == nil {
			places = map[string]int{}
			for i, f := range made {
				places[f.Name] = i
			}
		}
		// The last of two counts, as in JSON.parse.
		if i, twice := places[name]; twice {
			made[i].Value = value
		} else if places != nil {
			places[name] = len(made)
			made = append(made, Field{name, value})
		} else {
			made = made.with(name, value)
		}
	}
	p.at++
	if special, ok, err := p.special(made); ok || err != nil {
		return special, err
	}
	if p.checked {
		for _, f := range made {
			if err := checkName(f.Name); err != nil {
				return nil, err
			}
		}
	}
	return made, nil
}

// special reads the objects that stand for dates.
func (p *parser) special(o Object) (any, bool, error) {
	if len(o) != 1 || o[0].Name != "$date" && o[0].Name != "$serverDate" {
		return nil, false, nil
	}
	ms, ok := o[0].Value.(float64)
	if o[0].Name == "$serverDate" {
		ms += float64(p.now.UnixMilli())
	}
	if !ok || math.Abs(ms) > maxDate || ms != math.Trunc(ms) {
		return nil, false, invalid("a date is not valid")
	}
	return Date(ms), true, nil
}

// manyFields is how many fields of an object are searched one by one.
const manyFields = 16

// checkName refuses names that conditions and updates could not name.
func checkName(name string) error {
	if name == "" || name[0] == '$' || len(name) > MaxPath || strings.ContainsAny(name, ".\x00") {
		return invalid("Invalid Key Name: %s", clip(name))
	}
	return nil
}

// clip shortens what a message quotes.
func clip(text string) string {
	if len(text) > 60 {
		text = text[:60] + "…"
	}
	return strings.ToValidUTF8(text, "")
}

func kindName(value any) string {
	switch value.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case float64:
		return "number"
	case string:
		return "string"
	case Date:
		return "date"
	case Array:
		return "array"
	}
	return "object"
}
