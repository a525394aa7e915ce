package worker

import (
	"testing"

	"github.com/teahouse/teahouse/runtime/protocol"
)

// listener is a sink that keeps the reason of the end.
type listener struct{ reason Reason }

func (*listener) Frame([]byte)                {}
func (*listener) Call(uint64, string, []byte) {}
func (*listener) Store(protocol.StorageOp)    {}
func (*listener) Log(protocol.LogEntry)       {}
func (*listener) Slowed(string)               {}
func (l *listener) Closed(reason Reason)      { l.reason = reason }

func TestTheUserDoesNotReadTextOfAWorker(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ said, want Reason }{
		{Reason{Code: CodeStopped, Message: messageMemory, Detail: "d"}, Reason{Code: CodeStopped, Message: messageMemory, Detail: "d"}},
		{Reason{Code: CodeClosed}, Reason{Code: CodeClosed, Message: messageCrashed}},
		{Reason{Code: CodeCrashed, Detail: "d"}, Reason{Code: CodeCrashed, Message: messageCrashed, Detail: "d"}},
		{Reason{Code: "token-expired", Message: "Enter your password at tea.example.net"}, Reason{Code: CodeCrashed, Message: messageCrashed}},
		{Reason{Code: CodeDraining, Message: messageDraining}, Reason{Code: CodeCrashed, Message: messageCrashed}},
	} {
		sink := &listener{}
		c := &child{sessions: map[uint64]*Remote{}}
		r := &Remote{child: c, id: 1, sink: sink, done: make(chan struct{}), isOpen: true}
		c.sessions[1] = r
		ended := message{kind: kindEnded, header: header{Session: 1, Code: test.said.Code, Message: test.said.Message, Detail: test.said.Detail}}
		if err := c.handle(r, ended); err != nil || sink.reason != test.want {
			t.Errorf("the worker said %+v, the user reads %+v, %v", test.said, sink.reason, err)
		}
	}
}
