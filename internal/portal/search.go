package portal

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"

	"yimen/internal/catalogue"
	"yimen/internal/kit/db"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
	"yimen/internal/org"
)

// searchPage is a page of items.
type searchPage struct {
	Search
	form    *web.Form
	region  org.Division
	path    []org.Division // of the region
	list    []catalogue.Item
	next    string
	domains []theme
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
		Tag: form.Value("tag"), Near: form.Value("near") != "", After: form.Value("after")}}
	if p.region, err = m.region(r); err != nil {
		return err
	}
	if p.region.Code != "" {
		if p.path, err = m.Org.Path(ctx, p.region.Code); err != nil {
			return err
		}
	}
	s, err := m.onShelf(ctx)
	if err != nil {
		return err
	}
	p.domains = themesOf(s.items, p.audience())
	q := catalogue.Query{Q: p.Q, Audience: p.Audience, Domain: p.Domain, Tag: p.Tag}
	if p.Near {
		q.Division = p.region.Code
	}
	p.list, p.next, err = m.Catalogue.Search(ctx, q, db.Page{Limit: 20, After: p.After})
	if err := form.Merge(err); err != nil {
		return err
	}
	if err := m.nameAgencies(ctx, p.list, p.region.Code); err != nil {
		return err
	}
	status := http.StatusOK
	if !form.OK() {
		status = http.StatusUnprocessableEntity
	}
	return web.RenderPart(w, r, status, searchView(p), found(p))
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

func (p searchPage) audience() string {
	if p.Audience == "enterprise" {
		return "enterprise"
	}
	return "person"
}

func (p searchPage) title() string {
	switch {
	case p.Q != "":
		return "搜索“" + p.Q + "”"
	case p.Domain != "":
		return p.Domain
	case p.Tag != "":
		return p.Tag
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

// tab is this search for another audience.
func (p searchPage) tab(audience string) string {
	s := p.Search
	s.Audience, s.After = audience, ""
	return s.URL()
}

// nearby switches the list between the whole city and the region alone.
func (p searchPage) nearby() ui.Link {
	s := p.Search
	s.Near, s.After = !p.Near, ""
	if p.Near {
		return ui.Link{Label: "显示全部事项", URL: s.URL()}
	}
	return ui.Link{Label: "只看在" + p.region.ShortName + "就能办的", URL: s.URL()}
}

func (p searchPage) nextURL() string {
	if p.next == "" {
		return ""
	}
	s := p.Search
	s.After = p.next
	return s.URL()
}

func (p searchPage) firstURL() string {
	if p.After == "" {
		return ""
	}
	s := p.Search
	s.After = ""
	return s.URL()
}

func (p searchPage) domainOptions() []ui.Option {
	var list []ui.Option
	for _, t := range p.domains {
		list = append(list, ui.Option{Value: t.Name, Label: t.Name + "（" + strconv.Itoa(t.Count) + "）"})
	}
	if p.Domain != "" && !slices.ContainsFunc(p.domains, func(t theme) bool { return t.Name == p.Domain }) {
		list = append(list, ui.Option{Value: p.Domain, Label: p.Domain})
	}
	return list
}

// where says at which door of the region's path an item is handled: the
// nearest one.
func (p searchPage) where(it catalogue.Item) string {
	for _, d := range slices.Backward(p.path) {
		if slices.Contains(it.Levels, int(d.Level)) {
			return "到" + d.ShortName + "办"
		}
	}
	if p.region.Code == "" {
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
	return strconv.Itoa(it.PromisedDays) + " 个工作日办好"
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
