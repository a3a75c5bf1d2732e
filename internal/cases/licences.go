package cases

import (
	"context"
	"slices"

	"yimen/internal/catalogue"
	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/licences"
	"yimen/workday"
)

// ErrLicenceGone is told who accepts an application that rests on a licence which
// no longer counts.
var ErrLicenceGone = errs.Define(errs.Conflict, "case_licence_gone",
	"申请里使用的电子证照现在已经不能使用，不能据此受理，请告知申请人补正，改交原件。")

// licence checks a material that is handed in by an electronic licence: a right
// one, of the applicant's, with the holder's consent to this very use.
func (c *checker) licence(ctx context.Context, i int, row *materialRow, need catalogue.Material) error {
	field := fieldOf(i, "licence")
	switch {
	case len(need.LicenceTypes) == 0:
		c.bad.Add(field, "“%s”不能用电子证照代替，请上传文件。", need.Name)
		return nil
	case c.m.Licences == nil:
		c.bad.Add(field, "电子证照调用尚未开通，“%s”请上传文件或提交纸质材料。", need.Name)
		return nil
	}
	if c.s.Materials[i].Consent {
		if err := c.consent(ctx, row, need); err != nil {
			return c.add(field, err)
		}
	}
	err := c.m.Licences.Usable(ctx, row.Licence, need.LicenceTypes, c.s.Applicant.IDNo)
	if err == nil {
		err = c.m.Licences.Consented(ctx, c.s.Draft, row.Material, row.Licence)
	}
	return c.add(field, err)
}

// consent keeps the yes that comes with what is handed in, in its transaction.
func (c *checker) consent(ctx context.Context, row *materialRow, need catalogue.Material) error {
	decides := c.competent.Name
	if decides == "" {
		decides = c.def().DeptName
	}
	return c.m.Licences.Consent(ctx, licences.Consent{Case: c.s.Draft, Material: row.Material, MaterialName: need.Name, Types: need.LicenceTypes,
		Item: c.def().Code, ItemName: c.def().Name, AgencyName: decides, Purpose: "办理“" + c.def().Name + "”", Licence: row.Licence, HolderNo: c.s.Applicant.IDNo})
}

// consents says that a yes comes with the application.
func (s Submission) consents() bool {
	return slices.ContainsFunc(s.Materials, func(h Handed) bool { return h.Consent && h.Licence != "" })
}

// checkAgreed is check for an application with which a yes comes: a yes is kept
// under the number that the case will have, so it is a draft first. Inside the
// transaction that files it.
func (m *Module) checkAgreed(ctx context.Context, actor identity.Actor, s Submission) (*intake, error) {
	if s.Draft == "" && m.Licences != nil {
		d, err := m.SaveDraft(ctx, s)
		if err != nil {
			return nil, err
		}
		s.Draft = d.Number
	}
	return m.check(ctx, actor, s)
}

// useLicences makes uses of the consents to the licences among materials that are
// being stored, and counts what nobody had to bring. Inside the transaction.
func (m *Module) useLicences(ctx context.Context, r *record, list []materialRow) error {
	n := 0
	for _, row := range list {
		if row.Way != wayLicence {
			continue
		}
		n++
		err := m.Licences.Use(ctx, licences.Used{Case: r.Number, Material: row.Material, Licence: row.Licence,
			Agency: r.CompetentAgency, AgencyName: r.CompetentName})
		if err != nil {
			return err
		}
	}
	if n == 0 {
		return nil
	}
	return m.db.Conn(ctx).Later(ctx, "count spared papers", `INSERT INTO cases_spared (month, agency, receiving, division, dept, materials, cases)
		VALUES ($1, $2, $3, $4, $5, $6, 1) ON CONFLICT (month, agency, receiving)
		DO UPDATE SET materials = cases_spared.materials + excluded.materials, cases = cases_spared.cases + 1`,
		monthOf(m.today(ctx)), r.CompetentAgency, r.ReceivingDivision, r.CompetentDivision, r.Dept, n)
}

// licencesStand refuses to accept on licences that have stopped counting since
// the application came in.
func (t *turn) licencesStand(ctx context.Context) error {
	for _, row := range t.licences {
		err := t.m.Licences.Standing(ctx, row.Licence)
		if k := errs.KindOf(err); err != nil && (k == errs.Conflict || k == errs.NotFound) {
			return ErrLicenceGone.Say("不能受理：材料“%s”用的电子证照在申请提交以后有了变化。%s可以告知补正，请申请人改交原件。", row.Name, errs.From(err).Message)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Spared is what electronic licences have saved applicants (免提交).
type Spared struct {
	Materials int `json:"materials" db:"materials" doc:"用电子证照代替、没有另交的材料份数"`
	Cases     int `json:"cases" db:"cases" doc:"有材料用电子证照代替的申请和补交次数"`
}

// Spared sums up the months from and to, both included (2026-11), over what the
// viewer may see, of what one agency decides; "" all.
func (m *Module) Spared(ctx context.Context, agency, from, to string) (Spared, error) {
	w := new(db.Where).And("month >= ?", from).And("month <= ?", to)
	if agency != "" {
		w.And("agency = ?", agency)
	}
	scope := identity.FromContext(ctx).Scope(RightView)
	if scope.Empty() {
		w.And("1 = 0")
	}
	scope.Where(w, identity.Columns{Receiving: "receiving", Division: "division", Agency: "agency", Dept: "dept"})
	var s Spared
	err := m.db.Conn(ctx).Get(ctx, &s, `SELECT COALESCE(SUM(materials), 0) AS materials, COALESCE(SUM(cases), 0) AS cases FROM cases_spared`+w.SQL(), w.Args()...)
	return s, wrap("sum up spared papers", err)
}

type sparedInput struct {
	Agency string `query:"agency" doc:"决定单位的代码；不填是有权查看的全部"`
	From   string `query:"from" pattern:"^\\d{4}-\\d{2}$" doc:"从哪个月起，如2026-01；不填是今年1月"`
	To     string `query:"to" pattern:"^\\d{4}-\\d{2}$" doc:"到哪个月为止；不填是本月"`
}

type sparedOutput struct{ Body Spared }

func (m *Module) apiSpared(ctx context.Context, in *sparedInput) (*sparedOutput, error) {
	now := monthOf(m.today(ctx))
	from, to := in.From, in.To
	if from == "" {
		from = now[:len("2026")] + "-01"
	}
	if to == "" {
		to = now
	}
	s, err := m.Spared(ctx, in.Agency, from, to)
	return &sparedOutput{s}, err
}

func monthOf(d workday.Date) string { return d.String()[:len("2026-11")] }
