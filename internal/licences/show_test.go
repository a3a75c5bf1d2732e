package licences_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/errs"
	"yimen/internal/licences"
)

// reader is somebody at an address; "" is not signed in.
func reader(account string, k identity.Kind, agency string, grants ...identity.Grant) context.Context {
	return identity.With(context.Background(), identity.Actor{Account: account, Name: "黄小明", Kind: k, Level: identity.LevelPresence, Agency: agency, Address: "10.1.2.3", Grants: grants})
}

var passerBy = reader("", "", "")

// shown takes over the card and begins to show it.
func (w *world) shown(c licences.Choice) (licences.Licence, licences.Showing) {
	w.t.Helper()
	l, err := w.TakeOver(w.head, card())
	w.must(err)
	s, err := w.Show(w.holder, l.Identifier, c)
	w.must(err)
	return l, s
}

func (w *world) code(s licences.Showing) string {
	w.t.Helper()
	_, code, err := w.NewCode(w.holder, s)
	w.must(err)
	return code
}

func (w *world) cannotRead(code string, want *errs.Error) {
	w.t.Helper()
	if err := w.Readable(passerBy, code); !errors.Is(err, want) {
		w.t.Errorf("readable: %v, want %s", err, want.Code)
	}
	seen, err := w.Read(passerBy, code)
	if !errors.Is(err, want) || seen.Licence.Identifier != "" {
		w.t.Errorf("%v, want %s", err, want.Code)
	}
}

func TestACodeIsReadOnce(t *testing.T) {
	each(t, func(w *world) {
		l, s := w.shown(licences.Choice{Mode: licences.ShowLeast})
		code := w.code(s)
		w.must(w.Readable(passerBy, code))
		seen, err := w.Read(passerBy, code)
		w.must(err)
		if seen.Whole || !seen.Stands || seen.Licence.Identifier != l.Identifier || seen.Address != "10.1.2.3" {
			t.Errorf("%+v", seen)
		}
		w.cannotRead(code, licences.ErrCodeUsed)
		w.cannotRead(strings.ToUpper(code), licences.ErrCode)
		w.cannotRead("", licences.ErrCode)

		lapsing := w.code(s)
		w.clock.Advance(time.Minute)
		w.cannotRead(lapsing, licences.ErrCodeLapsed)
		old := w.code(s)
		w.must(w.Readable(passerBy, w.code(s)))
		w.cannotRead(old, licences.ErrCode) // there is one at a time
		var kept string
		w.must(w.d.Conn(w.head).Get(w.head, &kept, `SELECT code_key FROM licences_showing`))
		if len(kept) != 64 || strings.Contains(kept, code) {
			t.Errorf("%s is kept of the code", kept)
		}
		w.clock.Advance(9 * time.Minute)
		if _, _, err := w.NewCode(w.holder, s); !errors.Is(err, licences.ErrShowingOver) {
			t.Error(err)
		}
		list, err := w.Readings(w.holder, l.Identifier)
		w.must(err)
		if len(list) != 1 || list[0].Who() != "没有登录的人" || list[0].Address != "10.1.2.3" {
			t.Errorf("%+v", list)
		}
	})
}

func TestTwoWhoReadAtOnce(t *testing.T) {
	each(t, func(w *world) {
		_, s := w.shown(licences.Choice{Mode: licences.ShowLeast})
		code := w.code(s)
		var wg sync.WaitGroup
		results := make([]error, 6)
		for i := range results {
			wg.Go(func() { _, results[i] = w.Read(passerBy, code) })
		}
		wg.Wait()
		good := 0
		for _, err := range results {
			if err == nil {
				good++
			} else if !errors.Is(err, licences.ErrCodeUsed) {
				t.Error(err)
			}
		}
		if good != 1 {
			t.Errorf("%d read it", good)
		}
	})
}

func TestWhoSeesHowMuch(t *testing.T) {
	each(t, func(w *world) {
		l, least := w.shown(licences.Choice{Mode: licences.ShowLeast})
		all, err := w.Show(w.holder, l.Identifier, licences.Choice{Mode: licences.ShowAll, Recipient: " 第一中学 ", Purpose: "入学登记"})
		w.must(err)
		right := identity.Grant{Verb: licences.VerbView, Agency: bureau}
		elsewhere := identity.Grant{Verb: licences.VerbView, Agency: theirs}
		for name, x := range map[string]struct {
			s            licences.Showing
			who          context.Context
			whole, staff bool
			said         string
		}{
			"anybody":                {least, passerBy, false, false, "没有登录的人"},
			"a citizen":              {least, reader("c", identity.KindPerson, ""), false, false, "黄*明（已登录）"},
			"staff without a right":  {least, reader("s", identity.KindStaff, theirs), false, false, "仁化人社局黄小明"},
			"staff of another place": {least, reader("s", identity.KindStaff, theirs, elsewhere), false, false, "仁化人社局黄小明"},
			"staff with the right":   {least, reader("s", identity.KindStaff, bureau, right), true, true, "乳源人社局黄小明"},
			"shared":                 {all, passerBy, true, false, "没有登录的人"},
		} {
			code := w.code(x.s)
			seen, err := w.Read(x.who, code)
			w.must(err)
			if seen.Whole != x.whole || seen.Staff != x.staff || seen.Who() != x.said {
				t.Errorf("%s: whole %v, staff %v, %s", name, seen.Whole, seen.Staff, seen.Who())
			}
			if x.s.Mode == licences.ShowAll && (seen.Recipient != "第一中学" || seen.Purpose != "入学登记") {
				t.Errorf("%s: %+v", name, seen)
			}
			again := 59 * time.Second
			if x.s.Mode == licences.ShowAll {
				again = 9 * time.Minute
			}
			w.clock.Advance(again)
			_, err = w.SeeAgain(x.who, code, seen.ID)
			w.must(err)
			if _, err = w.SeeAgain(x.who, "other", seen.ID); !errors.Is(err, licences.ErrCodeUsed) {
				t.Errorf("%s: %v", name, err)
			}
			w.clock.Advance(time.Minute)
			if _, err = w.SeeAgain(x.who, code, seen.ID); !errors.Is(err, licences.ErrCodeUsed) {
				t.Errorf("%s: %v", name, err)
			}
			w.clock.Set(start)
		}
		var stored string
		w.must(w.d.Conn(w.head).Get(w.head, &stored, `SELECT recipient || purpose FROM licences_showing WHERE mode = 'all'`))
		if strings.Contains(stored, "中学") || strings.Contains(stored, "入学") {
			t.Error("the table can be read: " + stored)
		}
	})
}

func TestWhatCannotBeShown(t *testing.T) {
	each(t, func(w *world) {
		l, s := w.shown(licences.Choice{Mode: licences.ShowLeast})
		other := reader("other", identity.KindPerson, "")
		if _, err := w.Show(other, l.Identifier, licences.Choice{Mode: licences.ShowLeast}); !errors.Is(err, licences.ErrUnknown) {
			t.Error(err)
		}
		if _, err := w.Show(w.head, l.Identifier, licences.Choice{Mode: licences.ShowLeast}); !errors.Is(err, licences.ErrUnknown) {
			t.Error(err) // staff look at licences, they do not show them
		}
		if _, _, err := w.NewCode(other, s); !errors.Is(err, licences.ErrUnknown) {
			t.Error(err)
		}
		if _, err := w.Readings(other, l.Identifier); !errors.Is(err, licences.ErrUnknown) {
			t.Error(err)
		}
		for field, c := range map[string]licences.Choice{"mode": {Mode: "everything"}, "recipient": {Mode: licences.ShowAll, Purpose: "入学登记"},
			"purpose": {Mode: licences.ShowAll, Recipient: "第一中学", Purpose: strings.Repeat("长", 101)}} {
			_, err := w.Show(w.holder, l.Identifier, c)
			if e := errs.From(err); e.Kind != errs.Invalid || len(e.Fields) != 1 || e.Fields[0].Name != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		code := w.code(s)
		w.must(w.Do(w.head, l.Identifier, licences.Step{Act: licences.Suspend, Reason: "持证人报失"}))
		seen, err := w.Read(passerBy, code)
		w.must(err)
		if seen.Stands || seen.State != licences.Suspended {
			t.Errorf("%+v", seen)
		}
	})
}
