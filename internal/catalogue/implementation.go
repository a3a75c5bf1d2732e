package catalogue

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"yimen/gb"
	"yimen/internal/kit/errs"
	"yimen/internal/org"
)

// ErrNotOffered is told where an item cannot be applied for at a place.
var ErrNotOffered = errs.Define(errs.Invalid, "item_not_offered_here", "该事项在所选地区不办理，请按提示改选地区。")

// Guide is the guide to an item at a division (办事指南): the definition, and
// the implementation derived from it (实施清单). Nothing of it is stored.
type Guide struct {
	Version  Version
	Asked    org.Division // the division the guide was asked for
	Division org.Division // where it is offered for that division: itself, or the nearest one above
	// Agency is the implementing body (实施主体) at Division; Competent decides.
	// Competent is the zero Agency while Asked is too high to tell.
	Agency    org.Agency
	Competent org.Agency
	// ImplementationCode (31) and HandlingCode (33) are computed from Agency's
	// credit code, the level and the base code; "" where there is no agency.
	ImplementationCode string
	HandlingCode       string
	Places             []GuidePlace // nearest first
	Steps              []GuideStep
	Consult, Complaint string // telephones of the implementing body, else the item's
}

// GuidePlace is one place where the item is taken in.
type GuidePlace struct {
	Outlet   string `json:"outlet"`
	Name     string `json:"name"`
	Kind     string `json:"kind"` // centre | hall | town | village
	Division string `json:"division"`
	Address  string `json:"address"`
	Hours    string `json:"hours"`
	Phone    string `json:"phone"`
	Counters string `json:"counters,omitempty"` // windows, in words
}

// OfferedAt says whether an application for the item may be made for a matter
// in exactly this division; ErrNotOffered says where instead, ErrDivisionUnknown.
func (m *Module) OfferedAt(ctx context.Context, d *Definition, division string) error {
	at, err := m.offered(ctx, d, division)
	if err != nil {
		return err
	}
	if at.Code != division {
		return ErrNotOffered.Say("“%s”不在%s办理，请到%s（%s）办理。", d.Name, org.LevelOf(division), at.Name, at.Level)
	}
	return nil
}

// offered gives the division at which somebody of the given one applies: the
// division itself, or the nearest above it. ErrNotOffered when the item is
// handled only below.
func (m *Module) offered(ctx context.Context, d *Definition, division string) (org.Division, error) {
	path, err := m.Org.Path(ctx, division)
	if err != nil {
		return org.Division{}, err
	}
	for _, at := range slices.Backward(path) {
		if d.At(int(at.Level)) {
			return at, nil
		}
	}
	lowest := org.Level(slices.Min(d.Levels))
	return org.Division{}, ErrNotOffered.Say("“%s”由%s办理，请把地区选到%s。", d.Name, lowest, levelUnit[lowest])
}

var levelUnit = map[org.Level]string{org.City: "市", org.County: "县（市、区）", org.Town: "镇（街道）", org.Village: "村（社区）"}

// Guide gives the guide to an item for a division; "" is the city, or the
// agency that a 33-character code names. Errors: those of Current,
// org.ErrDivisionUnknown, ErrNotOffered.
func (m *Module) Guide(ctx context.Context, code, division string) (Guide, error) {
	v, err := m.Current(ctx, code)
	if err != nil {
		return Guide{}, err
	}
	if division == "" {
		if division, err = m.divisionOf(ctx, code); err != nil {
			return Guide{}, err
		}
	}
	return m.guideOf(ctx, v, division)
}

// guideOf is the guide that a version gives, in force or not; division "" is
// before a region was chosen.
func (m *Module) guideOf(ctx context.Context, v Version, division string) (Guide, error) {
	g := Guide{Version: v, Steps: v.Definition.Steps(), Consult: v.Definition.Consult, Complaint: v.Definition.Complaint}
	if division == "" {
		return m.plainGuide(ctx, g)
	}
	var err error
	if g.Asked, err = m.Org.Division(ctx, division); err != nil {
		return Guide{}, err
	}
	if g.Division, err = m.offered(ctx, &v.Definition, division); err != nil {
		return Guide{}, err
	}
	return m.implement(ctx, g)
}

// plainGuide is the guide before a region was chosen: of the city where the
// item is offered there, else without an implementation.
func (m *Module) plainGuide(ctx context.Context, g Guide) (Guide, error) {
	home, err := m.Org.Home(ctx)
	if err != nil {
		return Guide{}, err
	}
	g.Asked = home
	if !g.Version.Definition.At(int(home.Level)) {
		return g, nil
	}
	g.Division = home
	return m.implement(ctx, g)
}

// divisionOf finds the division of the agency that a 33-character code names; "" for our own codes.
func (m *Module) divisionOf(ctx context.Context, code string) (string, error) {
	h, err := gb.ParseHandlingItem(code)
	if err != nil {
		return "", nil // one of ours: Current has found it
	}
	agencies, err := m.Org.Agencies(ctx)
	if err != nil {
		return "", err
	}
	for _, a := range agencies {
		if a.USCC == h.Implementation().Body().String() {
			return a.Division, nil
		}
	}
	return "", ErrItemUnknown
}

// implement fills in what follows from item × division.
func (m *Module) implement(ctx context.Context, g Guide) (Guide, error) {
	d := &g.Version.Definition
	var err error
	if g.Agency, err = m.implementer(ctx, d, g.Division); err != nil {
		return Guide{}, err
	}
	if g.Competent, err = m.competent(ctx, d, g.Asked.Code); err != nil {
		return Guide{}, err
	}
	if g.Agency.USCC != "" {
		if g.ImplementationCode, g.HandlingCode, err = codes(d, g.Agency); err != nil {
			return Guide{}, fmt.Errorf("catalogue: codes of item %s at %s: %w", d.Code, g.Agency.Code, err)
		}
	}
	if g.Agency.Phone != "" {
		g.Consult = g.Agency.Phone
	}
	if g.Agency.Complaint != "" {
		g.Complaint = g.Agency.Complaint
	}
	g.Places, err = m.places(ctx, d, g.Asked.Code)
	return g, err
}

// implementer gives the implementing body at a division: the department's
// agency there, the town government, the committee. Where a county lacks the
// counterpart, whoever decides stands in.
func (m *Module) implementer(ctx context.Context, d *Definition, at org.Division) (org.Agency, error) {
	a, err := m.Org.CompetentAgency(ctx, d.Dept, at.Level, at.Code)
	if errors.Is(err, org.ErrNoAgency) {
		return m.competent(ctx, d, at.Code)
	}
	return a, err
}

// competent gives the agency that decides for a division; the zero Agency when
// the division is too high to tell, or nobody is responsible there.
func (m *Module) competent(ctx context.Context, d *Definition, division string) (org.Agency, error) {
	a, err := m.Org.CompetentAgency(ctx, d.Dept, org.Level(d.DecidedAt), division)
	if errors.Is(err, org.ErrDivisionTooHigh) || errors.Is(err, org.ErrNoAgency) {
		return org.Agency{}, nil
	}
	return a, err
}

// codes computes the implementation code (31) and the handling code (33) of an
// item at an agency.
func codes(d *Definition, a org.Agency) (implementation, handling string, err error) {
	body, err := gb.ParseUSCC(a.USCC)
	if err != nil {
		return "", "", err
	}
	base, err := gb.ParseItemBase(d.BaseCode)
	if err != nil {
		return "", "", err
	}
	i, err := gb.MakeItemImplementation(body, gb.Level(a.Level), base)
	if err != nil {
		return "", "", err
	}
	seq, err := strconv.Atoi(d.Seq)
	if err != nil {
		return "", "", gb.ErrHandlingItem
	}
	h, err := gb.MakeHandlingItem(i, seq)
	return i.String(), h.String(), err
}

// places lists where the item is taken in for a citizen of the division, with
// what the agencies there have said differently.
func (m *Module) places(ctx context.Context, d *Definition, division string) ([]GuidePlace, error) {
	outlets, err := m.Org.OutletsNear(ctx, division)
	if err != nil {
		return nil, err
	}
	local, err := m.locals(ctx, d.Code)
	if err != nil {
		return nil, err
	}
	areas, err := m.areasOf(ctx, d.Code)
	if err != nil {
		return nil, err
	}
	places := []GuidePlace{}
	for _, o := range outlets {
		if !d.At(int(org.LevelOf(o.Division))) {
			continue
		}
		p := GuidePlace{Outlet: o.Code, Name: o.Name, Kind: o.Kind, Division: o.Division, Address: o.Address, Hours: o.HoursText(), Phone: o.Phone}
		for _, a := range areas {
			p = a.over(p)
		}
		at, err := m.Org.Division(ctx, o.Division)
		if err != nil {
			return nil, err
		}
		agency, err := m.implementer(ctx, d, at)
		if err != nil {
			return nil, err
		}
		places = append(places, local[agency.Code].over(p))
	}
	return places, nil
}
