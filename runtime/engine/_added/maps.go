package goja

import (
	"hash/maphash"
	"math/bits"
)

// entryTable finds the entries of a Map, a Set or the properties with symbols by their hashes: each place has the
// first entry of a chain. A map of Go takes more memory, above all for the few entries that most of them have.
type entryTable []*mapEntry

const fewEntries = 4

// tableSeed keeps programs from choosing numbers that lie at one place.
var tableSeed = maphash.String(nameSeed, "") | 1

func newEntryTable() entryTable { return make(entryTable, fewEntries) }

func (t entryTable) place(h uint64) int {
	return int(h * tableSeed >> (64 - bits.TrailingZeros(uint(len(t)))))
}

// at is the first entry that may have the hash; put makes another one the first, and remove leaves none.
func (t entryTable) at(h uint64) *mapEntry     { return t[t.place(h)] }
func (t entryTable) put(h uint64, e *mapEntry) { t[t.place(h)] = e }
func (t entryTable) remove(h uint64)           { t[t.place(h)] = nil }

// grow makes place for more entries once there are as many as places.
func (m *orderedMap) grow() {
	if m.size < len(m.hashTable) {
		return
	}
	m.hashTable = make(entryTable, 2*len(m.hashTable))
	for e := m.iterFirst; e != nil; e = e.iterNext {
		h := e.key.hash(m.hash)
		e.hNext = m.hashTable.at(h)
		m.hashTable.put(h, e)
	}
}
