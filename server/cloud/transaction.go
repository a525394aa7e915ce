package cloud

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/bridge"
	"github.com/teahouse/teahouse/server/cloud/document"
)

// A transaction is a list of steps. Between its calls nothing is kept and nothing is locked: who runs one sends all its
// steps so far, with the versions of the documents that they have met, and the host does them all again. As long as
// nobody else has changed one of these documents each step gives what it gave before. The last call keeps the changes.

// Step is one thing that a transaction does with one document.
type Step struct {
	Do         string          `json:"do" enum:"get,add,set,update,remove"`
	Collection string          `json:"collection"`
	ID         any             `json:"id,omitempty" doc:"A text or a number; none for add, whose document may have an _id."`
	Document   json.RawMessage `json:"document,omitempty" doc:"Of add and set."`
	Update     json.RawMessage `json:"update,omitempty" doc:"Of update, as in cloud.update."`
}

// Transaction is the parameter of cloud.transaction.
type Transaction struct {
	Steps []Step `json:"steps" minItems:"1"`
	// Seen has the versions of the documents that earlier calls have met.
	Seen   map[string]string `json:"seen,omitempty" doc:"What the call before has answered."`
	Commit bool              `json:"commit,omitempty" doc:"Whether the changes are kept. Without it nothing changes."`
}

// Transacted is its result: what the last step gave.
type Transacted struct {
	Document json.RawMessage   `json:"document,omitempty" doc:"Of get; none when there is no such document."`
	ID       any               `json:"id,omitempty" doc:"Of add."`
	Created  bool              `json:"created,omitempty" doc:"Of set."`
	Changed  int               `json:"changed" doc:"Of update and remove."`
	Seen     map[string]string `json:"seen"`
}

func (s *Service) capTransaction(ctx context.Context, caller bridge.Caller, in Transaction) (Transacted, error) {
	if len(in.Steps) > MaxSteps {
		return Transacted{}, fault.Errorf(fault.Invalid, "cloud-invalid", "A transaction has at most %d steps.", MaxSteps)
	}
	t := &transaction{service: s, seen: in.Seen, open: map[string]*changing{}, out: Transacted{Seen: map[string]string{}}}
	places := map[string]place{}
	for _, step := range in.Steps {
		p, err := s.place(ctx, caller, step.Collection)
		if err != nil {
			return Transacted{}, err
		}
		places[step.Collection] = p
	}
	end, err := s.turn(ctx, caller.AppID)
	if err != nil {
		return Transacted{}, err
	}
	defer end()
	tx, err := s.Pool.Begin(ctx)
	if err != nil {
		return Transacted{}, err
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }() // after a commit it does nothing
	for i, step := range in.Steps {
		w := &changing{ctx: ctx, tx: tx, place: places[step.Collection]}
		if i == 0 {
			if err := w.lock(); err != nil {
				return Transacted{}, err
			}
		}
		t.out = Transacted{Seen: t.out.Seen}
		if err := t.step(w, step); err != nil {
			return Transacted{}, err
		}
	}
	for _, w := range t.open {
		if err := w.close(w.before); err != nil {
			return Transacted{}, err
		}
	}
	if !in.Commit {
		return t.out, nil
	}
	if err := tx.Commit(ctx); err != nil {
		return Transacted{}, err
	}
	for _, w := range t.open {
		s.announce(w.place)
	}
	return t.out, nil
}

// transaction is one while its steps are done.
type transaction struct {
	service *Service
	seen    map[string]string
	open    map[string]*changing // the collections that it changes
	out     Transacted
}

// meet compares the version of a document with that of the call before, when a step is the first about it.
func (t *transaction) meet(w *changing, key string) (body []byte, err error) {
	var owner string
	err = w.tx.QueryRow(w.ctx, `SELECT owner, body FROM cloud_document WHERE app_id = $1 AND live = $2 AND collection = $3 AND key = $4`,
		w.appID, w.live, w.collection, key).Scan(&owner, &body)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return nil, err
	}
	name := w.collection + " " + key
	if _, met := t.out.Seen[name]; met {
		return body, nil
	}
	version := ""
	if err == nil {
		sum := sha256.Sum256(append([]byte(owner+" "), body...))
		version = hex.EncodeToString(sum[:16])
	}
	if before, known := t.seen[name]; known && before != version {
		return nil, fault.Errorf(fault.Conflict, "cloud-conflict", "Another change came in between: run the transaction again.")
	}
	t.out.Seen[name] = version
	return body, nil
}

// changing is the collection of a step, which is opened once.
func (t *transaction) changing(w *changing) (*changing, error) {
	if opened := t.open[w.collection]; opened != nil {
		return opened, nil
	}
	err := w.open()
	w.before = w.bytes
	t.open[w.collection] = w
	return w, err
}

func (t *transaction) step(w *changing, step Step) error {
	now := t.service.Now()
	var doc document.Object
	var err error
	if step.Do == "add" || step.Do == "set" {
		if doc, err = document.Parse(step.Document, now); err != nil {
			return err
		}
	}
	id, owner := step.ID, ""
	if step.Do == "add" {
		if id, owner, err = w.identified(doc); err != nil {
			return err
		}
	} else if _, given := doc.Get("_id"); given {
		return fault.Errorf(fault.Invalid, "cloud-invalid", "Invalid Key Name: _id")
	}
	key, err := keyOf(id)
	if err != nil {
		return err
	}
	body, err := t.meet(w, key)
	if err != nil {
		return err
	}
	if step.Do == "get" {
		t.out.Document = body
		return nil
	}
	if w, err = t.changing(w); err != nil {
		return err
	}
	one, err := document.NewCondition(append(append([]byte(`{"_id":`), document.Encode(id)...), '}'), now)
	if err != nil {
		return err
	}
	switch step.Do {
	case "add":
		t.out.ID = id
		return w.insert(id, owner, doc)
	case "set":
		t.out.Created, err = w.set(id, key, doc)
	case "remove":
		t.out.Changed, err = w.remove(one)
	case "update":
		var update *document.Update
		if update, err = document.NewUpdate(step.Update, now); err == nil {
			t.out.Changed, err = w.update(one, update)
		}
	}
	return err
}
