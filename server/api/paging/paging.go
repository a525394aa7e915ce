// Package paging is the form of every list over HTTP: items and an opaque cursor to the next page.
package paging

import (
	"encoding/base64"
	"strings"

	"github.com/teahouse/teahouse/fault"
)

// Page is one page of a list.
type Page[T any] struct {
	Items      []T     `json:"items" nullable:"false"`
	NextCursor *string `json:"next_cursor" doc:"Pass as cursor to get the next page; null at the end."`
}

// Query is the input of a list operation; embed it.
type Query struct {
	Cursor string `query:"cursor" maxLength:"300" doc:"next_cursor of the previous page."`
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"30" doc:"Items a page."`
}

// Rows returns how many rows to ask the database for: one more than the page, to see whether
// there is a next one.
func (q Query) Rows() int { return q.limit() + 1 }

func (q Query) limit() int {
	if q.Limit <= 0 {
		return DefaultLimit
	}
	return min(q.Limit, MaxLimit)
}

// Of makes a page of the rows that were found with Rows; key gives the position of a row as the
// parts that Position returns on the next page.
func Of[T any](q Query, rows []T, key func(T) []string) Page[T] {
	page := Page[T]{Items: rows}
	if limit := q.limit(); len(rows) > limit {
		page.Items = rows[:limit]
		cursor := encode(key(rows[limit-1]))
		page.NextCursor = &cursor
	}
	if page.Items == nil {
		page.Items = []T{}
	}
	return page
}

// separator cannot occur in times, IDs and numbers, which is what positions are made of.
const separator = "\x1f"

func encode(parts []string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strings.Join(parts, separator)))
}

// Position returns the parts of the cursor, nil on the first page. It returns an Invalid fault
// for a cursor that is not one of ours.
func (q Query) Position(parts int) ([]string, error) {
	if q.Cursor == "" {
		return nil, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(q.Cursor)
	if err != nil {
		return nil, badCursor()
	}
	position := strings.Split(string(raw), separator)
	if len(position) != parts {
		return nil, badCursor()
	}
	return position, nil
}

func badCursor() error {
	return fault.Errorf(fault.Invalid, "bad-cursor",
		"The cursor is not valid; start again without one.").At("query.cursor", "not a cursor of this list")
}
