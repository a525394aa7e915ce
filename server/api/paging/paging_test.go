package paging

import (
	"strconv"
	"testing"

	"github.com/teahouse/teahouse/fault"
)

// page lists the numbers 0..n-1 after the position of the query.
func page(t testing.TB, q Query, n int) Page[int] {
	t.Helper()
	position, err := q.Position(1)
	if err != nil {
		t.Fatal(err)
	}
	from := 0
	if position != nil {
		if from, err = strconv.Atoi(position[0]); err != nil {
			t.Fatal(err)
		}
		from++
	}
	var rows []int
	for i := from; i < n && len(rows) < q.Rows(); i++ {
		rows = append(rows, i)
	}
	return Of(q, rows, func(i int) []string { return []string{strconv.Itoa(i)} })
}

// Ensure that following the cursors returns every item once, and ends.
func TestPagesCoverTheList(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 9, 10, 11, 20, 25} {
		q, seen := Query{Limit: 10}, 0
		for {
			p := page(t, q, n)
			for _, i := range p.Items {
				if i != seen {
					t.Fatalf("n=%d: got %d, want %d", n, i, seen)
				}
				seen++
			}
			if p.Items == nil || len(p.Items) > 10 {
				t.Fatalf("n=%d: got %v", n, p.Items)
			}
			if p.NextCursor == nil {
				break
			}
			q.Cursor = *p.NextCursor
		}
		if seen != n {
			t.Errorf("n=%d: got %d", n, seen)
		}
	}
}

// Ensure that the limits apply whatever the query asks for.
func TestLimits(t *testing.T) {
	t.Parallel()
	for ask, want := range map[int]int{-1: DefaultLimit, 0: DefaultLimit, 5: 5, 1_000_000: MaxLimit} {
		if got := (Query{Limit: ask}).Rows(); got != want+1 {
			t.Errorf("%d: got %d, want %d", ask, got, want+1)
		}
	}
}

// FuzzPosition searches for cursors that are neither accepted nor refused as Invalid.
func FuzzPosition(f *testing.F) {
	f.Add("")
	f.Add("AAAA")
	f.Add(encode([]string{"a", "b"}))
	f.Fuzz(func(t *testing.T, cursor string) {
		parts, err := (Query{Cursor: cursor}).Position(2)
		if err != nil && fault.CodeOf(err) != fault.Invalid || err == nil && cursor != "" && len(parts) != 2 {
			t.Errorf("%q: got %q, %v", cursor, parts, err)
		}
	})
}
