package licences

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"yimen/gb"
	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/workday"
)

// Step is an act on a licence: why, and by which decision.
type Step struct {
	Act      Act
	Reason   string
	Document string // number of the decision; "" none
	Case     string // whose applicant is told of the decision by who made it; "" nobody is
}

// Do does an act that the table of moves allows. The file that its holder keeps
// stays as it is; whoever asks afterwards is told the new state. Errors:
// ErrUnknown, ErrNotHere, ErrNotNow, ErrInvalid with fields act, reason.
func (m *Module) Do(ctx context.Context, identifier string, s Step) error {
	s.Reason, s.Document = strings.TrimSpace(s.Reason), strings.TrimSpace(s.Document)
	to, known := moves[s.Act]
	var bad errs.Fields
	if !known {
		bad.Add("act", "请选择要办的事。")
	}
	if n := utf8.RuneCountInString(s.Reason); n < 4 || n > 300 {
		bad.Add("reason", "请写明原因，4到300个字，持证人看得到。")
	}
	if utf8.RuneCountInString(s.Document) > 60 {
		bad.Add("document", "文号最多60个字。")
	}
	if err := bad.Err(); err != nil {
		return err
	}
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		l, err := m.manage(ctx, identifier)
		if err != nil {
			return err
		}
		was := l.StateOn(m.today(ctx))
		if !slices.Contains(to.from, was) {
			return ErrNotNow.Say("这本证照现在是“%s”，不能%s。", was.Name(), to.name)
		}
		if err := m.become(ctx, l, to.to); err != nil {
			return err
		}
		if err := m.remember(ctx, l.ID, Event{Act: string(s.Act), Was: was, Becomes: to.to, Reason: s.Reason, Document: s.Document}); err != nil {
			return err
		}
		if err := m.record(ctx, "licence."+string(s.Act), l.Identifier, s.Reason, s.Document); err != nil || m.Changed == nil {
			return err
		}
		return m.Changed(ctx, l, s)
	})
}

// manage finds a licence that the actor may act on.
func (m *Module) manage(ctx context.Context, identifier string) (Licence, error) {
	l, err := m.one(ctx, "identifier", identifier)
	if err != nil {
		return l, err
	}
	a := identity.FromContext(ctx)
	switch {
	case a.Can(VerbManage, l.place()):
		return l, nil
	case a.Can(VerbView, l.place()):
		return l, ErrNotHere
	}
	return l, ErrUnknown // that there is one is not for everybody to learn
}

// become changes the stored state, unless somebody was faster.
func (m *Module) become(ctx context.Context, l Licence, to State) error {
	n, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE licences_licence SET state = $2, revision = revision + 1 WHERE id = $1 AND revision = $3`, l.ID, string(to), l.revision)
	if err == nil && n == 0 {
		return ErrNotNow
	}
	return wrap("change state", err)
}

// Renewal is what a new version says otherwise; the holder, the type and the
// issuer stay.
type Renewal struct {
	HolderName string // "" stays
	Number     string // "" stays
	From, To   workday.Date
	Fields     map[string]string
	Pictures   map[string][]byte // by name; one that is not given stays
	Reason     string            // 延续, 变更 and what
	Document   string
	Case       string // that grants it; "" none
}

// Renew makes the next version of a valid licence, or of one that has just
// lapsed; from now on it counts, and the one before does not. Errors: as TakeOver.
func (m *Module) Renew(ctx context.Context, identifier string, n Renewal) (Licence, error) {
	var next Licence
	if c := utf8.RuneCountInString(strings.TrimSpace(n.Reason)); c < 2 || c > 300 {
		return next, ErrInvalid.Field("reason", "请写明为什么换发，2到300个字。")
	}
	err := m.DB.InTx(ctx, func(ctx context.Context) error {
		old, err := m.manage(ctx, identifier)
		if err != nil {
			return err
		}
		was := old.StateOn(m.today(ctx))
		if was != Valid && was != Lapsed {
			return ErrNotNow.Say("这本证照现在是“%s”，不能换发。", was.Name())
		}
		t, err := m.Type(ctx, old.Type)
		if err != nil {
			return err
		}
		if next, err = m.nextVersion(ctx, t, old, n); err != nil {
			return err
		}
		if err := m.oneOnly(ctx, t, next, old.ID); err != nil {
			return err
		}
		if err := m.become(ctx, old, Replaced); err != nil {
			return err
		}
		if err := m.keepPictures(ctx, &next); err != nil {
			return err
		}
		if err := m.insert(ctx, next); err != nil {
			return err
		}
		if m.Seals != nil {
			if _, err := m.seal(ctx, t, next, strings.TrimSpace(n.Document)); err != nil {
				return err
			}
		}
		e := Event{Act: actRenew, Was: was, Becomes: Replaced, Reason: strings.TrimSpace(n.Reason), Document: strings.TrimSpace(n.Document)}
		if err := m.remember(ctx, old.ID, e); err != nil {
			return err
		}
		e.Was, e.Becomes = "", Valid
		if err := m.remember(ctx, next.ID, e); err != nil {
			return err
		}
		return m.record(ctx, "licence.renew", next.Identifier, e.Reason, old.Identifier)
	})
	return next, err
}

func (m *Module) nextVersion(ctx context.Context, t Type, old Licence, n Renewal) (Licence, error) {
	next := old
	next.ID, next.Version, next.MadeAt, next.state, next.revision, next.Flags = db.NewID(), old.Version+1, m.now(ctx), Valid, 0, nil
	next.IssuedOn, next.From, next.To = m.today(ctx), n.From, n.To
	if n.Case != "" {
		next.Case, next.Trust = n.Case, TrustA // decided and sealed here
	}
	if m.Seals != nil {
		next.Trust = TrustA // this version is sealed here
	}
	if name := strings.TrimSpace(n.HolderName); name != "" {
		next.HolderName = name
	}
	if number := strings.TrimSpace(n.Number); number != "" {
		next.Number = number
	}
	var bad errs.Fields
	var err error
	m.checkDates(ctx, &next, &bad)
	if n.Fields != nil {
		next.Fields, err = t.read(n.Fields)
		bad.Merge("fields", err)
		for _, f := range t.Fields {
			if id := old.Fields[f.Name]; f.Kind == kindPicture && id != "" {
				next.Fields[f.Name] = id
			}
		}
	}
	next.pictures, err = t.readPictures(n.Pictures, false)
	bad.Merge("fields", err)
	t.missPictures(next, &bad)
	id, _, err := gb.ParseLicenceIDLenient(old.Identifier)
	if err != nil {
		return next, wrap("identifier of the version before", err)
	}
	issuer, err := gb.ParseUSCC(old.IssuerCode)
	if err != nil {
		return next, wrap("credit code of the issuer", err)
	}
	made, err := gb.MakeLicenceID(t.Code, issuer, id.Serial, next.Version)
	if err != nil {
		bad.Add("identifier", "不能生成下一版本的电子证照标识：%v", err)
	}
	next.Identifier = made.String()
	if err := bad.Err(); err != nil {
		return next, err
	}
	return next, m.checkRegister(ctx, next)
}
