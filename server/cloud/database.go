package cloud

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"regexp"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/cloud/document"
)

var names = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]*$`)

// place is one collection.
type place struct {
	actor
	collection string
}

// stored is a document as it is kept.
type stored struct {
	key, owner string
	body       []byte
	size       int
}

// reader reads rows: the pool or a transaction.
type reader interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// keyOf is the key of an _id: text and numbers are told apart.
func keyOf(id any) (string, error) {
	switch v := id.(type) {
	case string:
		if v != "" && len(v) <= MaxID {
			return string(document.Encode(v)), nil
		}
	case float64:
		return string(document.Encode(v)), nil
	}
	return "", fault.Errorf(fault.Invalid, "cloud-invalid", "The _id of a document is a number or a text of 1 to %d bytes.", MaxID)
}

// visit reads the documents of which a condition is true, in the order in which they were added, until found
// returns false.
func (p place) visit(ctx context.Context, db reader, c *document.Condition, who reach,
	found func(stored, document.Object) (bool, error)) error {
	sql := `SELECT key, owner, body, size FROM cloud_document WHERE app_id = $1 AND live = $2 AND collection = $3`
	args := []any{p.appID, p.live, p.collection}
	if who == own {
		sql += ` AND owner = $4`
		args = append(args, p.openID)
	}
	if c.IDs != nil {
		// Keys of what no document can have as its _id are left out.
		keys := []string{}
		for _, id := range c.IDs {
			if key, err := keyOf(id); err == nil {
				keys = append(keys, key)
			}
		}
		sql += map[bool]string{true: ` AND key = ANY ($5)`, false: ` AND key = ANY ($4)`}[who == own]
		args = append(args, keys)
	}
	rows, err := db.Query(ctx, sql+` ORDER BY position`, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var row stored
		if err := rows.Scan(&row.key, &row.owner, &row.body, &row.size); err != nil {
			return err
		}
		doc, err := document.Read(row.body)
		if err != nil {
			return err
		}
		matches, err := c.Matches(doc)
		if err != nil {
			return err
		}
		if !matches {
			continue
		}
		if more, err := found(row, doc); err != nil || !more {
			return err
		}
	}
	return rows.Err()
}

// wait waits for the app's turn, unless a query only asks for one document.
func (s *Service) wait(ctx context.Context, p place, c *document.Condition) (func(), error) {
	if c.OneID {
		return func() {}, nil
	}
	return s.turn(ctx, p.appID)
}

// shown is the part of a document that a projection shows.
func shown(by *document.Projection, body []byte) ([]byte, error) {
	if by == nil {
		return body, nil
	}
	doc, err := document.Read(body)
	return document.Encode(by.Apply(doc)), err
}

// find is a query: which documents, in which order, which part of them.
type find struct {
	condition *document.Condition
	order     *document.Order
	show      *document.Projection
	skip      int
	limit     int
}

// hit is a document that a query has found.
type hit struct {
	id       string
	key      []any
	distance float64
	body     []byte
}

// finding is a query while documents are read.
type finding struct {
	find
	hits   []hit
	seen   int
	sorted bool
}

func newFinding(f find) *finding {
	_, near := f.condition.Distance(nil)
	return &finding{find: f, sorted: near || f.order.Given()}
}

// add takes a document of which the condition is true, and reports whether more are needed.
func (f *finding) add(row stored, doc document.Object) (bool, error) {
	if f.seen++; !f.sorted && f.seen <= f.skip {
		return true, nil
	}
	h := hit{id: row.key, key: f.order.Key(doc), body: row.body}
	h.distance, _ = f.condition.Distance(doc)
	f.hits = append(f.hits, h)
	return f.sorted || len(f.hits) < f.limit, cmp.Or(f.condition.Err(), f.order.Err())
}

// end returns what was found, in its order.
func (f *finding) end() ([]hit, error) {
	if !f.sorted {
		return f.hits, nil
	}
	// Documents that are equal in the order stay as they were added.
	slices.SortStableFunc(f.hits, func(a, b hit) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), f.order.Compare(a.key, b.key))
	})
	if err := f.order.Err(); err != nil {
		return nil, err
	}
	hits := f.hits[min(f.skip, len(f.hits)):]
	return hits[:min(f.limit, len(hits))], nil
}

// get returns what a query finds.
func (s *Service) get(ctx context.Context, p place, f find) ([]json.RawMessage, error) {
	if p.reads == nothing {
		return nil, denied(p.collection)
	}
	end, err := s.wait(ctx, p, f.condition)
	if err != nil {
		return nil, err
	}
	defer end()
	found := newFinding(f)
	if err := p.visit(ctx, s.Pool, f.condition, p.reads, found.add); err != nil {
		return nil, err
	}
	hits, err := found.end()
	if err != nil {
		return nil, err
	}
	size := 0
	documents := make([]json.RawMessage, len(hits))
	for i, h := range hits {
		if documents[i], err = shown(f.show, h.body); err != nil {
			return nil, err
		}
		if size += len(documents[i]); size > MaxAnswer {
			return nil, full("The documents have more than %d MB together: ask for fewer, or for some of their fields.", MaxAnswer>>20)
		}
	}
	return documents, nil
}

func (s *Service) count(ctx context.Context, p place, c *document.Condition) (total int, err error) {
	if p.reads == nothing {
		return 0, denied(p.collection)
	}
	end, err := s.wait(ctx, p, c)
	if err != nil {
		return 0, err
	}
	defer end()
	err = p.visit(ctx, s.Pool, c, p.reads, func(stored, document.Object) (bool, error) {
		total++
		return true, nil
	})
	return total, err
}

// aggregate runs an aggregation of a collection. places are the collections that it reads, by name.
func (s *Service) aggregate(ctx context.Context, places map[string]place, collection string, pipeline *document.Pipeline) ([]json.RawMessage, error) {
	for name, p := range places {
		if p.reads == nothing {
			return nil, denied(name)
		}
	}
	end, err := s.turn(ctx, places[collection].appID)
	if err != nil {
		return nil, err
	}
	defer end()
	read := func(c *document.Condition) document.Source {
		return func(name string, each func(document.Object) bool) error {
			p := places[name]
			return p.visit(ctx, s.Pool, c, p.reads, func(_ stored, doc document.Object) (bool, error) { return each(doc), nil })
		}
	}
	every, err := document.NewCondition(nil, s.Now())
	if err != nil {
		return nil, err
	}
	found, err := pipeline.Run(collection, ServerPage, read(pipeline.Selects()), read(every))
	if err != nil {
		return nil, err
	}
	size := 0
	documents := make([]json.RawMessage, len(found))
	for i, doc := range found {
		documents[i] = document.Encode(doc)
		if size += len(documents[i]); size > MaxAnswer {
			return nil, full("The documents have more than %d MB together: ask for fewer, or for some of their fields.", MaxAnswer>>20)
		}
	}
	return documents, nil
}

// write runs a change of a collection: one at a time, so that what it has counted and read is still so when
// it writes.
func (s *Service) write(ctx context.Context, p place, change func(*changing) error) error {
	if p.writes == nothing {
		return denied(p.collection)
	}
	end, err := s.turn(ctx, p.appID)
	if err != nil {
		return err
	}
	defer end()
	err = pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) error {
		w := &changing{ctx: ctx, tx: tx, place: p}
		if err := w.open(); err != nil {
			return err
		}
		before := w.bytes
		if err := change(w); err != nil {
			return err
		}
		return w.close(before)
	})
	if err == nil {
		s.announce(p)
	}
	return err
}

// changing is a change of a collection in its transaction.
type changing struct {
	place
	ctx       context.Context
	tx        pgx.Tx
	documents int64
	bytes     int64
	before    int64 // the bytes before a transaction
}

// open locks the collections of the app, because limits are of all of them. The collection is made when it is first
// written to.
func (w *changing) open() error {
	if err := w.lock(); err != nil {
		return err
	}
	const read = `SELECT documents, bytes FROM cloud_collection WHERE app_id = $1 AND live = $2 AND name = $3`
	err := w.tx.QueryRow(w.ctx, read, w.appID, w.live, w.collection).Scan(&w.documents, &w.bytes)
	if !errors.Is(err, pgx.ErrNoRows) {
		return err
	}
	var made int
	if err := w.tx.QueryRow(w.ctx, `SELECT count(*) FROM cloud_collection WHERE app_id = $1 AND live = $2`,
		w.appID, w.live).Scan(&made); err != nil {
		return err
	}
	if made >= MaxCollections {
		return full("An app has at most %d collections.", MaxCollections)
	}
	if _, err := w.tx.Exec(w.ctx, `INSERT INTO cloud_collection (app_id, live, name) VALUES ($1, $2, $3)`,
		w.appID, w.live, w.collection); err != nil {
		return err
	}
	return nil
}

// lock waits until no other host changes the collections of the app.
func (w *changing) lock() error {
	_, err := w.tx.Exec(w.ctx, `SELECT pg_advisory_xact_lock(hashtextextended('cloud ' || $1, 0))`, w.appID)
	return err
}

func full(format string, args ...any) error {
	return fault.Errorf(fault.TooLarge, "cloud-full", format, args...)
}

// close checks the limits of what has grown, and notes the new size.
func (w *changing) close(before int64) error {
	if w.bytes > before && w.bytes > MaxBytes {
		return full("The documents of a collection have at most %d MB together.", MaxBytes>>20)
	}
	if _, err := w.tx.Exec(w.ctx, `UPDATE cloud_collection SET documents = $4, bytes = $5 WHERE app_id = $1 AND live = $2 AND name = $3`,
		w.appID, w.live, w.collection, w.documents, w.bytes); err != nil {
		return err
	}
	if w.bytes <= before {
		return nil
	}
	var all int64
	if err := w.tx.QueryRow(w.ctx, `SELECT coalesce(sum(bytes), 0)::bigint FROM cloud_collection WHERE app_id = $1 AND live = $2`,
		w.appID, w.live).Scan(&all); err != nil {
		return err
	}
	if all > MaxAppBytes {
		return full("The collections of an app have at most %d MB together.", MaxAppBytes>>20)
	}
	return nil
}

// encode makes what is kept of a document.
func encode(doc document.Object) ([]byte, error) {
	body := document.Encode(doc)
	if len(body) > document.MaxSize {
		return nil, full("A document has at most %d KB.", document.MaxSize>>10)
	}
	return body, nil
}

func (w *changing) insert(id any, owner string, doc document.Object) error {
	if w.documents >= MaxDocuments {
		return full("A collection has at most %d documents.", MaxDocuments)
	}
	key, err := keyOf(id)
	if err != nil {
		return err
	}
	body, err := encode(document.Identify(doc, id, owner))
	if err != nil {
		return err
	}
	tag, err := w.tx.Exec(w.ctx, `INSERT INTO cloud_document (app_id, live, collection, key, owner, body, size)
		VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
		w.appID, w.live, w.collection, key, owner, body, len(body))
	if err == nil && tag.RowsAffected() == 0 {
		err = fault.Errorf(fault.Conflict, "cloud-duplicate", "duplicate key error: there is a document with _id %s", key)
	}
	w.documents++
	w.bytes += int64(len(body))
	return err
}

func (w *changing) replace(row stored, owner string, body []byte) error {
	_, err := w.tx.Exec(w.ctx, `UPDATE cloud_document SET body = $5, size = $6, owner = $7 WHERE app_id = $1 AND live = $2 AND collection = $3 AND key = $4`,
		w.appID, w.live, w.collection, row.key, body, len(body), owner)
	w.bytes += int64(len(body) - row.size)
	return err
}

// newID is the _id of a document that was added without one.
func newID() string {
	var random [16]byte
	_, _ = rand.Read(random[:]) // never fails
	return hex.EncodeToString(random[:])
}

// identified takes the _id from a document that is to be added, and says who will own it.
func (p place) identified(doc document.Object) (id any, owner string, err error) {
	if owner, err = p.ownerOf(doc, p.openID); err != nil {
		return nil, "", err
	}
	id, given := doc.Get("_id")
	if !given {
		id = newID()
	}
	return id, owner, nil
}

// ownerOf is who owns a document with these fields: who makes it. The host alone says so of a person; the app's
// server and its functions may say for whom they make a document.
func (p place) ownerOf(doc document.Object, otherwise string) (string, error) {
	given, named := doc.Get("_openid")
	if !named {
		return otherwise, nil
	}
	owner, isText := given.(string)
	if p.openID != "" || !isText || len(owner) > MaxID {
		return "", fault.Errorf(fault.Invalid, "cloud-invalid", "Invalid Key Name: _openid")
	}
	return owner, nil
}

func (s *Service) add(ctx context.Context, p place, docs []document.Object) (ids []any, err error) {
	err = s.write(ctx, p, func(w *changing) error {
		for _, doc := range docs {
			id, owner, err := w.identified(doc)
			if err != nil {
				return err
			}
			if err := w.insert(id, owner, doc); err != nil {
				return err
			}
			ids = append(ids, id)
		}
		return nil
	})
	return ids, err
}

// set replaces a document whole, or makes it.
func (s *Service) set(ctx context.Context, p place, id any, doc document.Object) (created bool, err error) {
	if _, given := doc.Get("_id"); given {
		return false, fault.Errorf(fault.Invalid, "cloud-invalid", "Invalid Key Name: _id")
	}
	if _, err := p.ownerOf(doc, ""); err != nil {
		return false, err
	}
	key, err := keyOf(id)
	if err != nil {
		return false, err
	}
	err = s.write(ctx, p, func(w *changing) error {
		created, err = w.set(id, key, doc)
		return err
	})
	return created, err
}

func (w *changing) set(id any, key string, doc document.Object) (created bool, err error) {
	row := stored{key: key}
	err = w.tx.QueryRow(w.ctx, `SELECT owner, size FROM cloud_document WHERE app_id = $1 AND live = $2 AND collection = $3 AND key = $4`,
		w.appID, w.live, w.collection, key).Scan(&row.owner, &row.size)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		owner, err := w.ownerOf(doc, w.openID)
		if err != nil {
			return false, err
		}
		return true, w.insert(id, owner, doc)
	case err != nil:
		return false, err
	case w.writes == own && row.owner != w.openID:
		return false, denied(w.collection)
	}
	owner, err := w.ownerOf(doc, row.owner)
	if err != nil {
		return false, err
	}
	body, err := encode(document.Identify(doc, id, owner))
	if err != nil {
		return false, err
	}
	return false, w.replace(row, owner, body)
}

func (s *Service) update(ctx context.Context, p place, c *document.Condition, update *document.Update) (updated int, err error) {
	err = s.write(ctx, p, func(w *changing) error {
		updated, err = w.update(c, update)
		return err
	})
	return updated, err
}

func (w *changing) update(c *document.Condition, update *document.Update) (int, error) {
	var keys, bodies []string
	before := w.bytes
	err := w.visit(w.ctx, w.tx, c, w.writes, func(row stored, doc document.Object) (bool, error) {
		doc, err := update.Apply(doc)
		if err != nil {
			return false, err
		}
		body, err := encode(doc)
		w.bytes += int64(len(body) - row.size)
		keys, bodies = append(keys, row.key), append(bodies, string(body))
		if err == nil && w.bytes > MaxBytes && w.bytes > before {
			err = full("The documents of a collection have at most %d MB together.", MaxBytes>>20)
		}
		return true, err
	})
	if err != nil {
		return 0, err
	}
	// In one statement: for each of 20,000 documents another one would take seconds.
	_, err = w.tx.Exec(w.ctx, `UPDATE cloud_document SET body = made.body::json, size = octet_length(made.body)
		FROM unnest($4::text[], $5::text[]) AS made (key, body)
		WHERE app_id = $1 AND live = $2 AND collection = $3 AND cloud_document.key = made.key`, w.appID, w.live, w.collection, keys, bodies)
	return len(keys), err
}

func (s *Service) remove(ctx context.Context, p place, c *document.Condition) (removed int, err error) {
	err = s.write(ctx, p, func(w *changing) error {
		removed, err = w.remove(c)
		return err
	})
	return removed, err
}

func (w *changing) remove(c *document.Condition) (int, error) {
	keys := []string{}
	err := w.visit(w.ctx, w.tx, c, w.writes, func(row stored, _ document.Object) (bool, error) {
		keys = append(keys, row.key)
		w.bytes -= int64(row.size)
		return true, nil
	})
	if err != nil {
		return 0, err
	}
	w.documents -= int64(len(keys))
	_, err = w.tx.Exec(w.ctx, `DELETE FROM cloud_document WHERE app_id = $1 AND live = $2 AND collection = $3 AND key = ANY ($4)`,
		w.appID, w.live, w.collection, keys)
	return len(keys), err
}
