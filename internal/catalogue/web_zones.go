package catalogue

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
	"yimen/workday"
)

const zonesPath = "/admin/zones"

// zoneKinds names the kinds for people.
var zoneKinds = []Choice{{Key: KindZone, Label: "专区"}, {Key: KindEvent, Label: "人生大事、企业阶段"}, {Key: KindTheme, Label: "主题"}}

// zonesPage is the tree of zones of each kind.
type zonesPage struct {
	groups []zoneGroup
}

type zoneGroup struct {
	Choice
	zones []zoneLine
}

// zoneLine is a zone with its depth, how many items it has and why citizens do
// not see it.
type zoneLine struct {
	Zone
	depth  int
	items  int
	reason string
}

func (m *Module) showZones(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	all, err := m.AllZones(ctx)
	if err != nil {
		return err
	}
	s, err := m.onShelf(ctx)
	if err != nil {
		return err
	}
	today := m.today(ctx)
	var p zonesPage
	for _, kind := range zoneKinds {
		g := zoneGroup{Choice: kind}
		var add func(parent string, depth int)
		add = func(parent string, depth int) {
			for _, z := range all {
				if z.Kind == kind.Key && z.Parent == parent {
					g.zones = append(g.zones, zoneLine{z, depth, len(s.itemsOf(&z, "")), z.closed(today)})
					add(z.ID, depth+1)
				}
			}
		}
		add("", 0)
		p.groups = append(p.groups, g)
	}
	return web.Render(w, r, http.StatusOK, zonesView(p))
}

// closed says why citizens do not see a zone on a day; "" when they do.
func (z *Zone) closed(on workday.Date) string {
	switch {
	case z.Hidden:
		return "已隐藏"
	case !z.FromOn.IsZero() && on.Before(z.FromOn):
		return z.FromOn.Chinese() + "起显示"
	case !z.ToOn.IsZero() && on.After(z.ToOn):
		return z.ToOn.Chinese() + "已结束"
	}
	return ""
}

// zoneForm is the page on which a zone is edited.
type zoneForm struct {
	form    *web.Form
	seen    int64
	parents []Zone
	items   []Item // that it would hold
	domains []Choice
	tags    []string
}

func (m *Module) newZone(w http.ResponseWriter, r *http.Request) error {
	form := web.NewForm(nil)
	form.Set("kind", KindZone)
	form.Set("icon", "star")
	form.Set("parent", r.URL.Query().Get("parent"))
	return m.renderZone(w, r, http.StatusOK, form, Zone{})
}

func (m *Module) showZone(w http.ResponseWriter, r *http.Request) error {
	if err := m.mayEditSite(r.Context()); err != nil {
		return err
	}
	s, err := m.onShelf(r.Context())
	if err != nil {
		return err
	}
	z, ok := s.zone(r.PathValue("id"))
	if !ok {
		return ErrZoneUnknown
	}
	return m.renderZone(w, r, http.StatusOK, formOfZone(z), z)
}

func formOfZone(z Zone) *web.Form {
	v := url.Values{"tags": z.Tags, "domains": z.Domains}
	row := z.row()
	for name, value := range map[string]string{"id": z.ID, "kind": z.Kind, "parent": z.Parent, "name": z.Name, "lead": z.Lead, "icon": z.Icon,
		"audience": z.Audience, "region": z.Region, "from_on": row.FromOn, "to_on": row.ToOn, "codes": strings.Join(z.Codes, "\n"),
		"place": strconv.Itoa(z.Place), "hidden": strconv.FormatBool(z.Hidden), "seen": strconv.FormatInt(z.Edit, 10)} {
		v.Set(name, value)
	}
	return web.NewForm(v)
}

func (m *Module) renderZone(w http.ResponseWriter, r *http.Request, status int, form *web.Form, z Zone) error {
	ctx := r.Context()
	p := zoneForm{form: form, seen: z.Edit}
	all, err := m.AllZones(ctx)
	if err != nil {
		return err
	}
	for _, x := range all {
		if x.ID != z.ID {
			p.parents = append(p.parents, x)
		}
	}
	if p.items, err = m.Preview(ctx, z); err != nil {
		return err
	}
	s, err := m.onShelf(ctx)
	if err != nil {
		return err
	}
	p.domains, p.tags = s.domains(), s.tags()
	return web.Render(w, r, status, zoneFormView(p))
}

// domains lists those of the published items, the fullest first.
func (s *shelf) domains() []Choice {
	all := map[string]*Choice{}
	for _, it := range s.items {
		count(all, it.Domain, it.Domain)
	}
	return fullest(all)
}

func (s *shelf) tags() []string {
	all := map[string]*Choice{}
	for _, it := range s.items {
		for _, t := range it.Tags {
			count(all, t, t)
		}
	}
	var list []string
	for _, c := range fullest(all) {
		list = append(list, c.Key)
	}
	return list
}

// saveZone stores what was typed, or shows what it would hold.
func (m *Module) saveZone(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	z := readZone(form)
	if form.Value("act") == "preview" {
		return m.renderZone(w, r, http.StatusOK, form, z)
	}
	if form.OK() {
		if err := form.Merge(m.SaveZone(r.Context(), z)); err != nil {
			return err
		}
	}
	if !form.OK() {
		return m.renderZone(w, r, http.StatusUnprocessableEntity, form, z)
	}
	web.Flash(r, "success", "已保存“"+z.Name+"”，首页马上就变。")
	return web.Redirect(w, r, zonesPath)
}

// readZone reads the form; what cannot be read is noted in it.
func readZone(form *web.Form) Zone {
	z := Zone{ID: form.Value("id"), Kind: form.Value("kind"), Parent: form.Value("parent"), Name: form.Value("name"), Lead: form.Value("lead"),
		Icon: form.Value("icon"), Audience: form.Value("audience"), Region: form.Value("region"), Tags: form.Values("tags"),
		Domains: form.Values("domains"), Hidden: form.Value("hidden") == "true"}
	for _, word := range strings.FieldsFunc(form.Value("codes"), func(c rune) bool { return strings.ContainsRune(" \t\r\n,，、;；", c) }) {
		z.Codes = append(z.Codes, strings.ToUpper(word))
	}
	z.FromOn, z.ToOn = form.Date("from_on"), form.Date("to_on")
	if text := form.Value("place"); text != "" {
		place, err := strconv.Atoi(text)
		if z.Place = place; err != nil || place < 0 || place > 1_000_000 {
			form.Error("place", "顺序填写整数，小的在前。")
		}
	}
	z.Edit, _ = strconv.ParseInt(form.Value("seen"), 10, 64)
	return z
}

func (m *Module) removeZone(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	seen, _ := strconv.ParseInt(form.Value("seen"), 10, 64)
	if err := m.RemoveZone(r.Context(), r.PathValue("id"), seen); err != nil {
		return err
	}
	web.Flash(r, "success", "已删除。")
	return web.Redirect(w, r, zonesPath)
}

// zoneIcons are the pictures to choose from.
var zoneIcons = []ui.Option{{Value: "star", Label: "星"}, {Value: "heart", Label: "心"}, {Value: "users", Label: "人群"}, {Value: "user-circle", Label: "人像"},
	{Value: "home", Label: "房子"}, {Value: "building", Label: "楼房"}, {Value: "school", Label: "学校"}, {Value: "briefcase", Label: "公文包"},
	{Value: "shield", Label: "盾牌"}, {Value: "id", Label: "证件"}, {Value: "stamp", Label: "印章"}, {Value: "certificate", Label: "证书"},
	{Value: "flag", Label: "旗"}, {Value: "gift", Label: "礼物"}, {Value: "coin", Label: "钱"}, {Value: "car", Label: "车"}, {Value: "truck", Label: "货车"},
	{Value: "scale", Label: "天平"}, {Value: "map-pin", Label: "地点"}, {Value: "cloud", Label: "云"}, {Value: "tool", Label: "工具"},
	{Value: "chart", Label: "图表"}, {Value: "book", Label: "书"}, {Value: "file", Label: "文件"}, {Value: "folder", Label: "文件夹"},
	{Value: "circle-check", Label: "对勾"}, {Value: "refresh", Label: "更换"}, {Value: "ban", Label: "停止"}, {Value: "lock", Label: "锁"}, {Value: "printer", Label: "打印机"}}
