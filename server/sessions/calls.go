package sessions

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/runtime/protocol"
	"github.com/teahouse/teahouse/runtime/worker"
)

// Questions to the shell that the host checks.
const (
	uiAuthorize = "authorize"               // asked only by the host
	uiPay       = "requestPayment"          // about an order that the bridge prepared
	uiSubscribe = "requestSubscribeMessage" // about templates that the bridge returned
	callPrepare = "order.prepare"           // the capability before uiPay
	callOffer   = "subscribe.request"       // the capability before uiSubscribe
	consentSlug = "consent-required"        // the bridge's fault when the user must be asked
)

// permitted are questions to the phone that need a permission, with the capability that asks the user for
// it. The host remembers the answer itself: what a worker says counts for nothing.
var permitted = map[string]string{"getLocation": "device.location", "startLocationUpdate": "device.location",
	"startRecord": "device.record"}

// asked is a question to the shell that waits for its answer.
type asked struct {
	name    string
	answer  chan *protocol.ShellFrame // where the host's own question waits, nil for the app's
	order   uuid.UUID                 // with uiPay
	offered []uuid.UUID               // with uiSubscribe
}

// prepared remembers the newest MaxPrepared results of the bridge by an ID in them.
type prepared struct {
	order []uuid.UUID
	byID  map[uuid.UUID]json.RawMessage
}

func (p *prepared) add(id uuid.UUID, raw json.RawMessage) {
	if p.byID == nil {
		p.byID = map[uuid.UUID]json.RawMessage{}
	}
	if _, known := p.byID[id]; !known {
		p.order = append(p.order, id)
	}
	p.byID[id] = raw
	if len(p.order) > MaxPrepared {
		delete(p.byID, p.order[0])
		p.order = p.order[1:]
	}
}

// guardedCall is call with recover, for its own goroutine: a panic in a capability fails the call, as
// it fails a request over HTTP, and does not end the host.
func (s *session) guardedCall(ctx context.Context, name string, args []byte) (json.RawMessage, error) {
	return s.guarded(ctx, func() (json.RawMessage, error) { return s.call(ctx, name, args) })
}

func (s *session) guarded(ctx context.Context, call func() (json.RawMessage, error)) (result json.RawMessage, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			result, err = nil, fmt.Errorf("panic: %v\n%s", cause, debug.Stack())
		}
	}()
	if err := s.checkRights(ctx); err != nil {
		return nil, err
	}
	return call()
}

// call runs a capability with the host's own data about the caller. When the user must agree first,
// it asks the user, and calls again.
func (s *session) call(ctx context.Context, name string, args []byte) (json.RawMessage, error) {
	result, err := s.service.Bridge.Call(ctx, s.caller, name, args)
	if fault.SlugOf(err) == consentSlug {
		result, err = s.callWithConsent(ctx, name, args)
	}
	if err == nil {
		s.remember(name, result)
	}
	return result, err
}

func (s *session) callWithConsent(ctx context.Context, name string, args []byte) (json.RawMessage, error) {
	select {
	case s.sheet <- struct{}{}:
		defer func() { <-s.sheet }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	// While this call waited for the sheet, the user may have agreed to an earlier one.
	result, err := s.service.Bridge.Call(ctx, s.caller, name, args)
	if fault.SlugOf(err) != consentSlug {
		return result, err
	}
	scope, purpose := s.consentFor(name)
	if err := s.consent(ctx, scope, purpose); err != nil {
		return nil, err
	}
	if err := s.service.Accounts.Consent(ctx, s.who.UserID, s.launch.AppID, scope); err != nil {
		return nil, err
	}
	return s.service.Bridge.Call(ctx, s.caller, name, args)
}

// consentFor returns what the user is asked before a capability, from the bridge's table.
func (s *session) consentFor(name string) (scope, purpose string) {
	for _, c := range s.service.Bridge.All() {
		if c.Name == name {
			if fault.LanguageOf(s.language) == fault.Chinese && c.SummaryZH != "" {
				return c.Scope, c.SummaryZH
			}
			return c.Scope, c.Summary
		}
	}
	return "", ""
}

// consent asks the user. Nothing of the sheet comes from the app.
func (s *session) consent(ctx context.Context, scope, purpose string) error {
	answer := make(chan *protocol.ShellFrame, 1)
	s.mu.Lock()
	s.lastCall++
	id := hostCalls + s.lastCall
	s.asked[id] = asked{name: uiAuthorize, answer: answer}
	s.mu.Unlock()
	defer s.forget(id)
	s.conn.Send(marshal(protocol.UIFrame{T: "ui", Call: id, Name: uiAuthorize, Args: marshal(struct {
		Scope   string           `json:"scope"`
		Purpose string           `json:"purpose"`
		App     protocol.AppInfo `json:"app"`
	}{scope, purpose, s.appInfo()})}))
	wait := time.NewTimer(ConsentWait)
	defer wait.Stop()
	select {
	case f := <-answer:
		if f.OK {
			return nil
		}
	case <-wait.C:
	case <-ctx.Done():
		return ctx.Err()
	}
	return fault.Errorf(fault.Forbidden, "consent-denied", "auth deny")
}

func (s *session) forget(id uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.asked, id)
}

// remember keeps the results to which later questions to the user must refer.
func (s *session) remember(name string, result json.RawMessage) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch name {
	case "device.location", "device.record":
		if s.allowed == nil {
			s.allowed = map[string]bool{}
		}
		s.allowed[name] = true
	case callPrepare:
		var order struct {
			ID uuid.UUID `json:"id"`
		}
		if json.Unmarshal(result, &order) == nil {
			s.orders.add(order.ID, result)
		}
	case callOffer:
		var offer struct {
			Templates []json.RawMessage `json:"templates"`
		}
		if json.Unmarshal(result, &offer) != nil {
			return
		}
		for _, raw := range offer.Templates {
			var template struct {
				ID uuid.UUID `json:"id"`
			}
			if json.Unmarshal(raw, &template) == nil {
				s.offers.add(template.ID, raw)
			}
		}
	}
}

// reply answers a call of the app. An answer is not lost because the app is busy: it waits.
func (s *session) reply(id uint64, result json.RawMessage, err error) {
	select {
	case <-s.opened:
	case <-s.ctx.Done():
		return
	}
	ok, result := s.answerOf(result, err)
	_ = s.remote.ReplyInTime(s.ctx, id, ok, result) // fails when the session is over
}

// answerOf is what an app is told of a call.
func (s *session) answerOf(result json.RawMessage, err error) (bool, json.RawMessage) {
	if err == nil && len(result) > worker.MaxToWorker {
		err = fault.Errorf(fault.TooLarge, "response-too-large", "The answer is too large.")
	}
	ok := err == nil
	if !ok {
		if fault.CodeOf(err) == fault.Internal && s.ctx.Err() == nil {
			s.service.Logger.ErrorContext(s.ctx, "capability failed", "app_id", s.launch.AppID, "error", err)
		}
		result = marshal(struct {
			Message string `json:"message"`
			Slug    string `json:"slug"`
		}{fault.MessageOf(err), fault.SlugOf(err)})
	}
	return ok, result
}

// ask passes a question of the app to the shell, and remembers it. The host itself fills in the facts
// about money and messages.
func (s *session) ask(f protocol.UIFrame) ([]byte, error) {
	q := asked{name: f.Name}
	s.mu.Lock()
	defer s.mu.Unlock()
	var err error
	if needs := permitted[f.Name]; needs != "" && !s.allowed[needs] {
		return nil, fmt.Errorf("the app asked the phone for something without the user's permission")
	}
	switch f.Name {
	case uiAuthorize:
		return nil, fmt.Errorf("the app tried to draw a consent sheet")
	case uiPay:
		q.order, f.Args, err = s.sheetForOrder(f.Args)
	case uiSubscribe:
		q.offered, f.Args, err = s.sheetForTemplates(f.Args)
	}
	if err != nil {
		return nil, err
	}
	if f.Call > 0 {
		if f.Call >= hostCalls || len(s.asked) >= MaxUICalls {
			return nil, fmt.Errorf("the app has too many questions to the shell open")
		}
		s.asked[f.Call] = q
	}
	return marshal(f), nil
}

// sheetForOrder replaces the app's data about an order with the bridge's.
func (s *session) sheetForOrder(args json.RawMessage) (uuid.UUID, json.RawMessage, error) {
	var given struct {
		Order struct {
			ID uuid.UUID `json:"id"`
		} `json:"order"`
	}
	if err := json.Unmarshal(args, &given); err != nil {
		return uuid.Nil, nil, fmt.Errorf("the app asked for a payment in an unreadable way: %w", err)
	}
	order, ok := s.orders.byID[given.Order.ID]
	if !ok {
		return uuid.Nil, nil, fmt.Errorf("the app asked for a payment that was not prepared in this session")
	}
	return given.Order.ID, marshal(map[string]json.RawMessage{"order": order}), nil
}

// sheetForTemplates does the same for subscription messages.
func (s *session) sheetForTemplates(args json.RawMessage) ([]uuid.UUID, json.RawMessage, error) {
	var given struct {
		Templates []struct {
			ID uuid.UUID `json:"id"`
		} `json:"templates"`
	}
	if err := json.Unmarshal(args, &given); err != nil {
		return nil, nil, fmt.Errorf("the app asked for subscriptions in an unreadable way: %w", err)
	}
	ids, raws := []uuid.UUID{}, []json.RawMessage{}
	for _, template := range given.Templates {
		raw, ok := s.offers.byID[template.ID]
		if !ok || slices.Contains(ids, template.ID) {
			return nil, nil, fmt.Errorf("the app asked for a subscription that was not offered in this session")
		}
		ids, raws = append(ids, template.ID), append(raws, raw)
	}
	return ids, marshal(map[string][]json.RawMessage{"templates": raws}), nil
}

// answered processes the shell's answer to a question. Every question has one answer.
func (s *session) answered(f *protocol.ShellFrame) error {
	s.mu.Lock()
	q, ok := s.asked[f.Call]
	delete(s.asked, f.Call)
	s.mu.Unlock()
	switch {
	case !ok:
		return fault.Errorf(fault.Invalid, "unknown-call", "Nothing was asked under the number %d.", f.Call)
	case q.answer != nil:
		q.answer <- f // has room: the question is gone from the table
		return nil
	case f.OK && q.name == uiPay:
		s.tasks.Go(func() { s.settle(f, s.paid(q.order)) })
		return nil
	case f.OK && q.name == uiSubscribe:
		s.tasks.Go(func() { s.settle(f, s.subscribed(f, q.offered)) })
		return nil
	default:
		return s.remote.Send(f.Encode())
	}
}

// settle passes on an answer that had to be checked first.
func (s *session) settle(f *protocol.ShellFrame, err error) {
	if err != nil {
		f.OK, f.Result, f.Error = false, nil, fault.MessageOf(err)
	}
	_ = s.remote.SendInTime(s.ctx, f.Encode()) // fails when the session is over
}

// paid checks whether the order is really paid.
func (s *session) paid(order uuid.UUID) error {
	ctx, cancel := context.WithTimeout(s.ctx, CallTimeout)
	defer cancel()
	paid, err := s.service.Paid(ctx, s.who.UserID, order)
	if err == nil && !paid {
		err = fault.Errorf(fault.Conflict, "not-paid", "The order has not been paid.")
	}
	return err
}

// subscribed records what the user accepted of what was offered.
func (s *session) subscribed(f *protocol.ShellFrame, offered []uuid.UUID) error {
	var choices map[string]json.RawMessage
	if err := json.Unmarshal(f.Result, &choices); err != nil {
		return fault.Errorf(fault.Invalid, "bad-frame", "The answer of the sheet is not readable.")
	}
	var accepted []uuid.UUID
	for _, id := range offered {
		if string(choices[id.String()]) == `"accept"` {
			accepted = append(accepted, id)
		}
	}
	if len(accepted) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(s.ctx, CallTimeout)
	defer cancel()
	return s.service.Accounts.RecordSubscriptions(ctx, s.who.UserID, s.launch.AppID, accepted)
}
