package office

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"yimen/internal/cases"
	"yimen/internal/identity"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
)

// check says that somebody has looked a material through, so that the next one
// knows.
type check struct {
	Material string    `db:"material"`
	File     string    `db:"file"` // "" of what came on paper
	Account  string    `db:"account"`
	Name     string    `db:"name"`
	At       time.Time `db:"checked_at"`
}

var errCheck = errs.Define(errs.NotFound, "office_check_unknown", "没有这份材料，可能已被替换，请刷新页面。")

// checksOf gives what was looked through of a case, by material and file. The
// caller has seen the case.
func (m *Module) checksOf(ctx context.Context, number string) (map[string]check, error) {
	var rows []check
	err := m.DB.Conn(ctx).Select(ctx, &rows, `SELECT material, file, account, name, checked_at FROM office_check WHERE case_number = $1`, number)
	if err != nil {
		return nil, fmt.Errorf("read checks: %w", err)
	}
	found := map[string]check{}
	for _, c := range rows {
		found[c.Material+"/"+c.File] = c
	}
	return found, nil
}

// doCheck marks a material as looked through, or takes the mark back. Whoever
// may act on the case may, and it is nobody's decision: marks can be set anew.
func (m *Module) doCheck(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	ctx, number := r.Context(), r.PathValue("number")
	p, err := m.load(ctx, number, "")
	if err != nil {
		return err
	}
	if !p.working() {
		return cases.ErrVerbDenied
	}
	material, file := form.Value("material"), form.Value("file")
	if !p.holds(material, file) {
		return errCheck
	}
	a := identity.FromContext(ctx)
	if form.Value("undo") != "" {
		_, err = m.DB.Conn(ctx).Exec(ctx, `DELETE FROM office_check WHERE case_number = $1 AND material = $2 AND file = $3`, number, material, file)
	} else {
		_, err = m.DB.Conn(ctx).Exec(ctx, `INSERT INTO office_check (case_number, material, file, account, name, checked_at)
			VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (case_number, material, file) DO NOTHING`, number, material, file, a.Account, a.Name, m.now(ctx))
	}
	if err != nil {
		return fmt.Errorf("mark material: %w", err)
	}
	if p, err = m.load(ctx, number, file); err != nil {
		return err
	}
	p.in = form.Value("in")
	if r.Header.Get("HX-Request-Type") == "partial" {
		return web.Render(w, r, http.StatusOK, materialsPart(p))
	}
	return web.Redirect(w, r, caseIn(number, p.in)+"#materials")
}

// holds tells whether the case has the material as it was handed in now.
func (p *casePage) holds(material, file string) bool {
	for _, x := range p.c.Content.Materials {
		if x.ID == material && x.File == file && x.Superseded == nil {
			return true
		}
	}
	return false
}

// checked counts the materials that were looked through, of those handed in.
func (p *casePage) checked() (done, all int) {
	for _, x := range p.c.Content.Materials {
		if x.Superseded != nil {
			continue
		}
		all++
		if _, ok := p.checks[x.ID+"/"+x.File]; ok {
			done++
		}
	}
	return done, all
}
