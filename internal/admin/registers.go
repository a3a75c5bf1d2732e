package admin

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
	"yimen/internal/org"
)

// register is how the rows of one of org's registers are shown and typed.
type register struct {
	name   string // as org names it
	title  string // 单位
	fields []ui.FieldOpts
}

// The columns are org's; the words are ours. A test holds them together.
var registers = []register{
	{org.Divisions, "行政区划", []ui.FieldOpts{
		{Name: "code", Label: "区划代码", Required: true, MaxLength: 12, InputMode: "numeric", Help: "12位数字；上级由代码推出。"},
		{Name: "name", Label: "名称", Required: true, MaxLength: 100, Help: "写全称，例如“大寮坑村民委员会”。"},
		{Name: "short_name", Label: "简称", MaxLength: 100, Help: "平时的叫法，例如“大寮坑村”。"},
		{Name: "kind", Label: "类别", MaxLength: 20, Help: "例如：县、镇、街道、行政村、社区。"},
		{Name: "quasi", Label: "只是统计单位，不向群众显示", Type: "checkbox", Values: []string{"1"}},
		{Name: "valid_from", Label: "设立日期", Type: "date"},
		{Name: "valid_to", Label: "撤销日期", Type: "date", Help: "最后一天；没有撤销的不填。"},
		{Name: "successor", Label: "继任区划代码", MaxLength: 12, InputMode: "numeric", Help: "撤销后由哪个区划接办；旧办件仍保留原代码。"},
		{Name: "source", Label: "依据", MaxLength: 200},
	}},
	{org.Agencies, "部门和单位", []ui.FieldOpts{
		{Name: "code", Label: "单位代码", Required: true, MaxLength: 40, Help: "部门写成“440232-d11”；政府、村委会为12位区划代码。"},
		{Name: "name", Label: "全称", Required: true, MaxLength: 100},
		{Name: "short_name", Label: "简称", MaxLength: 100},
		{Name: "division", Label: "所在区划代码", Required: true, MaxLength: 12, InputMode: "numeric"},
		{Name: "kind", Label: "类型", Type: "select", Required: true, Options: agencyKinds},
		{Name: "dept", Label: "部门线", MaxLength: 10, Help: "例如 D11；政府、村委会不填。"},
		{Name: "parent", Label: "上级单位代码", MaxLength: 40},
		{Name: "uscc", Label: "统一社会信用代码", MaxLength: 18},
		{Name: "phone", Label: "咨询电话", Type: "tel", MaxLength: 30, Help: "带区号，例如0751-5389123。"},
		{Name: "complaint", Label: "投诉电话", Type: "tel", MaxLength: 30, Help: "不能与咨询电话相同。"},
	}},
	{org.Outlets, "办事网点", []ui.FieldOpts{
		{Name: "code", Label: "网点代码", Required: true, MaxLength: 12, InputMode: "numeric", Help: "12位数字。"},
		{Name: "name", Label: "名称", Required: true, MaxLength: 100},
		{Name: "kind", Label: "类别", Type: "select", Required: true, Options: outletKindOptions},
		{Name: "division", Label: "所在区划代码", Required: true, MaxLength: 12, InputMode: "numeric"},
		{Name: "address", Label: "地址", Required: true, MaxLength: 200},
		{Name: "phone", Label: "咨询电话", Type: "tel", Required: true, MaxLength: 30, Help: "带区号，例如0751-5389123。"},
		{Name: "complaint", Label: "投诉电话", Type: "tel", Required: true, MaxLength: 30, Help: "不能与咨询电话相同。"},
		{Name: "hours", Label: "办公时间", Required: true, MaxLength: 300, Help: "写成“1-5 08:30-12:00;1-5 14:30-17:30”，1为周一，多段用分号隔开。"},
	}},
	{org.StaffList, "工作人员", []ui.FieldOpts{
		{Name: "id", Label: "人员编号", Required: true, MaxLength: 64, Help: "字母、数字或 . _ -；一经使用不再更改。"},
		{Name: "name", Label: "姓名", Required: true, MaxLength: 100},
		{Name: "agency", Label: "所在单位代码", MaxLength: 40, Help: "例如440232-d11；只在窗口工作的可以不填。"},
		{Name: "outlet", Label: "所在网点代码", MaxLength: 12, InputMode: "numeric", Help: "在窗口工作的填写，12位。"},
		{Name: "post", Label: "岗位", Type: "select", Required: true},
		{Name: "phone", Label: "手机号", Type: "tel", InputMode: "numeric", MaxLength: 13, Autocomplete: "off", Help: "催办、超期等工作提醒发短信用，可以不填；名单里只显示前三位和后四位。"},
		{Name: "active", Label: "在岗", Type: "checkbox", Values: []string{"1"}},
	}},
}

var agencyKinds = []ui.Option{{Value: org.Government, Label: "人民政府"}, {Value: org.Department, Label: "部门"},
	{Value: org.Vertical, Label: "垂直管理单位"}, {Value: org.Utility, Label: "公用企业"},
	{Value: org.TownOffice, Label: "镇政府、街道办"}, {Value: org.Committee, Label: "村（居）民委员会"}}

var outletKindOptions = []ui.Option{{Value: org.Centre, Label: outletKinds[org.Centre]}, {Value: org.Hall, Label: outletKinds[org.Hall]},
	{Value: org.TownOutlet, Label: outletKinds[org.TownOutlet]}, {Value: org.VillagePoint, Label: outletKinds[org.VillagePoint]}}

func registerNamed(name string) (register, bool) {
	i := slices.IndexFunc(registers, func(r register) bool { return r.name == name })
	if i < 0 {
		return register{}, false
	}
	return registers[i], true
}

// keyColumn is the field that names a row.
func (x register) keyColumn() string { return x.fields[0].Name }

// home is the page that lists the rows.
func (x register) home() ui.Crumb {
	switch x.name {
	case org.StaffList:
		return ui.Crumb{Label: "工作人员", URL: "/admin/staff"}
	case org.Outlets:
		return ui.Crumb{Label: "办事网点", URL: "/admin/outlets"}
	}
	return ui.Crumb{Label: "组织机构", URL: "/admin/org"}
}

func rowURL(register, key string) string {
	return "/admin/registers/" + register + "/" + url.PathEscape(key)
}

type rowPage struct {
	register
	key  string // "" for a new row
	name string
	form *web.Form
}

// rowPageOf reads which row a request is about; a row outside the viewer's
// reach does not exist for them.
func (m *Module) rowPageOf(r *http.Request) (*rowPage, map[string]string, error) {
	x, ok := registerNamed(r.PathValue("register"))
	if !ok {
		return nil, nil, org.ErrImportKind
	}
	p := &rowPage{register: x, key: r.PathValue("key")}
	if x.name == org.StaffList {
		options, err := m.postOptions(r.Context())
		if err != nil {
			return nil, nil, err
		}
		p.fields = slices.Clone(x.fields) // the parts of a program never change
		i := slices.IndexFunc(p.fields, func(f ui.FieldOpts) bool { return f.Name == "post" })
		p.fields[i].Options = options
	}
	if p.key == "" {
		return p, nil, nil
	}
	row, err := m.Org.Row(r.Context(), x.name, p.key)
	if err != nil {
		return nil, nil, err
	}
	division, err := m.divisionOfRow(r.Context(), x.name, row)
	if err != nil {
		return nil, nil, err
	}
	if !mayManage(r, division) {
		return nil, nil, identity.ErrNoRight
	}
	p.name = row["name"]
	return p, row, nil
}

// divisionOfRow is where a row of a register stands.
func (m *Module) divisionOfRow(ctx context.Context, register string, row map[string]string) (string, error) {
	switch register {
	case org.Divisions:
		return row["code"], nil
	case org.StaffList:
		return m.Org.DivisionOf(ctx, org.Staff{Agency: row["agency"], Outlet: row["outlet"]})
	}
	return row["division"], nil
}

func (m *Module) postOptions(ctx context.Context) ([]ui.Option, error) {
	posts, err := m.Org.Posts(ctx)
	if err != nil {
		return nil, err
	}
	var options []ui.Option
	for code, p := range posts {
		options = append(options, ui.Option{Value: code, Label: p.Name})
	}
	slices.SortFunc(options, func(a, b ui.Option) int { return cmp.Compare(a.Label, b.Label) })
	return options, nil
}

// row shows one row to change, or an empty one; the address may fill some of
// it (?division=…).
func (m *Module) row(w http.ResponseWriter, r *http.Request) error {
	p, row, err := m.rowPageOf(r)
	if err != nil {
		return err
	}
	p.form = web.NewForm(url.Values{})
	if row == nil {
		row = map[string]string{"active": "1"}
		for _, f := range p.fields {
			if v := r.URL.Query().Get(f.Name); v != "" {
				row[f.Name] = v
			}
		}
	}
	for column, value := range row {
		p.form.Set(column, value)
	}
	return web.Render(w, r, http.StatusOK, rowView(p))
}

// saveRow stores a row; the checks are those of an import.
func (m *Module) saveRow(w http.ResponseWriter, r *http.Request) error {
	p, row, err := m.rowPageOf(r)
	if err != nil {
		return err
	}
	if p.form, err = web.ReadForm(r); err != nil {
		return err
	}
	isNew := row == nil
	if isNew {
		row = map[string]string{}
	}
	for _, f := range p.fields {
		if isNew || f.Name != p.keyColumn() {
			row[f.Name] = p.form.Value(f.Name)
		}
		if f.Type == "checkbox" {
			row[f.Name] = cmp.Or(p.form.Value(f.Name), "0")
		}
	}
	may := func(division string) bool { return mayManage(r, division) }
	if err := p.form.Merge(m.Org.PutRow(r.Context(), p.register.name, row, isNew, may)); err != nil {
		return err
	}
	if !p.form.OK() {
		return web.Render(w, r, http.StatusUnprocessableEntity, rowView(p))
	}
	key := row[p.keyColumn()]
	web.Flash(r, "success", p.title+"“"+row["name"]+"”已登记。")
	return web.Redirect(w, r, rowURL(p.register.name, key))
}

type staffPage struct {
	form  *web.Form
	list  []org.Staff
	posts map[string]org.Post
	body  map[string]string // name of agency or outlet, by code
	next  string
}

// staff lists who works in the viewer's reach.
func (m *Module) staff(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	p := staffPage{form: form, body: map[string]string{}}
	actor := identity.FromContext(ctx)
	q := org.StaffQuery{Q: form.Value("q"), Agency: form.Value("agency"), Outlet: form.Value("outlet"), Inactive: form.Value("left") != "",
		Right: func(where *db.Where) {
			actor.Scope(identity.VerbOrgManage).Where(where, identity.Columns{Receiving: "division", Division: "division", Agency: "agency", Dept: "agency"})
		}}
	if p.list, p.next, err = m.Org.FindStaff(ctx, q, db.Page{Limit: 50, After: form.Value("after")}); err != nil {
		return err
	}
	if p.posts, err = m.Org.Posts(ctx); err != nil {
		return err
	}
	if err := m.nameBodies(ctx, p.list, p.body); err != nil {
		return err
	}
	if p.next != "" {
		v := url.Values{"after": {p.next}}
		for _, name := range []string{"q", "agency", "outlet", "left"} {
			if form.Value(name) != "" {
				v.Set(name, form.Value(name))
			}
		}
		p.next = "/admin/staff?" + v.Encode()
	}
	return web.Render(w, r, http.StatusOK, staffView(p))
}

// nameBodies looks up where people work, all at once.
func (m *Module) nameBodies(ctx context.Context, list []org.Staff, names map[string]string) error {
	var codes []string
	for _, s := range list {
		codes = append(codes, s.Agency, s.Outlet)
	}
	agencies, err := m.Org.AgenciesByCode(ctx, codes)
	if err != nil {
		return err
	}
	outlets, err := m.Org.OutletsByCode(ctx, codes)
	if err != nil {
		return err
	}
	for code, o := range outlets {
		names["outlet "+code] = o.Name
	}
	for code, a := range agencies {
		names["agency "+code] = a.Name
	}
	return nil
}

// where is a person's bodies in words.
func (p staffPage) where(s org.Staff) string {
	var parts []string
	for _, name := range []string{p.body["agency "+s.Agency], p.body["outlet "+s.Outlet]} {
		if name != "" {
			parts = append(parts, name)
		}
	}
	return strings.Join(parts, "；")
}
