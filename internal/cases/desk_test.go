package cases

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// A correction replaces the form; the one before it can still be read.
func TestFormBefore(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.received()
		if form, _, err := w.FormBefore(w.as("clerk"), c.Number); err != nil || form != nil {
			t.Errorf("before any correction: %s %v", form, err)
		}
		w.must(second(w.RequestCorrection(w.as("clerk"), c.Number, Act{Opinion: "面积与设计不符"})))
		w.must(second(w.Correct(w.as("clerk"), c.Number, Act{Form: json.RawMessage(`{"name":"大寮坑","area":2.8}`)})))
		form, at, err := w.FormBefore(w.as("approver"), c.Number)
		w.must(err)
		if !strings.Contains(string(form), "3.5") || at.IsZero() {
			t.Errorf("the form before is %s, replaced %s", form, at)
		}
		if got := string(w.find(c.Number).Content.Form); !strings.Contains(got, "2.8") {
			t.Errorf("the form now is %s", got)
		}
		w.wants(third(w.FormBefore(w.as("other-approver"), c.Number)), ErrUnknown)
	})
}

func third[A, B any](_ A, _ B, err error) error { return err }

// Similar cases are decided ones of the same item and answers, and only those
// that may be seen.
func TestSimilar(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		decided := w.reviewing()
		w.on("2026-09-18")
		w.pass("approver", decided.Number, "review")
		w.must(second(w.Decide(w.as("head"), decided.Number, Act{Outcome: Granted, Opinion: "符合采伐限额"})))
		other := w.atWindow()
		other.Answers = map[string][]string{"who": {"agent"}}
		other.Materials = append(other.Materials, Handed{ID: "power", Paper: true})
		else1 := one[Case](w)(w.Submit(w.as("clerk"), other))
		w.must(second(w.Accept(w.as("clerk"), else1.Number, Act{})))
		w.pass("approver", else1.Number, "review")
		w.must(second(w.Decide(w.as("head"), else1.Number, Act{Outcome: Granted})))
		running := w.reviewing()

		list, err := w.Similar(w.as("approver"), running.Number, 10)
		w.must(err)
		if len(list) != 1 || list[0].Number != decided.Number || list[0].Opinion != "符合采伐限额" || list[0].Days != 2 {
			t.Errorf("similar: %+v", list)
		}
		if _, err := w.Similar(w.as("other-approver"), running.Number, 10); err == nil {
			t.Error("another county compares")
		}
		none, err := w.Similar(w.as("approver"), else1.Number, 10)
		w.must(err)
		if len(none) != 0 {
			t.Errorf("a case is like itself: %+v", none)
		}
	})
}

func TestNamed(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.reviewing()
		w.received() // not under review
		for text, want := range map[string][]string{"王": {c.Number}, "王小明": {c.Number}, "李": nil, "26": nil, "": nil} {
			got, err := w.Named(w.as("approver"), text)
			w.must(err)
			if !slices.Equal(got, want) {
				t.Errorf("%q finds %v, want %v", text, got, want)
			}
		}
		briefs, err := w.Briefs(w.as("approver"), []string{c.Number, "0"})
		w.must(err)
		if b := briefs[c.Number]; len(briefs) != 1 || b.Applicant != "王小明" || b.Revision != w.find(c.Number).Revision {
			t.Errorf("briefs: %+v", briefs)
		}
	})
}
