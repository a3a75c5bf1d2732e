package catalogue

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"yimen/internal/identity"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
	"yimen/internal/org"
)

// GuideURL is the page of an item's guide; division "" is none chosen.
func GuideURL(code, division string) string {
	return inDivision("/items/"+url.PathEscape(code), division)
}

// ApplyURL is where an application for the item starts.
func ApplyURL(code, division string) string {
	return inDivision("/apply/"+url.PathEscape(code), division)
}

// ReportURL is where a reader tells of a mistake on a page; title is the page's.
func ReportURL(page, title string) string {
	q := url.Values{}
	if page != "" {
		q.Set("page", page)
	}
	if title != "" {
		q.Set("title", title)
	}
	if len(q) == 0 {
		return "/report"
	}
	return "/report?" + q.Encode()
}

func inDivision(path, division string) string {
	if division == "" {
		return path
	}
	return path + "?division=" + url.QueryEscape(division)
}

// showGuide is the guide for citizens. A region where the item is not handled
// is no dead end: the guide is shown with a word about it.
func (m *Module) showGuide(w http.ResponseWriter, r *http.Request) error {
	p, err := m.guidePage(r)
	if err != nil {
		return err
	}
	return web.RenderPart(w, r, http.StatusOK, guideView(p), bringPart(p))
}

// showTakeaway is the guide on one sheet of paper, with what this applicant has
// to bring.
func (m *Module) showTakeaway(w http.ResponseWriter, r *http.Request) error {
	p, err := m.guidePage(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, takeawayView(p))
}

// showPoster is a sheet for the wall of an outlet: the item's name and a QR
// code that leads to its guide.
func (m *Module) showPoster(w http.ResponseWriter, r *http.Request) error {
	p, err := m.guidePage(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, posterView(p))
}

// guidePage reads who asks (from where, with which answers) and what they see.
func (m *Module) guidePage(r *http.Request) (guidePage, error) {
	ctx, code := r.Context(), r.PathValue("code")
	division := strings.TrimSpace(r.URL.Query().Get("division"))
	chosen := ""
	if division == "" && m.RegionOf != nil {
		chosen = m.RegionOf(r)
		division = chosen
	}
	p := guidePage{division: division}
	g, err := m.Guide(ctx, code, division)
	switch {
	case errors.Is(err, ErrNotOffered):
		p.notice = messageOf(err)
		g, err = m.Guide(ctx, code, "")
	case err != nil && chosen != "" && errors.Is(err, org.ErrDivisionUnknown): // it was merged since
		p.division = ""
		g, err = m.Guide(ctx, code, "")
	}
	if err != nil {
		return p, err
	}
	p.Guide, p.def = g, &g.Version.Definition
	if p.division == "" && g.Agency.Code == "" {
		p.notice = "还没有选择地区：选好所在的县、镇或村后，这里会显示就近的办理地点和电话。"
	}
	p.path = GuideURL(g.Version.Item, p.division)
	return p, m.completeGuide(r, &p)
}

// completeGuide adds what does not come from the item alone: which places are
// open, what the answers come to.
func (m *Module) completeGuide(r *http.Request, p *guidePage) error {
	p.url = m.absolute(r, GuideURL(p.Version.Item, p.division))
	var err error
	if p.places, err = m.openings(r.Context(), p.Places); err != nil {
		return err
	}
	return m.answerQuestions(r, p)
}

// answerQuestions reads the answers in the address (q.who=self) and finds what
// they come to. Answers to questions that have changed since are left out.
func (m *Module) answerQuestions(r *http.Request, p *guidePage) error {
	answers := Answers{}
	for name, values := range r.URL.Query() {
		if id, ok := strings.CutPrefix(name, "q."); ok {
			for _, v := range values {
				if p.def.hasOption(id, v) {
					answers[id] = append(answers[id], v)
				}
			}
		}
	}
	var err error
	p.list, err = m.Checklist(r.Context(), p.Version.Item, "", p.Version.N, answers)
	if errors.Is(err, errs.ErrInvalid) { // two answers where one is allowed
		p.list, err = m.Checklist(r.Context(), p.Version.Item, "", p.Version.N, Answers{})
	}
	return err
}

func (d *Definition) hasOption(question, option string) bool {
	return slices.ContainsFunc(d.Situations, func(q Question) bool {
		return q.ID == question && slices.ContainsFunc(q.Options, func(o Option) bool { return o.ID == option })
	})
}

// guideSpot is a place with whether it is open now.
type guideSpot struct {
	GuidePlace
	opening org.Opening
}

func (m *Module) openings(ctx context.Context, places []GuidePlace) ([]guideSpot, error) {
	codes := make([]string, len(places))
	for i, p := range places {
		codes[i] = p.Outlet
	}
	outlets, err := m.Org.OutletsByCode(ctx, codes)
	if err != nil {
		return nil, err
	}
	now := m.now(ctx)
	spots := make([]guideSpot, len(places))
	for i, p := range places {
		o := outlets[p.Outlet]
		spots[i] = guideSpot{p, o.Opening(m.Org.Calendar(ctx, p.Division), now)}
	}
	return spots, nil
}

// absolute is an address for the world outside: a QR code is scanned elsewhere.
func (m *Module) absolute(r *http.Request, path string) string {
	if m.BaseURL != "" {
		return strings.TrimSuffix(m.BaseURL, "/") + path
	}
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + r.Host + path
}

// guidePage is what the guide's page shows.
type guidePage struct {
	Guide
	def      *Definition
	division string
	notice   string
	path     string // of the guide itself
	url      string // the same for the world outside
	preview  bool   // of a version that is not out: no papers of it
	places   []guideSpot
	list     Checklist // what the answers so far come to
}

// with is an address below the guide's that keeps division and answers.
func (p guidePage) with(below string) string {
	q := url.Values{}
	if p.division != "" {
		q.Set("division", p.division)
	}
	for id, options := range p.list.Answers {
		q["q."+id] = options
	}
	path := "/items/" + url.PathEscape(p.def.Code) + below
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// nearestOpen is the first place that is open now, -1 when none is.
func (p guidePage) nearestOpen() int {
	return slices.IndexFunc(p.places, func(s guideSpot) bool { return s.opening.Open })
}

func (p guidePage) opts() ui.PageOpts {
	o := ui.PageOpts{Title: p.def.Name, Lead: p.lead(), Styles: []string{"guide.css"}, Scripts: []string{"guide.js"},
		Breadcrumb: []ui.Crumb{{Label: "首页", URL: "/"}, {Label: "办事", URL: "/items"}, {Label: p.def.Name}}}
	if p.canApply() {
		o.Actions = []ui.Link{{Label: "开始办理", URL: ApplyURL(p.def.Code, p.division), Icon: "arrow-right"}}
	}
	return o
}

// lead says in a sentence who does what.
func (p guidePage) lead() string {
	who := p.def.DeptName
	if p.Competent.Name != "" {
		who = p.Competent.Name
	}
	if p.resultName() == "" {
		return fmt.Sprintf("由%s办理。", who)
	}
	return fmt.Sprintf("由%s办理，办好后可以领到：%s。", who, p.resultName())
}

// resultName is what one receives, "" where there is nothing to receive.
func (p guidePage) resultName() string {
	if p.def.Result.Name == "无" {
		return ""
	}
	return p.def.Result.Name
}

func (p guidePage) canApply() bool { return p.def.HasChannel("web") || p.def.HasChannel("mobile") }

// levelText says how one shows online who one is (办理需要的身份核验).
func (p guidePage) levelText() string {
	ways := map[identity.Level]string{
		identity.LevelPhone:    "用手机收验证码核验",
		identity.LevelRegister: "填写姓名和身份证号码核验",
		identity.LevelPresence: "用摄像头做人脸核验，或到窗口核对一次身份证",
		identity.LevelCA:       "用数字证书核验",
	}
	least := identity.Level(p.def.MinLevel)
	if least == identity.LevelNone {
		return "身份核验：在网上办，登录就可以，不用另外核验。"
	}
	return "身份核验：在网上办，要" + least.Title() + "实名（" + ways[least] + "），还没有的，开始办理时会带您去核验。到窗口办，带身份证就可以。"
}

type figure struct{ Value, Label string }

// figures are the four answers most people came for.
func (p guidePage) figures() []figure {
	visits := "一次也不用跑"
	if p.def.Visits > 0 {
		visits = fmt.Sprintf("%d次", p.def.Visits)
	}
	fee := "不收费"
	if p.def.Fee.Charged {
		fee = "收费"
	}
	materials := "不用带"
	switch n := len(p.def.BaseMaterials); {
	case n > 0 && len(p.def.Materials) > n:
		materials = fmt.Sprintf("%d样起", n)
	case n > 0:
		materials = fmt.Sprintf("%d样", n)
	case !p.def.NoMaterials:
		materials = "看情况"
	}
	return []figure{{p.def.Promised.Promise(), "多久办好"}, {visits, "要跑几次"}, {materials, "带多少材料"}, {fee, "收不收费"}}
}

// extra is what one answer adds.
type extra struct {
	Question, Answer, Stop string
	Materials              []string
}

func (p guidePage) extras() []extra {
	var list []extra
	for _, q := range p.def.Situations {
		for _, o := range q.Options {
			if len(o.Materials) == 0 && o.Stop == "" {
				continue
			}
			e := extra{Question: q.Text, Answer: o.Label, Stop: o.Stop}
			for _, id := range o.Materials {
				if m, ok := p.def.Material(id); ok {
					e.Materials = append(e.Materials, m.Name)
				}
			}
			list = append(list, e)
		}
	}
	return list
}

var (
	audienceNames = map[string]string{"person": "个人", "enterprise": "企业和其他组织"}
	channelNames  = map[string]string{"window": "窗口", "web": "网上", "mobile": "手机", "post": "邮寄", "kiosk": "自助终端"}
	deliveryNames = map[string]string{"window": "窗口领取", "post": "邮寄送达", "electronic": "电子送达"}
	typeNames     = map[string]string{TypeLicence: "行政许可", TypePayment: "行政给付", TypeConfirmation: "行政确认", TypeReward: "行政奖励",
		TypeRuling: "行政裁决", TypeOther: "其他行政权力", TypeService: "公共服务"}
	kindNames   = map[string]string{KindInstant: "即办件", KindPromised: "承诺件"}
	copiesNames = map[string]string{"original": "原件", "copy": "复印件", "both": "原件和复印件"}
	formNames   = map[string]string{"paper": "纸质", "electronic": "电子", "both": "纸质或电子"}
)

func named(names map[string]string, keys []string) string {
	list := make([]string, len(keys))
	for i, k := range keys {
		list[i] = k
		if n, ok := names[k]; ok {
			list[i] = n
		}
	}
	return strings.Join(list, "、")
}

// howMany says of a material what is to be brought: 原件1份，纸质或电子.
func howMany(m Material) string {
	var parts []string
	if m.Originals > 0 {
		parts = append(parts, fmt.Sprintf("原件%d份", m.Originals))
	}
	if m.Copies > 0 {
		parts = append(parts, fmt.Sprintf("复印件%d份", m.Copies))
	}
	if len(parts) == 0 {
		parts = append(parts, copiesNames[m.Kind])
	}
	return strings.Join(parts, "、") + "，" + formNames[m.Form]
}

// easier says how one gets around bringing a material.
func easier(m Material) string {
	if m.Waived != "" {
		return m.Waived
	}
	var ways []string
	for _, w := range m.SatisfiedBy() {
		switch w {
		case "form":
			ways = append(ways, "填好表单即可，不用另写")
		case "licence":
			ways = append(ways, "您有电子证照的，本人同意后不用带")
		case "data":
			ways = append(ways, "今后由系统核验（数据共享尚未接通，目前请带上）")
		case "promise":
			ways = append(ways, "可签承诺书代替")
		case "later":
			ways = append(ways, "可以后补")
		}
	}
	if m.Necessity == Optional {
		ways = append(ways, "没有也可以办")
	}
	return strings.Join(ways, "；")
}

func (p guidePage) facts() []ui.Row {
	d := p.def
	rows := []ui.Row{
		{Label: "办理机关", Value: p.Competent.Name},
		{Label: "事项类型", Value: typeNames[d.Type]},
		{Label: "办件类型", Value: kindNames[d.Kind]},
		{Label: "法定时限", Value: d.Statutory.Chinese()},
		{Label: "承诺时限", Value: d.Promised.Promise()},
		{Label: "办理形式", Value: named(channelNames, d.Channels)},
		{Label: "通办范围", Value: d.Scope},
		{Label: "事项编号", Value: d.Code},
		{Label: "基本编码", Value: d.BaseCode},
	}
	if p.Competent.Name == "" {
		rows[0].Value = d.DeptName
	}
	if p.HandlingCode != "" {
		rows = append(rows, ui.Row{Label: "业务办理项编码", Value: p.HandlingCode})
	}
	return append(rows, ui.Row{Label: "版本", Value: fmt.Sprintf("%s，%s发布", versionWord(p.Version.N), ui.Date(p.Version.PublishedAt))})
}
