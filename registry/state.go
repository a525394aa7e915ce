package registry

// State is the state of a version.
type State string

// The states. docs/versions.md draws the transitions.
const (
	// Failed versions did not compile. They have diagnostics and no image. The state is final.
	Failed State = "failed"
	// Ready versions can be opened by their developers.
	Ready State = "ready"
	// Submitted versions wait for a reviewer.
	Submitted State = "submitted"
	// Approved versions may be released.
	Approved State = "approved"
	// Rejected versions have findings. They may be submitted again, with an answer in the notes.
	Rejected State = "rejected"
	// Released is the version that users open. There is at most one per app.
	Released State = "released"
	// Retired versions were released before. They may be released again, to undo a release.
	Retired State = "retired"
)

// States lists all states.
var States = []State{Failed, Ready, Submitted, Approved, Rejected, Released, Retired}

// Action moves a version from one state to another.
type Action string

// The actions.
const (
	ActionSubmit   Action = "submit"
	ActionWithdraw Action = "withdraw"
	ActionApprove  Action = "approve"
	ActionReject   Action = "reject"
	ActionRelease  Action = "release"
	// ActionRetire happens to the released version when another one is released.
	ActionRetire Action = "retire"
)

// Actions lists all actions.
var Actions = []Action{
	ActionSubmit, ActionWithdraw, ActionApprove, ActionReject, ActionRelease, ActionRetire,
}

var transitions = map[State]map[Action]State{
	Ready:     {ActionSubmit: Submitted},
	Submitted: {ActionWithdraw: Ready, ActionApprove: Approved, ActionReject: Rejected},
	Rejected:  {ActionSubmit: Submitted},
	Approved:  {ActionRelease: Released},
	Released:  {ActionRetire: Retired},
	Retired:   {ActionRelease: Released},
}

// After is the state after the action. It returns false when the action is not allowed.
func (s State) After(a Action) (State, bool) {
	next, ok := transitions[s][a]
	return next, ok
}

// Before lists the states in which the action is allowed, in the order of States.
func Before(a Action) []State {
	var from []State
	for _, s := range States {
		if _, ok := s.After(a); ok {
			from = append(from, s)
		}
	}
	return from
}

// SubmissionState is the state of a submission.
type SubmissionState string

// The states of a submission. All but Pending are final: a version that is submitted again gets
// another submission.
const (
	Pending             SubmissionState = "pending"
	SubmissionWithdrawn SubmissionState = "withdrawn"
	SubmissionApproved  SubmissionState = "approved"
	SubmissionRejected  SubmissionState = "rejected"
)
