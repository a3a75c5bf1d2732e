package cases

import (
	"testing"
)

// A person is found by document and telephone, but only among the cases that
// the clerk may see.
func TestPersonAtTheWindow(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.received()
		list, err := w.OfPerson(w.as("clerk"), c.Applicant.IDType, c.Applicant.IDNo, false, 10)
		w.must(err)
		if len(list) != 1 || list[0].Number != c.Number {
			t.Fatalf("the window finds %d cases of the applicant, want 1", len(list))
		}
		for account, want := range map[string]int{"clerk": 1, "town-clerk": 0} {
			found, err := w.People(w.as(account), PeopleQuery{Phone: c.Applicant.Phone}, 8)
			w.must(err)
			named, err := w.People(w.as(account), PeopleQuery{Name: c.Applicant.Name[:3]}, 8)
			w.must(err)
			if len(found) != want || len(named) != want {
				t.Errorf("%s finds %d by telephone and %d by name, want %d", account, len(found), len(named), want)
			}
		}
		list, err = w.OfPerson(w.as("town-clerk"), c.Applicant.IDType, c.Applicant.IDNo, false, 10)
		w.must(err)
		if len(list) != 0 {
			t.Errorf("another window sees %d cases of the applicant", len(list))
		}
		w.must(second(w.Withdraw(w.as("clerk"), c.Number, Act{Opinion: "申请人不办了。"})))
		for ended, want := range map[bool]int{false: 0, true: 1} {
			list, err := w.OfPerson(w.as("clerk"), c.Applicant.IDType, c.Applicant.IDNo, ended, 10)
			w.must(err)
			if len(list) != want {
				t.Errorf("after the withdrawal, ended=%v lists %d cases, want %d", ended, len(list), want)
			}
		}
		if nobody, err := w.People(w.as("clerk"), PeopleQuery{}, 8); err != nil || len(nobody) != 0 {
			t.Errorf("asking for nobody finds %d people, %v", len(nobody), err)
		}
	})
}

// A draft begun online is finished at the window, with the files that came
// with it, or goes back to its owner.
func TestDraftTakenOverAtTheWindow(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		s := w.web("zhang")
		d := one[Draft](w)(w.SaveDraft(w.as("zhang"), s))
		w.wants(second(w.TakeOverDraft(w.as("li"), d.Number, "zhang")), ErrDraftNotYours)
		w.wants(second(w.DraftsOf(w.as("li"), "zhang")), ErrDraftNotYours)
		w.wants(second(w.TakeOverDraft(w.as("clerk"), d.Number, "li")), ErrDraftUnknown)
		if list := one[[]Draft](w)(w.DraftsOf(w.as("clerk"), "zhang")); len(list) != 1 {
			t.Fatalf("the window finds %d drafts, want 1", len(list))
		}
		if list := one[[]Draft](w)(w.DraftsOf(w.as("clerk"), "")); len(list) != 0 {
			t.Errorf("nobody has %d drafts", len(list))
		}

		one[Draft](w)(w.TakeOverDraft(w.as("clerk"), d.Number, "zhang"))
		w.wants(second(w.Draft(w.as("zhang"), d.Number)), ErrDraftUnknown)
		w.must(w.DiscardDraft(w.as("clerk"), d.Number)) // goes back
		one[Draft](w)(w.Draft(w.as("zhang"), d.Number))

		taken := one[Draft](w)(w.TakeOverDraft(w.as("clerk"), d.Number, "zhang"))
		sub := taken.Submission
		sub.Draft, sub.Channel = d.Number, ChannelWindow
		c := one[Case](w)(w.Submit(w.as("clerk"), sub))
		if c.Number != d.Number {
			t.Errorf("draft %s became case %s", d.Number, c.Number)
		}
		if mine, _, err := w.List(w.as("zhang"), Query{Mine: true}, page(5)); err != nil || len(mine) != 1 {
			t.Errorf("the applicant sees %d cases, %v; want the one", len(mine), err)
		}
	})
}
