package portal

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"yimen/internal/cases"
	"yimen/internal/identity"
	"yimen/internal/kit/audit"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/web"
	"yimen/internal/proofs"
)

// DataURL is what is stored of somebody, and who looked at it.
func DataURL(after string) string { return "/my/data" + query("after", after) }

// dataPage shows who looked at one's numbers, and where what is stored is found
// (个人信息保护法 44, 45).
type dataPage struct {
	looks   []look
	lookUps []proofs.LookUp // registers that were asked, the newest
	next    string
	paged   bool
}

// look is one time somebody of the staff saw the numbers whole.
type look struct {
	at            time.Time
	where         string // agency or outlet; the name is given by request
	number, words string
}

func (m *Module) data(w http.ResponseWriter, r *http.Request) error {
	after := r.URL.Query().Get("after")
	p := dataPage{paged: after != ""}
	rows, next, err := m.looksAt(r.Context(), db.Page{Limit: 20, After: after})
	if err != nil {
		return err
	}
	p.next = next
	for _, e := range rows {
		l := look{at: e.At, words: e.Purpose, number: noted(e.Detail, "case")}
		if a, err := m.Org.Agency(r.Context(), noted(e.Detail, "agency")); err == nil {
			l.where = a.Name
		} else if o, err := m.Org.Outlet(r.Context(), noted(e.Detail, "outlet")); err == nil {
			l.where = o.Name
		}
		p.looks = append(p.looks, l)
	}
	if m.Proofs != nil && !p.paged {
		if p.lookUps, _, err = m.Proofs.OwnLookUps(r.Context(), db.Page{Limit: 50}); err != nil {
			return err
		}
	}
	return web.Render(w, r, http.StatusOK, dataView(p))
}

func (m *Module) looksAt(ctx context.Context, p db.Page) ([]audit.Entry, string, error) {
	return m.Audit.Search(ctx, audit.Query{Action: "person.see_in_full", Result: "ok", Object: "person", ObjectID: identity.FromContext(ctx).Account}, p)
}

// noted is what stands after name= in the detail of an entry.
func noted(detail, name string) string {
	for _, word := range strings.Fields(detail) {
		if v, ok := strings.CutPrefix(word, name+"="); ok {
			return v
		}
	}
	return ""
}

// copyOf is what is stored of somebody, as a file that programs can read.
type copyOf struct {
	At       time.Time          `json:"made_at"`
	Person   ownData            `json:"person"`
	Cases    []cases.Case       `json:"cases"`
	Drafts   []cases.Draft      `json:"drafts"`
	Mandates []identity.Mandate `json:"mandates"`
	Consents []ownConsent       `json:"consents"`
}

type ownConsent struct {
	Kind        string     `json:"kind"`
	Title       string     `json:"title"`
	Version     int        `json:"version"`
	GivenAt     time.Time  `json:"given_at"`
	WithdrawnAt *time.Time `json:"withdrawn_at"`
}

type ownData struct {
	Name      string `json:"name"`
	Kind      string `json:"kind"`
	IDType    string `json:"id_type"`
	IDNo      string `json:"id_no"`
	Phone     string `json:"phone"`
	Division  string `json:"division"`
	Address   string `json:"address"`
	LegalName string `json:"legal_name,omitempty"`
}

// mostPages bounds one file: 100 rows each.
const mostPages = 50

// takeData gives a copy of one's own data. It is recorded: whoever took over an
// account would ask for it first.
func (m *Module) takeData(w http.ResponseWriter, r *http.Request) error {
	ctx, a := r.Context(), identity.FromContext(r.Context())
	who, err := m.Identity.Person(ctx, a.Account)
	if err != nil {
		return err
	}
	c := copyOf{At: clock.FromContext(ctx, m.Clock).Now(), Person: ownData{who.Name, string(who.Kind), who.IDType, who.IDNo, who.Phone, who.Division, who.Address, who.LegalName}}
	c.Cases, err = every(func(p db.Page) ([]cases.Case, string, error) {
		return m.Cases.List(ctx, cases.Query{Mine: true, Whose: "self"}, p)
	})
	for i := 0; i < len(c.Cases) && err == nil; i++ { // with what was filled in
		c.Cases[i], err = m.Cases.Find(ctx, c.Cases[i].Number)
	}
	if err == nil {
		c.Drafts, err = every(func(p db.Page) ([]cases.Draft, string, error) { return m.Cases.Drafts(ctx, p) })
	}
	if err == nil {
		c.Mandates, err = every(func(p db.Page) ([]identity.Mandate, string, error) { return m.Identity.Mandates(ctx, p) })
	}
	if err == nil {
		c.Consents, err = m.ownConsents(ctx)
	}
	if err == nil {
		err = m.Audit.Write(ctx, audit.Entry{Actor: a.Account, ActorName: a.Name, Address: a.Address, Action: "person.copy",
			Object: "person", ObjectID: a.Account, Result: "ok"})
	}
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="yimen-data.json"`)
	_, err = w.Write(text)
	return err
}

func (m *Module) ownConsents(ctx context.Context) ([]ownConsent, error) {
	given, err := m.Identity.Consents(ctx)
	list := []ownConsent{}
	for _, c := range given {
		list = append(list, ownConsent{c.Kind, identity.ConsentTitle(c.Kind), c.Version, c.GivenAt, c.WithdrawnAt})
	}
	return list, err
}

// every reads a list page by page.
func every[T any](list func(db.Page) ([]T, string, error)) ([]T, error) {
	all, after := []T{}, ""
	for range mostPages {
		some, next, err := list(db.Page{Limit: 100, After: after})
		if err != nil {
			return nil, err
		}
		if all, after = append(all, some...), next; next == "" {
			break
		}
	}
	return all, nil
}

func (p dataPage) nextURL() string {
	if p.next == "" {
		return ""
	}
	return DataURL(p.next)
}

func (p dataPage) firstURL() string {
	if !p.paged {
		return ""
	}
	return DataURL("")
}
