package compile

import "strings"

// nearest is the name that was probably intended: the closest known one with at most two different
// letters, or "". Names that differ only in case count as equal.
func nearest(name string, known []string) string {
	best, least := "", 3
	for _, candidate := range known {
		if len(candidate) < 4 || len(candidate)-len(name) > 2 || len(name)-len(candidate) > 2 {
			continue // every other name is similar to a short one
		}
		if far := distance(strings.ToLower(name), strings.ToLower(candidate)); far < least {
			best, least = candidate, far
		}
	}
	return best
}

// distance counts the letters that must be changed, added, removed, or swapped with their neighbour.
func distance(a, b string) int {
	rows := [3][]int{make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)}
	for j := range rows[1] {
		rows[1][j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, last, row := rows[0], rows[1], rows[2]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			row[j] = min(last[j-1]+change, last[j]+1, row[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		rows = [3][]int{last, row, before}
	}
	return rows[1][len(b)]
}
