package cases

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"yimen/gb"
	"yimen/internal/catalogue"
	"yimen/internal/identity"
	"yimen/internal/kit/audit"
	"yimen/internal/kit/errs"
)

// Errors of looks at the numbers of people.
var (
	// ErrSeeInFull is told to those who may see a case, and not everything of the
	// person.
	ErrSeeInFull = errs.Define(errs.Denied, "see_in_full_denied", "您没有查看完整个人信息的权限：只有收件窗口和承办单位的人员可以，请联系他们。")

	// ErrPurpose is told to those who do not say what for.
	ErrPurpose = errs.Define(errs.Invalid, "see_in_full_purpose", "请用4至120个字说明为什么要查看完整号码：本人以后能看到这条记录。")
)

// A purpose is this long, in characters.
const (
	leastPurpose = 4
	mostPurpose  = 120
)

func (c Case) place() identity.Place {
	return identity.Place{Receiving: c.Receiving.Division, Division: c.Competent.Division, Agency: c.Competent.Code, Dept: c.Dept}
}

// MaySeeInFull tells whether the actor may see the person's numbers of a case
// whole: those who received it or decide it, not everybody who may see it.
func MaySeeInFull(a identity.Actor, c Case) bool { return a.Can(RightSeeInFull, c.place()) }

// FindInFull is Find for somebody who is going to ask for the numbers; a refusal
// is recorded. Errors: ErrUnknown, ErrSeeInFull.
func (m *Module) FindInFull(ctx context.Context, number string) (Case, error) {
	c, err := m.Find(ctx, number)
	if err == nil && !MaySeeInFull(identity.FromContext(ctx), c) {
		err = ErrSeeInFull
		identity.NoteRefusal(ctx, audit.Entry{Action: RightSeeInFull, Object: "person", ObjectID: c.whose(), Detail: "case=" + c.Number}, err)
	}
	return c, err
}

// LookInFull gives a case whose numbers are going to be shown whole, once, and
// records who looks, in which role, where they work and what for. The person
// finds it among what happened to their data. Where there is no audit, nobody
// looks. Errors: ErrUnknown, ErrSeeInFull, ErrPurpose.
func (m *Module) LookInFull(ctx context.Context, number, purpose string) (Case, error) {
	c, err := m.FindInFull(ctx, number)
	if err != nil {
		return Case{}, err
	}
	purpose = strings.TrimSpace(purpose)
	if n := utf8.RuneCountInString(purpose); n < leastPurpose || n > mostPurpose {
		return Case{}, ErrPurpose
	}
	if m.Audit == nil {
		return Case{}, ErrSeeInFull
	}
	a := identity.FromContext(ctx)
	err = m.Audit.Write(ctx, audit.Entry{Actor: a.Account, ActorName: a.Name, Address: a.Address, Role: a.RoleFor(RightSeeInFull, c.place()),
		Action: RightSeeInFull, Object: "person", ObjectID: c.whose(), Purpose: purpose, Result: "ok",
		Detail: "case=" + c.Number + " agency=" + a.Agency + " outlet=" + a.Outlet})
	return c, err
}

// whose is whose numbers a case holds: an account, or without one the case.
func (c Case) whose() string {
	if c.Account != "" {
		return c.Account
	}
	return c.ID
}

// Masked is a case as it is shown: those whose own it is see it whole, everybody
// else without the middle of people's numbers, also those who work on it. Names
// and addresses stay.
func (m *Module) Masked(ctx context.Context, c Case) (Case, error) {
	if c.Own {
		return c, nil
	}
	a := &c.Applicant
	a.IDNo, a.Phone = gb.MaskIDNumber(gb.IDType(a.IDType), a.IDNo), gb.MaskPhone(a.Phone)
	if c.Agent != nil {
		g := *c.Agent
		g.IDNo, g.Phone = gb.MaskIDNumber(gb.IDType(g.IDType), g.IDNo), gb.MaskPhone(g.Phone)
		c.Agent = &g
	}
	if c.Content == nil || len(c.Content.Form) == 0 {
		return c, nil
	}
	def, err := m.Catalogue.Definition(ctx, c.Item, c.Version)
	if err != nil {
		return Case{}, fmt.Errorf("form of case: %w", err)
	}
	fields, err := catalogue.FormFields(def.Form)
	if err != nil {
		return Case{}, fmt.Errorf("form of case: %w", err)
	}
	content := *c.Content
	if content.Form, err = catalogue.MaskForm(fields, content.Form); err != nil {
		return Case{}, fmt.Errorf("mask form of case: %w", err)
	}
	c.Content = &content
	return c, nil
}
