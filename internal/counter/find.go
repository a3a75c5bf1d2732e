package counter

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"yimen/gb"
	"yimen/internal/cases"
	"yimen/internal/catalogue"
	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
	"yimen/internal/queue"
)

// finder is what the one field of the desk has found.
type finder struct {
	form   *web.Form
	asked  bool
	people []found
	items  []catalogue.Item
	before map[string]bool // items the person has applied for before
	first  bool            // Enter takes the first item
	words  string          // what was typed when this was found
}

// found is one of several people, named by a case of theirs: the address of
// nobody's number is on the page.
type found struct {
	Name, Document, Phone string
	Case                  string
}

// fewest people and items that a choice shows.
const (
	peopleShown = 8
	itemsShown  = 8
)

// find reads the one field of the desk (see recognise). A document, a case and
// a telephone of one person lead to that person's page; words to a choice.
// While somebody types, htmx asks for the choice alone.
func (m *Module) find(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	ctx, typing := r.Context(), r.Header.Get("HX-Request") != ""
	if form.Value("only") == "items" {
		return m.itemsAlone(w, r, form)
	}
	read := recognise(form.Value("q"), m.today(ctx))
	switch read.Kind {
	case isDocument, isCase, isTicket, isSlip, isItem:
		if typing {
			return web.Render(w, r, http.StatusOK, foundView(finder{}))
		}
		return m.lead(w, r, form, read)
	case isWrongID:
		if !typing {
			form.Error("q", "证件号码不对："+read.Wrong)
		}
	case isPhone, isWords:
		f, err := m.lookUp(ctx, read)
		if err != nil {
			return err
		}
		if typing {
			return web.Render(w, r, http.StatusOK, foundView(f))
		}
		return m.choose(w, r, form, f)
	}
	if typing {
		return web.Render(w, r, http.StatusOK, foundView(finder{}))
	}
	if form.OK() {
		form.Error("q", "请先输入或扫描：身份证、办件编号、电话、姓名，或事项的两个字。")
	}
	return m.again(w, r, form, finder{})
}

// itemsAlone is the choice of items for somebody who is served already.
func (m *Module) itemsAlone(w http.ResponseWriter, r *http.Request, form *web.Form) error {
	f := finder{first: true, words: form.Value("q")}
	if words := strings.TrimSpace(narrowed(form.Value("q"))); words != "" {
		var err error
		if f.items, f.before, err = m.itemsOf(r.Context(), words, form.Value("visit")); err != nil {
			return err
		}
		f.asked = true
	}
	return web.Render(w, r, http.StatusOK, foundView(f))
}

// lead goes straight on from what names exactly one thing.
func (m *Module) lead(w http.ResponseWriter, r *http.Request, form *web.Form, read reading) error {
	ctx := r.Context()
	v := Visit{How: "typed"}
	switch read.Kind {
	case isDocument:
		v.Name, v.IDType, v.IDNo = read.Name, read.IDType.Code(), read.IDNo
	case isCase:
		c, err := m.Cases.Find(ctx, read.Text)
		if errors.Is(err, cases.ErrUnknown) {
			form.Error("q", "没有找到办件 "+read.Text+"。请核对编号；其他窗口收的办件在这里看不到。")
			return m.again(w, r, form, finder{})
		}
		if err != nil {
			return err
		}
		v = visitOf(c.Applicant, "case")
		v.Case = c.Number
	case isItem:
		return web.Redirect(w, r, "/counter/new?"+url.Values{"q": {read.Text}}.Encode())
	case isTicket, isSlip:
		return m.ticket(w, r, form, read)
	}
	v, err := m.Greet(ctx, v)
	if err != nil {
		return err
	}
	return web.Redirect(w, r, PersonURL(v.ID))
}

// ticket opens the page of a number of today, typed or scanned from its slip:
// it is called in its turn, but there one sees how it stands and puts it right.
func (m *Module) ticket(w http.ResponseWriter, r *http.Request, form *web.Form, read reading) error {
	if m.Hall == nil {
		form.Error("q", "这个网点没有叫号。")
		return m.again(w, r, form, finder{})
	}
	ctx, outlet := r.Context(), identity.FromContext(r.Context()).Outlet
	var t queue.Ticket
	var err error
	if read.Kind == isSlip {
		var f queue.Followed
		if f, err = m.Hall.Follow(ctx, read.Text); err == nil {
			t, err = m.Hall.Find(ctx, f.Outlet, f.No) // with the clerk's right, and of today
		}
	} else {
		t, err = m.Hall.Find(ctx, outlet, read.Text)
	}
	if e := errs.From(err); e != nil {
		if e.Kind != errs.NotFound && e.Kind != errs.Denied {
			return err
		}
		form.Error("q", message(e))
		return m.again(w, r, form, finder{})
	}
	return web.Redirect(w, r, queue.NumberURL(t.ID))
}

// lookUp finds people by telephone or name, and items by words.
func (m *Module) lookUp(ctx context.Context, read reading) (finder, error) {
	f := finder{asked: true}
	q := cases.PeopleQuery{Phone: read.Text}
	if read.Kind == isWords {
		q = cases.PeopleQuery{}
		if looksLikeName(read.Text) {
			q.Name = read.Text
		}
	}
	people, err := m.Cases.People(ctx, q, peopleShown)
	if err != nil {
		return f, err
	}
	for _, a := range people {
		list, err := m.lastCase(ctx, a)
		if err != nil {
			return f, err
		}
		f.people = append(f.people, found{Name: a.Name, Document: gb.MaskIDNumber(gb.IDType(a.IDType), a.IDNo), Phone: gb.MaskPhone(a.Phone), Case: list})
	}
	if read.Kind == isWords {
		f.items, err = m.itemsFor(ctx, read.Text)
	}
	return f, err
}

// lastCase names a person by the number of a case of theirs.
func (m *Module) lastCase(ctx context.Context, a cases.Applicant) (string, error) {
	for _, ended := range []bool{false, true} {
		list, err := m.Cases.OfPerson(ctx, a.IDType, a.IDNo, ended, 1)
		if err != nil {
			return "", err
		}
		if len(list) > 0 {
			return list[0].Number, nil
		}
	}
	return "", nil
}

// itemsFor searches what the clerk's window takes.
func (m *Module) itemsFor(ctx context.Context, words string) ([]catalogue.Item, error) {
	o, err := m.ownOutlet(ctx)
	if err != nil {
		return nil, err
	}
	items, _, err := m.Catalogue.Search(ctx, catalogue.Query{Q: words, Division: o.Division}, db.Page{Limit: itemsShown})
	return items, err
}

// itemsSeen is among how many items those of the person are looked for.
const itemsSeen = 30

// itemsOf is itemsFor the person served: what they came for before stands first,
// the last first, so that few letters are enough for those who come back.
func (m *Module) itemsOf(ctx context.Context, words, visit string) ([]catalogue.Item, map[string]bool, error) {
	o, err := m.ownOutlet(ctx)
	if err != nil {
		return nil, nil, err
	}
	items, _, err := m.Catalogue.Search(ctx, catalogue.Query{Q: words, Division: o.Division}, db.Page{Limit: itemsSeen})
	if err != nil {
		return nil, nil, err
	}
	v, err := m.visit(ctx, visit)
	if err != nil && !errors.Is(err, ErrVisitOver) {
		return nil, nil, err
	}
	rank, before := map[string]int{}, map[string]bool{}
	if err == nil && v.IDNo != "" {
		for _, ended := range []bool{false, true} {
			list, err := m.Cases.OfPerson(ctx, v.IDType, v.IDNo, ended, openShown)
			if err != nil {
				return nil, nil, err
			}
			for _, c := range list {
				if !before[c.Item] {
					before[c.Item], rank[c.Item] = true, len(rank)-itemsSeen*2
				}
			}
		}
	}
	slices.SortStableFunc(items, func(a, b catalogue.Item) int { return rank[a.Code] - rank[b.Code] })
	return items[:min(len(items), itemsShown)], before, nil
}

// choose goes on when there is one choice, else shows them.
func (m *Module) choose(w http.ResponseWriter, r *http.Request, form *web.Form, f finder) error {
	f.form = form
	switch {
	case len(f.people) == 1 && len(f.items) == 0:
		return m.serveCase(w, r, f.people[0].Case, f.how())
	case len(f.people) == 0 && len(f.items) == 1:
		return web.Redirect(w, r, startURL(f.items[0].Code, "", ""))
	case len(f.people) == 0 && len(f.items) == 0:
		form.Error("q", "没有找到“"+form.Value("q")+"”。请核对，或请办事人出示身份证；第一次来的人，输入或刷身份证就能开始。")
	}
	return m.again(w, r, form, f)
}

// again shows the desk with what was found, or what was wrong.
func (m *Module) again(w http.ResponseWriter, r *http.Request, form *web.Form, f finder) error {
	p, err := m.deskOf(r)
	if err != nil {
		return err
	}
	f.form = form
	p.finder = f
	status := http.StatusOK
	if !form.OK() {
		status = http.StatusUnprocessableEntity
	}
	return web.Render(w, r, status, deskView(p))
}

// serve opens the page of one of the people found.
func (m *Module) serve(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	how := form.Value("how")
	if !slices.Contains([]string{"name", "phone", "case"}, how) {
		how = "case"
	}
	return m.serveCase(w, r, form.Value("case"), how)
}

// serveCase begins the visit of the applicant of a case that the clerk may see.
func (m *Module) serveCase(w http.ResponseWriter, r *http.Request, number, how string) error {
	c, err := m.Cases.Find(r.Context(), number)
	if err != nil {
		return err
	}
	v := visitOf(c.Applicant, how)
	if how == "case" {
		v.Case = number
	}
	if v, err = m.Greet(r.Context(), v); err != nil {
		return err
	}
	return web.Redirect(w, r, PersonURL(v.ID))
}

// how is the way in which the people shown were found.
func (f finder) how() string {
	if f.form != nil {
		if phone, err := gb.ParseMobile(f.form.Value("q")); err == nil && phone != "" {
			return "phone"
		}
	}
	return "name"
}

// startURL is where an application for an item begins.
func startURL(item, at, visit string) string {
	q := url.Values{"item": {item}}
	if at != "" {
		q.Set("at", at)
	}
	if visit != "" {
		q.Set("visit", visit)
	}
	return "/counter/start?" + q.Encode()
}

// choosePage finds the item a person at the window came for.
type choosePage struct {
	q      string
	list   []catalogue.Item
	next   string
	outlet string
	at     string
	visit  string
}

// chooseItem searches the items that this window may take.
func (m *Module) chooseItem(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	o, err := m.ownOutlet(ctx)
	if err != nil {
		return err
	}
	p := choosePage{q: q.Get("q"), visit: q.Get("visit"), at: o.Division, outlet: outletName(o)}
	p.list, p.next, err = m.Catalogue.Search(ctx, catalogue.Query{Q: p.q, Division: o.Division}, db.Page{Limit: 30, After: q.Get("after")})
	if err != nil {
		return err
	}
	return web.RenderPart(w, r, http.StatusOK, chooseView(p), foundItems(p))
}

func (p choosePage) nextURL() string {
	if p.next == "" {
		return ""
	}
	return "/counter/new?" + url.Values{"q": {p.q}, "visit": {p.visit}, "after": {p.next}}.Encode()
}

// crumbs lead back to the desk, and to the person being served.
func crumbs(visit, here string) []ui.Crumb {
	list := []ui.Crumb{{Label: "窗口", URL: "/counter"}}
	if visit != "" {
		list = append(list, ui.Crumb{Label: "办事人", URL: PersonURL(visit)})
	}
	return append(list, ui.Crumb{Label: here})
}
