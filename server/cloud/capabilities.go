package cloud

import (
	"context"
	"encoding/json"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/bridge"
	"github.com/teahouse/teahouse/server/cloud/document"
)

// Query is which documents of a collection are meant.
type Query struct {
	Collection string          `json:"collection"`
	Where      json.RawMessage `json:"where,omitempty" doc:"A condition as MongoDB writes it: {\"price\": {\"$gte\": 5}}."`
}

// Add is the parameter of cloud.add.
type Add struct {
	Collection string            `json:"collection"`
	Documents  []json.RawMessage `json:"documents" minItems:"1" doc:"Objects. A date is {\"$date\": milliseconds}."`
}

// Added is its result.
type Added struct {
	IDs []any `json:"ids" doc:"The _id of each."`
}

// Get is the parameter of cloud.get.
type Get struct {
	Query
	Order  [][2]string     `json:"order,omitempty" doc:"Pairs of a field and asc or desc." example:"[[\"price\",\"desc\"]]"`
	Skip   int             `json:"skip,omitempty" minimum:"0" maximum:"1000000"`
	Limit  int             `json:"limit,omitempty" minimum:"0" doc:"At most 20 for a program, 1000 for a server."`
	Fields json.RawMessage `json:"fields,omitempty" doc:"What is shown: {\"name\": true}."`
}

// Got is its result.
type Got struct {
	Documents []json.RawMessage `json:"documents"`
}

// Aggregate is the parameter of cloud.aggregate.
type Aggregate struct {
	Collection string          `json:"collection"`
	Pipeline   json.RawMessage `json:"pipeline" doc:"Stages as MongoDB writes them: [{\"$match\": {\"a\": 1}}, {\"$group\": {\"_id\": \"$b\", \"n\": {\"$sum\": 1}}}]."`
}

// Counted is the result of cloud.count.
type Counted struct {
	Total int `json:"total"`
}

// Set is the parameter of cloud.set.
type Set struct {
	Collection string          `json:"collection"`
	ID         any             `json:"id" doc:"A text or a number."`
	Document   json.RawMessage `json:"document"`
}

// WasSet is its result.
type WasSet struct {
	Created bool `json:"created"`
}

// Change is the parameter of cloud.update.
type Change struct {
	Query
	Update json.RawMessage `json:"update" doc:"As MongoDB writes it: {\"$set\": {\"a.b\": 1}, \"$inc\": {\"n\": 1}}."`
}

// Updated is its result.
type Updated struct {
	Updated int `json:"updated"`
}

// Removed is the result of cloud.remove.
type Removed struct {
	Removed int `json:"removed"`
}

// CallFunction is the parameter of cloud.call_function.
type CallFunction struct {
	Name string          `json:"name" doc:"The folder of the function."`
	Data json.RawMessage `json:"data,omitempty" doc:"What the function gets as its event."`
}

// Capabilities are the bridge's rows. Programs work on what their version declares and as its rights allow; the
// app's server and its cloud functions work on everything.
func (s *Service) Capabilities() []bridge.Capability {
	row := func(name, summary, chinese string) bridge.Capability {
		return bridge.Capability{Name: name, Scope: "cloud", Callers: bridge.AppSession | bridge.AccountServer | bridge.AppFunction, Reach: bridge.ReachNone,
			PerMinute: PerMinute, MaxBytes: MaxParameters, Summary: summary, SummaryZH: chinese}
	}
	call := row("cloud.call_function", "Runs a cloud function of the app.", "调用小程序的云函数。")
	call.Callers, call.Reach = bridge.AppSession|bridge.AppFunction, 0
	transaction := row("cloud.transaction", "Changes several documents of the app together, or none.", "在一个事务中修改小程序的多条记录。")
	transaction.Callers = bridge.AccountServer | bridge.AppFunction
	watch := row("cloud.watch", "Tells the app of changes in a collection.", "向小程序推送集合的变化。")
	watch.Callers, watch.Reach, watch.MaxBytes = bridge.AppSession, 0, WatchQuery
	unwatch := row("cloud.unwatch", "Ends that.", "停止推送。")
	unwatch.Callers, unwatch.Reach = bridge.AppSession, 0
	return []bridge.Capability{
		bridge.Define(call, s.capCallFunction),
		bridge.Define(watch, s.capWatch),
		bridge.Define(unwatch, s.capUnwatch),
		bridge.Define(transaction, s.capTransaction),
		bridge.Define(row("cloud.add", "Adds documents to a collection of the app.", "向小程序的集合中添加记录。"), s.capAdd),
		bridge.Define(row("cloud.get", "Finds documents in a collection of the app.", "查询小程序的集合中的记录。"), s.capGet),
		bridge.Define(row("cloud.aggregate", "Computes with the documents of a collection of the app.", "对小程序的集合进行聚合计算。"), s.capAggregate),
		bridge.Define(row("cloud.count", "Counts documents in a collection of the app.", "统计小程序的集合中的记录。"), s.capCount),
		bridge.Define(row("cloud.set", "Replaces a document in a collection of the app, or makes it.", "替换或创建小程序的集合中的记录。"), s.capSet),
		bridge.Define(row("cloud.update", "Changes documents in a collection of the app.", "更新小程序的集合中的记录。"), s.capUpdate),
		bridge.Define(row("cloud.remove", "Removes documents from a collection of the app.", "删除小程序的集合中的记录。"), s.capRemove),
	}
}

func (s *Service) capCallFunction(ctx context.Context, caller bridge.Caller, in CallFunction) (bridge.Outcome, error) {
	if caller.Functions == nil {
		return bridge.Outcome{}, fault.Errorf(fault.NotFound, "cloud-no-function", "Cloud functions run for programs that are open, and for nobody else.")
	}
	openID, err := s.People.OpenID(ctx, caller.AppID, caller.UserID)
	if err != nil {
		return bridge.Outcome{}, err
	}
	return caller.Functions.RunFunction(ctx, in.Name, in.Data, openID)
}

func (s *Service) place(ctx context.Context, caller bridge.Caller, collection string) (place, error) {
	a, err := s.actor(ctx, caller, collection)
	return place{a, collection}, err
}

// query reads the collection and the condition of a call.
func (s *Service) query(ctx context.Context, caller bridge.Caller, q Query) (place, *document.Condition, error) {
	p, err := s.place(ctx, caller, q.Collection)
	if err != nil {
		return p, nil, err
	}
	c, err := document.NewCondition(q.Where, s.Now())
	return p, c, err
}

func (s *Service) capAdd(ctx context.Context, caller bridge.Caller, in Add) (Added, error) {
	p, err := s.place(ctx, caller, in.Collection)
	if err != nil {
		return Added{}, err
	}
	if len(in.Documents) > ServerPage {
		return Added{}, fault.Errorf(fault.Invalid, "cloud-invalid", "At most %d documents are added at once.", ServerPage)
	}
	docs := make([]document.Object, len(in.Documents))
	for i, text := range in.Documents {
		if docs[i], err = document.Parse(text, s.Now()); err != nil {
			return Added{}, err
		}
	}
	ids, err := s.add(ctx, p, docs)
	return Added{ids}, err
}

func (s *Service) capGet(ctx context.Context, caller bridge.Caller, in Get) (Got, error) {
	p, c, err := s.query(ctx, caller, in.Query)
	if err != nil {
		return Got{}, err
	}
	most := ServerPage
	if caller.Kind == bridge.AppSession {
		most = ClientPage
	}
	f := find{condition: c, skip: in.Skip, limit: most}
	if in.Limit > 0 {
		f.limit = min(in.Limit, most)
	}
	if f.order, err = document.NewOrder(in.Order); err != nil {
		return Got{}, err
	}
	if f.show, err = document.NewProjection(in.Fields); err != nil {
		return Got{}, err
	}
	documents, err := s.get(ctx, p, f)
	return Got{documents}, err
}

func (s *Service) capAggregate(ctx context.Context, caller bridge.Caller, in Aggregate) (Got, error) {
	pipeline, err := document.NewPipeline(in.Pipeline, s.Now())
	if err != nil {
		return Got{}, err
	}
	places := map[string]place{}
	for _, name := range append(pipeline.Collections(), in.Collection) {
		if places[name], err = s.place(ctx, caller, name); err != nil {
			return Got{}, err
		}
	}
	documents, err := s.aggregate(ctx, places, in.Collection, pipeline)
	return Got{documents}, err
}

func (s *Service) capCount(ctx context.Context, caller bridge.Caller, in Query) (Counted, error) {
	p, c, err := s.query(ctx, caller, in)
	if err != nil {
		return Counted{}, err
	}
	total, err := s.count(ctx, p, c)
	return Counted{total}, err
}

func (s *Service) capSet(ctx context.Context, caller bridge.Caller, in Set) (WasSet, error) {
	p, err := s.place(ctx, caller, in.Collection)
	if err != nil {
		return WasSet{}, err
	}
	doc, err := document.Parse(in.Document, s.Now())
	if err != nil {
		return WasSet{}, err
	}
	created, err := s.set(ctx, p, in.ID, doc)
	return WasSet{created}, err
}

func (s *Service) capUpdate(ctx context.Context, caller bridge.Caller, in Change) (Updated, error) {
	p, c, err := s.query(ctx, caller, in.Query)
	if err != nil {
		return Updated{}, err
	}
	update, err := document.NewUpdate(in.Update, s.Now())
	if err != nil {
		return Updated{}, err
	}
	updated, err := s.update(ctx, p, c, update)
	return Updated{updated}, err
}

// capRemove needs a condition: an empty one would empty the collection by mistake.
func (s *Service) capRemove(ctx context.Context, caller bridge.Caller, in Query) (Removed, error) {
	p, c, err := s.query(ctx, caller, in)
	if err != nil {
		return Removed{}, err
	}
	if len(in.Where) == 0 {
		return Removed{}, fault.Errorf(fault.Invalid, "cloud-invalid", "remove needs a condition")
	}
	removed, err := s.remove(ctx, p, c)
	return Removed{removed}, err
}
