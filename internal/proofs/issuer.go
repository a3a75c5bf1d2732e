package proofs

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/org"
)

// level is that of the agency that issues a proof.
func (e Entry) level() org.Level {
	if e.Level == 0 {
		return org.County
	}
	return org.Level(e.Level)
}

// findIssuer finds who issues a proof, and who on the spot may be asked: at home,
// or where the matter is. Where a county has no such department the city's issues.
func (m *Module) findIssuer(ctx context.Context, e Entry, place string, q *Request) error {
	p, err := m.Identity.Person(ctx, q.Account)
	if err != nil {
		return err
	}
	q.Village = p.Division
	if e.ByPlace {
		places, err := m.places(ctx, e)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(places, func(d org.Division) bool { return d.Code == place }) {
			return errs.ErrInvalid.Field("place", "请选择事情在哪里。")
		}
		if org.Above(p.Division, e.level()) != place { // elsewhere than at home
			q.Village = place
		}
	}
	a, err := m.issuerAt(ctx, e, q.Village)
	if err != nil {
		return err
	}
	q.Agency, q.AgencyName, q.Dept, q.Division = a.Code, a.Name, a.Dept, a.Division
	return nil
}

// issuerAt is who issues a proof in a division. ErrNobodyIssues.
func (m *Module) issuerAt(ctx context.Context, e Entry, division string) (org.Agency, error) {
	if e.Dept == "" && e.level() < org.Town {
		return m.issuerNamed(ctx, e, division)
	}
	for level := e.level(); level >= org.City; level-- {
		a, err := m.Org.CompetentAgency(ctx, e.Dept, level, division)
		if k := errs.KindOf(err); err != nil && (k == errs.Internal || k == errs.Unavailable) {
			return a, err
		}
		if err == nil && a.USCC != "" {
			return a, nil
		}
		if level >= org.Town {
			break // a town's matters are no county department's
		}
	}
	return org.Agency{}, ErrNobodyIssues
}

// issuerNamed finds the issuer of a proof of which only its name is known.
func (m *Module) issuerNamed(ctx context.Context, e Entry, division string) (org.Agency, error) {
	for _, level := range []org.Level{org.County, org.City} {
		at := org.Above(division, level)
		if at == "" {
			continue
		}
		list, err := m.Org.AgenciesAt(ctx, at)
		if err != nil {
			return org.Agency{}, err
		}
		for _, a := range list {
			if a.Dept != "" && a.USCC != "" && strings.HasSuffix(a.Name, e.Issuer) {
				return a, nil
			}
		}
	}
	return org.Agency{}, ErrNobodyIssues
}

// places are where the matter of a proof may be, that is issued where it is: the
// counties, or the towns.
func (m *Module) places(ctx context.Context, e Entry) ([]org.Division, error) {
	home, err := m.Org.Home(ctx)
	if err != nil {
		return nil, err
	}
	counties, err := m.below(ctx, home.Code)
	if err != nil || e.level() < org.Town {
		return counties, err
	}
	var towns []org.Division
	for _, c := range counties {
		list, err := m.below(ctx, c.Code)
		if err != nil {
			return nil, err
		}
		for _, t := range list {
			t.ShortName = c.ShortName + t.ShortName
			towns = append(towns, t)
		}
	}
	return towns, nil
}

func (m *Module) below(ctx context.Context, parent string) ([]org.Division, error) {
	var all []org.Division
	for at := (db.Page{Limit: db.MaxLimit}); ; {
		list, next, err := m.Org.Children(ctx, parent, at)
		if err != nil {
			return nil, err
		}
		if all = append(all, list...); next == "" {
			return all, nil
		}
		at.After = next
	}
}

// homePlace is the place that is offered first: that of the actor's home.
func (m *Module) homePlace(ctx context.Context, e Entry) (string, error) {
	p, err := m.Identity.Person(ctx, identity.FromContext(ctx).Account)
	return org.Above(p.Division, e.level()), err
}

// checkIssuer refuses a proof of which nobody could tell who issues it online.
func (m *Module) checkIssuer(ctx context.Context, e Entry) error {
	var bad errs.Fields
	if e.Level != 0 && (e.level() < org.City || e.level() > org.Town) {
		bad.Add("level", "请选择由市级、县级还是镇级开具。")
	}
	if n := utf8.RuneCountInString(e.Elsewhere); n > 200 {
		bad.Add("elsewhere", "在哪里开具最多200个字。")
	}
	if e.Dept != "" && e.level() < org.Town {
		depts, err := m.issuers(ctx)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(depts, func(a org.Agency) bool { return a.Dept == e.Dept }) {
			bad.Add("dept", "没有这个部门，请从列表选择。")
		}
	}
	return bad.Err()
}

// issuers are the departments that may issue a proof, as the city has them.
func (m *Module) issuers(ctx context.Context) ([]org.Agency, error) {
	home, err := m.Org.Home(ctx)
	if err != nil {
		return nil, err
	}
	list, err := m.Org.AgenciesAt(ctx, home.Code)
	return slices.DeleteFunc(list, func(a org.Agency) bool { return a.Dept == "" }), err
}
