package cases

import (
	"errors"
	"slices"
	"testing"

	"yimen/internal/kit/errs"
)

// allowedMoves is the table once more, written from the rules and not from the
// code: state → verb → state.
var allowedMoves = map[State]map[Verb]State{
	StateDraft: {VerbSubmit: StateSubmitted, VerbDiscard: StateDraft},
	StateSubmitted: {VerbReceive: StateReceived, VerbAccept: StateAccepted, VerbRefuseAcceptance: StateRefused,
		VerbRequestCorrection: StateCorrecting, VerbWithdraw: StateWithdrawn, VerbDeem: StateAccepted},
	StateReceived: {VerbAccept: StateAccepted, VerbRefuseAcceptance: StateRefused,
		VerbRequestCorrection: StateCorrecting, VerbWithdraw: StateWithdrawn, VerbDeem: StateAccepted},
	StateCorrecting: {VerbCorrect: StateReceived, VerbWithdraw: StateWithdrawn, VerbTerminate: StateTerminated,
		VerbTerminateUncorrect: StateTerminated},
	StateAccepted: {VerbReview: StateReviewing, VerbWithdraw: StateWithdrawn, VerbTerminate: StateTerminated},
	StateReviewing: {VerbPause: StatePaused, VerbExtend: StateReviewing, VerbDecide: StateDecided, VerbWithdraw: StateWithdrawn,
		VerbTerminate: StateTerminated, VerbSupplement: StateReviewing, VerbTerminateUncorrect: StateTerminated},
	StatePaused: {VerbResume: StateReviewing, VerbWithdraw: StateWithdrawn, VerbTerminate: StateTerminated,
		VerbSupplement: StatePaused, VerbTerminateUncorrect: StateTerminated},
	StateDecided: {VerbIssue: StateIssuing, VerbDispatch: StateDelivering, VerbSupplement: StateDecided,
		VerbTerminateUncorrect: StateTerminated},
	StateIssuing:    {VerbDispatch: StateDelivering, VerbSupplement: StateIssuing, VerbTerminateUncorrect: StateTerminated},
	StateDelivering: {VerbDeliver: StateClosed, VerbClose: StateClosed},
	StateClosed:     {VerbArchive: StateArchived},
	StateArchived:   {}, StateRefused: {}, StateWithdrawn: {}, StateTerminated: {},
}

func TestEveryMove(t *testing.T) {
	verbs := []Verb{"", "fly"}
	for v := range verbNames {
		verbs = append(verbs, v)
	}
	for _, from := range States {
		for _, v := range verbs {
			want, ok := allowedMoves[from][v]
			got, err := Next(from, v)
			if ok {
				if err != nil || got != want {
					t.Errorf("%s %s = %s, %v; want %s", from, v, got, err, want)
				}
				continue
			}
			var e *errs.Error
			if !errors.As(err, &e) || e.Code != ErrVerbNotAllowed.Code || e.Kind.Status() != 409 {
				t.Errorf("%s %s = %s, %v; want it refused with 409", from, v, got, err)
				continue
			}
			if want := words(AllowedIn(from)); !slices.Equal(e.Verbs, want) {
				t.Errorf("%s %s names %v as allowed, want %v", from, v, e.Verbs, want)
			}
		}
	}
}

func TestMovesAreComplete(t *testing.T) {
	if len(States) != 15 || len(allowedMoves) != 15 {
		t.Fatalf("%d states, %d in the table, want 15", len(States), len(allowedMoves))
	}
	seen := map[Verb]bool{}
	for _, m := range moves {
		if seen[m.Verb] {
			t.Errorf("%s stands twice in the table", m.Verb)
		}
		seen[m.Verb] = true
		if m.Verb.Chinese() == "" {
			t.Errorf("%s has no name", m.Verb)
		}
		if m.By == 0 {
			t.Errorf("%s may be done by nobody", m.Verb)
		}
		if m.By&(ByReceiver|ByCompetent) != 0 && m.Right == "" {
			t.Errorf("%s needs a right for staff", m.Verb)
		}
	}
	for v := range verbNames {
		if !seen[v] {
			t.Errorf("%s has a name and no move", v)
		}
	}
	for _, s := range States {
		if s.Chinese() == "" {
			t.Errorf("%s has no name", s)
		}
		if s.Ended() && len(AllowedIn(s)) != 0 {
			t.Errorf("%s has ended and still allows %v", s, AllowedIn(s))
		}
	}
}

// No correction may be asked for after acceptance, whatever else changes.
func TestNoCorrectionAfterAcceptance(t *testing.T) {
	m, _ := MoveOf(VerbRequestCorrection)
	if !slices.Equal(m.From, []State{StateSubmitted, StateReceived}) {
		t.Errorf("request-correction is allowed from %v", m.From)
	}
}
