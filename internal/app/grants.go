package app

import (
	"context"
	"errors"
	"slices"
	"strings"

	"yimen/gb"
	"yimen/internal/cases"
	"yimen/internal/catalogue"
	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/licences"
	"yimen/internal/messages"
	"yimen/internal/portal"
	"yimen/workday"
)

// licencesOf names the subscriber that issues the licences of granted cases.
const licencesOf = "licences"

// issueLicence issues what a granted case results in.
func (a *App) issueLicence(ctx context.Context, e cases.Decided) error {
	if e.Outcome != cases.Granted {
		return nil
	}
	return a.Licences.CaseGranted(identity.With(ctx, identity.System(licencesOf)), e.Number)
}

// tellIssued tells the people of a case that its licence is there.
func (a *App) tellIssued(ctx context.Context, l licences.Licence) error {
	c, err := teller{a}.find(ctx, l.Case)
	if errors.Is(err, cases.ErrUnknown) {
		return nil
	}
	if err != nil {
		return err
	}
	return a.toApplicant(ctx, c, messages.Notice{Template: "licence.issued", Link: licences.OwnURL(l.Identifier),
		Vars:     map[string]string{"item": c.ItemName, "number": c.Number, "licence": l.TypeName, "agency": l.IssuerName},
		Division: c.Competent.Division, Key: "licence:" + l.ID})
}

// tellChanged tells the holder of a licence what was done to it, unless who
// decided it tells them as the applicant of a case.
func (a *App) tellChanged(ctx context.Context, l licences.Licence, s licences.Step) error {
	if s.Case != "" {
		c, err := teller{a}.whole(ctx, s.Case)
		if err != nil && !errors.Is(err, cases.ErrUnknown) {
			return err
		}
		if err == nil && c.Applicant.IDNo == l.HolderNo {
			return nil
		}
	}
	account, err := a.Identity.AccountOf(ctx, l.HolderType(), l.HolderNo)
	if err != nil || account == "" {
		return err // without an account there is no telephone that is theirs
	}
	return a.Messages.Send(ctx, messages.Notice{To: account, Template: "licence.changed", Link: licences.OwnURL(l.Identifier), About: l.Case,
		Vars:     map[string]string{"licence": l.TypeName, "act": s.Act.Name(), "agency": l.IssuerName, "reason": messages.Reason(s.Reason, s.Document)},
		Division: l.Division, Key: "licence:" + l.ID + ":" + db.NewID()})
}

// tellApplicant sends a notice about a case to who applied, with the way to its page.
func (a *App) tellApplicant(ctx context.Context, number string, n messages.Notice) error {
	c, err := teller{a}.find(ctx, number)
	if errors.Is(err, cases.ErrUnknown) {
		return nil
	}
	if err != nil {
		return err
	}
	n.Link = portal.CaseURL(c.Number)
	return a.toApplicant(ctx, c, n)
}

// grants tells the licences what cases grant.
type grants struct{ a *App }

// Grant implements licences.Grants.
func (x grants) Grant(ctx context.Context, number string) (licences.Grant, error) {
	c, err := x.a.Cases.Find(identity.With(ctx, identity.System(licencesOf)), number)
	if errors.Is(err, cases.ErrUnknown) || err == nil && c.Outcome != cases.Granted {
		return licences.Grant{}, licences.ErrOrderUnknown
	}
	if err != nil {
		return licences.Grant{}, err
	}
	d, err := x.a.Catalogue.Definition(ctx, c.Item, c.Version)
	if err != nil {
		return licences.Grant{}, err
	}
	g := licences.Grant{Case: c.Number, ItemName: c.ItemName, Type: d.Result.LicenceType, HolderName: c.Applicant.Name, HolderNo: c.Applicant.IDNo,
		Issuer: c.Competent.Code, IssuerName: c.Competent.Name, Approval: c.Number, On: c.DecidedOn, How: licences.How(d.Result.LicenceHow)}
	g.Files = map[string]string{}
	for _, x := range c.Content.Materials {
		if x.File == "" || x.Superseded != nil {
			continue
		}
		for _, name := range []string{x.ID, x.Name} {
			if g.Files[name] == "" {
				g.Files[name] = x.File
			}
		}
	}
	g.Values, err = valuesOf(d, c)
	return g, err
}

// valuesOf are the texts of a case's form by the names and the titles of its
// fields, and what follows from the case itself.
func valuesOf(d *catalogue.Definition, c cases.Case) (map[string]string, error) {
	fields, err := catalogue.FormFields(d.Form)
	if err != nil {
		return nil, err
	}
	form, err := catalogue.FormValues(fields, c.Content.Form)
	if err != nil {
		return nil, err
	}
	values := map[string]string{"决定日期": c.DecidedOn.String(), "事项": c.ItemName}
	put := func(f catalogue.FormField, name string, list []string) {
		words := make([]string, 0, len(list))
		for _, v := range list {
			if w := f.Label(v); w != "" && !slices.Contains(words, w) {
				words = append(words, w)
			}
		}
		text := strings.Join(words, "、")
		values[name] = text
		if values[f.Title] == "" {
			values[f.Title] = text
		}
	}
	for _, f := range fields {
		put(f, f.Name, form[f.Name])
		for _, column := range f.Columns {
			var cells []string
			for row := range catalogue.FormRows(f, form) {
				cells = append(cells, form[f.Cell(row, column)]...)
			}
			put(column, f.Name+"."+column.Name, cells)
		}
	}
	if id, err := gb.ParseResidentID(c.Applicant.IDNo, workday.Date{}); err == nil {
		values["sex"], values["birth_date"] = id.Sex().String(), id.Birth().String()
	}
	return values, nil
}
