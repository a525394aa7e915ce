package framework

import (
	"github.com/dop251/goja"
)

// performance adds setUpdatePerformanceListener, by which a program measures its own updates.
func (i *instances) performance() {
	i.method("setUpdatePerformanceListener", func(in *Instance, c goja.FunctionCall) goja.Value {
		if in == nil {
			return goja.Undefined()
		}
		in.measured = nil
		if isFunction(c.Argument(1)) {
			in.measured = &measured{listener: c.Argument(1)}
			if o, ok := c.Argument(0).(*goja.Object); ok {
				v := o.Get("withDataPaths")
				in.measured.withPaths = v != nil && v.ToBoolean()
			}
		}
		return goja.Undefined()
	})
}

// measured is an instance whose updates a program hears of.
type measured struct {
	listener  goja.Value
	withPaths bool
	updates   int
}

// tell calls the listener once the update is shown. Updates of components are part of it, and never
// wait for others.
func (in *Instance) tell(keys []string) {
	m := in.measured
	if m == nil {
		return
	}
	k := in.s.vm
	m.updates++
	began := float64(k.Now().UnixMilli())
	res := k.Object("updateProcessId", m.updates, "isMergedUpdate", false, "parentUpdateProcessId", goja.Undefined(),
		"pendingStartTimestamp", began, "updateStartTimestamp", began)
	if m.withPaths {
		paths := make([]any, len(keys))
		for i, key := range keys {
			paths[i] = key
		}
		res.Set("dataPaths", k.Array(paths...))
	}
	k.AfterFlush(func() {
		res.Set("updateEndTimestamp", float64(k.Now().UnixMilli()))
		k.Invoke(m.listener, in.this, res)
	})
}
