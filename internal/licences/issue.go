package licences

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"

	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/workday"
)

// Issue is a licence that is to be issued here.
type Issue struct {
	Entry
	Approval string // task or decision that grants it
}

// Issue issues a licence: it is checked as TakeOver checks stock, numbered by
// the rule of its type when it has no number, drawn, sealed by its issuer and
// stored, with trust A. All of it or nothing. Errors: those of TakeOver, and what
// keeps it from being drawn or sealed (a glyph or a seal that is missing).
func (m *Module) Issue(ctx context.Context, n Issue) (Licence, error) {
	l, t, err := m.checkIssue(ctx, n.Entry)
	if err != nil {
		return Licence{}, err
	}
	return m.grant(ctx, t, l, actIssue, n.Approval)
}

// grant numbers a checked licence that has no number, draws it, seals it and
// stores it, in one transaction.
func (m *Module) grant(ctx context.Context, t Type, l Licence, act, approval string) (Licence, error) {
	err := m.DB.InTx(ctx, func(ctx context.Context) error {
		var err error
		if l.Number == "" {
			if l.Number, err = m.nextNumber(ctx, t, l); err != nil {
				return err
			}
		}
		if err := m.oneOnly(ctx, t, l, ""); err != nil {
			return err
		}
		if err := m.keepPictures(ctx, &l); err != nil {
			return err
		}
		if err := m.insert(ctx, l); err != nil {
			return err
		}
		if err := m.remember(ctx, l.ID, Event{Act: act, Becomes: Valid}); err != nil {
			return err
		}
		if _, err := m.seal(ctx, t, l, approval); err != nil {
			return err
		}
		return m.record(ctx, "licence."+act, l.Identifier, "", l.TypeName)
	})
	if err != nil {
		return Licence{}, err
	}
	return l, nil
}

// checkIssue reads what is to be issued. A licence without a number gets one by
// the rule of its type, unless that leaves it to the issuer; one without a
// last day is valid for as long as the type says.
func (m *Module) checkIssue(ctx context.Context, n Entry) (Licence, Type, error) {
	n.Trust, n.Identifier, n.whole = TrustA, "", true
	if n.IssuedOn.IsZero() {
		n.IssuedOn = m.today(ctx)
	}
	t, err := m.Type(ctx, strings.TrimSpace(n.Type))
	if errors.Is(err, ErrTypeUnknown) {
		l, err := m.checkAs(ctx, t, n) // tells the other faults with it
		return l, t, err
	}
	if err != nil {
		return Licence{}, t, err
	}
	n.numbered = t.Rule.Number != NumberByHand
	if n.From.IsZero() {
		n.From = n.IssuedOn
	}
	if n.To.IsZero() && !n.forGood {
		to, said := t.Rule.term(n.From)
		n.To, n.noTerm = to, !said
	}
	l, err := m.checkAs(ctx, t, n)
	return l, t, err
}

// Grant is what a decided case grants, as the case and its item say it.
type Grant struct {
	Case       string // number
	ItemName   string
	Type       string // of licence; "" the item's result is none
	HolderName string
	HolderNo   string
	Issuer     string // agency that decided
	IssuerName string
	Approval   string // the decision
	On         workday.Date
	How        How
	// Values are the texts of the form by the names of its fields, and by their
	// titles for fields of a type that name no source.
	Values map[string]string
	// Files are ids in the file store, by the id and by the name of the material
	// that they were handed in as: the first of each.
	Files map[string]string
}

// How says what a granted case does to licences of its type.
type How string

// The ways. How a licence was changed a form says in words, which somebody has to
// read; the others go by themselves.
const (
	HowNew     How = ""        // 新发
	HowExtend  How = "extend"  // 延续: the next version, for another term
	HowReissue How = "reissue" // 补领、换领: the next version, else as it was
	HowChange  How = "change"  // 变更: the next version, completed by staff
)

// Name is the way in words.
func (h How) Name() string {
	switch h {
	case HowExtend:
		return "延续"
	case HowReissue:
		return "补领、换领"
	case HowChange:
		return "变更"
	}
	return "新发"
}

// entry is the licence that a grant asks for, as far as its case says it.
func (t Type) entry(g Grant) Entry {
	e := Entry{Type: t.ID, HolderName: g.HolderName, HolderNo: g.HolderNo, Issuer: g.Issuer, Case: g.Case, Fields: map[string]string{}}
	for _, f := range t.Fields {
		if text := f.textOf(g.Values); text != "" && f.Kind != kindPicture {
			e.Fields[f.Name] = text
		}
	}
	day := func(name string) workday.Date {
		d, err := workday.ParseDate(g.Values[name])
		if err != nil {
			return workday.Date{} // not a day, or not asked: somebody has to fill it in
		}
		return d
	}
	e.From, e.To = day(t.Rule.From), day(t.Rule.To)
	return e
}

// textOf is the text of a field by its first source whose parts are all there.
func (f Field) textOf(values map[string]string) string {
	if f.From == "" {
		return values[f.Label]
	}
	for source := range strings.SplitSeq(f.From, "|") {
		whole := true
		text := templateNames.ReplaceAllStringFunc(source, func(name string) string {
			value := values[strings.Trim(name, "{}")]
			whole = whole && value != ""
			return value
		})
		if whole && strings.TrimSpace(text) != "" {
			return strings.TrimSpace(text)
		}
	}
	return ""
}

// predecessors are the licences that a holder has of a type and that a new
// version may follow, the newest first.
func (m *Module) predecessors(ctx context.Context, licenceType, holderNo string) ([]Licence, error) {
	return m.held(ctx, holderNo, func(w *db.Where) {
		w.And("x.type = ?", licenceType)
		w.And("x.state = ?", string(Valid)) // one that has lapsed may be extended too
	})
}

// renewGranted makes the next version of the one licence that a grant is about.
// Errors beside those of Renew: ErrNoPredecessor.
func (m *Module) renewGranted(ctx context.Context, t Type, g Grant) (Licence, error) {
	list, err := m.predecessors(ctx, t.ID, g.HolderNo)
	if err != nil {
		return Licence{}, err
	}
	if len(list) != 1 {
		return Licence{}, ErrNoPredecessor.Say("持证人名下有%d本可以换发的“%s”，请选是哪一本，没有的按新证签发。", len(list), t.Name)
	}
	old, e := list[0], t.entry(g)
	n := Renewal{From: old.From, To: old.To, Fields: map[string]string{}, Reason: g.How.Name(), Document: g.Case, Case: g.Case}
	maps.Copy(n.Fields, t.withoutPictures(old.Fields))
	if g.How == HowExtend {
		maps.Copy(n.Fields, e.Fields)
		n.From = m.today(ctx)
		if !old.To.IsZero() && !old.To.Before(n.From) {
			n.From = old.To.Add(1)
		}
		to, said := t.Rule.term(n.From)
		if !said {
			return Licence{}, ErrInvalid.Field("to", "请填写有效期的最后一天。")
		}
		n.To = to
		n.From = m.today(ctx) // the old version ends now, so the new one begins now
	}
	if n.Pictures, err = m.grantedPictures(ctx, t, g); err != nil {
		return Licence{}, err
	}
	return m.Renew(ctx, old.Identifier, n)
}

// describe is an error as the reason why a case waits: all that is wrong.
func describe(err error) string {
	e := errs.From(err)
	if len(e.Fields) == 0 {
		return e.Message
	}
	list := make([]string, 0, len(e.Fields))
	for _, f := range e.Fields {
		list = append(list, f.Message)
	}
	text := []rune(strings.Join(list, ""))
	if len(text) > 400 {
		return fmt.Sprintf("有%d处不对：%s……", len(list), string(text[:380]))
	}
	return string(text)
}
