package portal

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"yimen/internal/catalogue"
	"yimen/internal/kit/db"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
	"yimen/internal/org"
)

// searchPage is a page of items.
type searchPage struct {
	Search
	listing
	form    *web.Form
	at      org.Division // that the list is narrowed to
	found   catalogue.FoundItems
	popular []catalogue.Item // instead of nothing
	wider   int              // how many there are without the choices made
}

// search lists the items of the city. The region does not hide what is handled
// higher up: who lives in a village marries at the county. It says where each
// is handled, and near=1 leaves only what is handled in the region itself.
func (m *Module) search(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	p := searchPage{form: form, Search: Search{Q: form.Value("q"), Audience: form.Value("audience"), Domain: form.Value("domain"),
		Dept: form.Value("dept"), Tag: form.Value("tag"), Way: form.Value("way"), Near: form.Value("near") != "", At: form.Value("at"),
		After: form.Value("after")}}
	if p.listing, err = m.listing(r); err != nil {
		return err
	}
	if p.At != "" {
		if p.at, err = m.Org.Division(ctx, p.At); err != nil {
			return err
		}
	}
	p.found, err = m.Catalogue.Find(ctx, p.query(), db.Page{Limit: 20, After: p.After})
	if err := form.Merge(err); err != nil {
		return err
	}
	if err := m.nameAgencies(ctx, p.found.Items, p.region.Code); err != nil {
		return err
	}
	if form.OK() && p.found.Total == 0 {
		if err := m.nothingFound(r, &p); err != nil {
			return err
		}
	}
	status := http.StatusOK
	if !form.OK() {
		status = http.StatusUnprocessableEntity
	}
	return web.RenderPart(w, r, status, searchView(p), found(p))
}

func (s Search) catalogueQuery() catalogue.Query {
	return catalogue.Query{Q: s.Q, Audience: s.Audience, Domain: s.Domain, Dept: s.Dept, Tag: s.Tag, Way: s.Way, Division: s.At}
}

func (p searchPage) query() catalogue.Query {
	q := p.catalogueQuery()
	q.Region = p.region.Code
	if p.Near && q.Division == "" {
		q.Division = p.region.Code
	}
	return q
}

// nothingFound says what there is without the choices made, else what others
// look for; and tells the administrators what was searched for in vain. Of
// what is typed letter by letter only what was sent counts.
func (m *Module) nothingFound(r *http.Request, p *searchPage) error {
	ctx := r.Context()
	all, err := m.Catalogue.Find(ctx, catalogue.Query{Q: p.Q}, pageOf(1))
	if err != nil {
		return err
	}
	if p.wider = all.Total; p.wider > 0 {
		return nil
	}
	if r.Header.Get("HX-Request-Type") != "partial" && r.Header.Get("HX-Request") == "" && r.Method == http.MethodGet {
		m.noteMiss(ctx, p.Q)
	}
	p.popular, err = m.Catalogue.Popular(ctx, catalogue.Query{Region: p.region.Code, Audience: p.Audience}, 6)
	return err
}

// noteMiss does not keep anybody from their page: a database that cannot be
// written to shows elsewhere.
func (m *Module) noteMiss(ctx context.Context, typed string) {
	if m.misses.allow(m.Clock.Now()) {
		_ = m.Catalogue.NoteMiss(ctx, typed)
	}
}

// suggestions is how many items are named while somebody types.
const suggestions = 7

// suggest gives the items that fit what is being typed.
func (m *Module) suggest(w http.ResponseWriter, r *http.Request) error {
	region, err := m.region(r)
	if err != nil {
		return err
	}
	q := strings.TrimSpace(r.URL.Query().Get("q"))
	var found catalogue.FoundItems
	if q != "" && len([]rune(q)) <= 100 {
		if found, err = m.Catalogue.Find(r.Context(), catalogue.Query{Q: q, Region: region.Code}, pageOf(suggestions)); err != nil {
			return err
		}
	}
	return web.Render(w, r, http.StatusOK, suggestPart(q, region.Code, found))
}

// nameAgencies puts who decides for the region in place of the department.
func (m *Module) nameAgencies(ctx context.Context, list []catalogue.Item, region string) error {
	if region == "" {
		return nil
	}
	for i, it := range list {
		a, err := m.Org.CompetentAgency(ctx, it.Dept, org.Level(it.DecidedAt), region)
		switch {
		case errors.Is(err, org.ErrNoAgency), errors.Is(err, org.ErrDivisionTooHigh):
		case err != nil:
			return err
		default:
			list[i].Agency = a.Name
		}
	}
	return nil
}

func (p searchPage) title() string {
	switch {
	case p.Q != "":
		return "搜索“" + p.Q + "”"
	case p.Domain != "":
		return p.Domain
	case p.Tag != "":
		return p.Tag
	case p.at.Code != "":
		return p.at.ShortName + "能办的事"
	case p.Near && p.region.Code != "":
		return p.region.ShortName + "能办的事"
	}
	return "办事"
}

// lead says what the list is of.
func (p searchPage) lead() string {
	if p.region.Code == "" {
		return "全市的事项。选好地区后，会告诉您每件事到哪里办。"
	}
	return "按您所在的" + p.region.ShortName + "列出到哪里办。"
}

// with is this search with one thing changed, from its first page.
func (p searchPage) with(change func(*Search)) string {
	s := p.Search
	s.After = ""
	change(&s)
	return s.URL()
}

// tab is this search for another audience.
func (p searchPage) tab(audience string) string {
	return p.with(func(s *Search) { s.Audience = audience })
}

// foundText says how many there are, and what was taken for what was typed.
func (p searchPage) foundText() string {
	text := "找到" + strconv.Itoa(p.found.Total) + "项"
	if p.found.Meant != "" {
		text += "，按读音找的是“" + p.found.Meant + "”"
	}
	return text + "。"
}

func (p searchPage) nextURL() string {
	if p.found.Next == "" {
		return ""
	}
	s := p.Search
	s.After = p.found.Next
	return s.URL()
}

func (p searchPage) firstURL() string {
	if p.After == "" {
		return ""
	}
	return p.with(func(*Search) {})
}

// options are the choices of a field with how many items each leaves; the one
// that is chosen is always among them.
func options(list []catalogue.Choice, chosen string) []ui.Option {
	var all []ui.Option
	for _, c := range list {
		all = append(all, ui.Option{Value: c.Key, Label: c.Label + "（" + strconv.Itoa(c.N) + "）"})
	}
	if chosen != "" && !slices.ContainsFunc(list, func(c catalogue.Choice) bool { return c.Key == chosen }) {
		all = append(all, ui.Option{Value: chosen, Label: chosen})
	}
	return all
}

func (p searchPage) wayOptions() []ui.Option {
	return []ui.Option{{Value: "online", Label: "网上能办（" + strconv.Itoa(p.found.Online) + "）"},
		{Value: "none", Label: "零跑动（" + strconv.Itoa(p.found.NoVisit) + "）"}}
}

// where says at which door of the region's path an item is handled: the
// nearest one.
func (l listing) where(it catalogue.Item) string {
	for _, d := range slices.Backward(l.path) {
		if slices.Contains(it.Levels, int(d.Level)) {
			return "到" + d.ShortName + "办"
		}
	}
	if l.region.Code == "" {
		return levelsText(it.Levels)
	}
	return "选到更具体的地区后显示地点"
}

var levelNames = map[int]string{catalogue.LevelCity: "市", catalogue.LevelCounty: "县", catalogue.LevelTown: "镇", catalogue.LevelVillage: "村"}

func levelsText(levels []int) string {
	text := ""
	for _, l := range levels {
		if levelNames[l] != "" {
			if text != "" {
				text += "、"
			}
			text += levelNames[l]
		}
	}
	return text + "级窗口办理"
}

// promise says how long it takes.
func promise(it catalogue.Item) string {
	if it.PromisedDays == 0 {
		return "当场办好"
	}
	return strconv.Itoa(it.PromisedDays) + "个工作日办好"
}

func audienceText(it catalogue.Item) string {
	person, firm := slices.Contains(it.Audience, "person"), slices.Contains(it.Audience, "enterprise")
	switch {
	case person && firm:
		return "个人、企业"
	case firm:
		return "企业"
	}
	return "个人"
}
