package cases

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"yimen/gb"
	"yimen/internal/catalogue"
	"yimen/internal/identity"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/errs"
	"yimen/internal/org"
	"yimen/workday"
)

// intake is a submission that has been checked, with all that was looked up
// on the way: nothing is stored before everything is right.
type intake struct {
	s         Submission
	actor     identity.Actor
	version   catalogue.Version
	division  org.Division
	competent org.Agency
	outlet    org.Outlet
	list      catalogue.Checklist
	materials []materialRow // without ids of the case
	deliverTo Place
	today     workday.Date
}

// def is the definition that the case comes in under.
func (in *intake) def() *catalogue.Definition { return &in.version.Definition }

// check looks at all of a submission and tells everything that is wrong with
// it at once, field by field. The submission comes back in its written form:
// numbers upper-cased, phones and names without blanks.
func (m *Module) check(ctx context.Context, actor identity.Actor, s Submission) (*intake, error) {
	c := &checker{m: m, intake: &intake{s: s, actor: actor, today: workday.DateOf(m.now(ctx), clock.Beijing)}}
	steps := []func(context.Context) error{
		c.item, c.place, c.people, c.answers, c.form, c.handedIn, c.delivery,
	}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	if err := c.bad.Err(); err != nil {
		return nil, err
	}
	return c.intake, nil
}

// checker collects what is wrong. A step returns an error only when the
// machine failed; what the applicant can mend goes to bad.
type checker struct {
	*intake
	m       *Module
	bad     errs.Fields
	hasItem bool
}

// add notes err under a field; an error that is not about input is the machine's.
func (c *checker) add(field string, err error) error {
	var e *errs.Error
	var code *gb.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &code):
		c.bad.Add(field, "%s", code.Message)
	case !errors.As(err, &e) || e.Kind == errs.Internal || e.Kind == errs.Unavailable:
		return err
	case len(e.Fields) > 0: // already named as the client sent them
		for _, f := range e.Fields {
			c.bad.Add(f.Name, "%s", f.Message)
		}
	default:
		c.bad.Add(field, "%s", e.Message)
	}
	return nil
}

func (c *checker) item(ctx context.Context) error {
	if c.s.Item == "" {
		c.bad.Add("item", "请选择要办理的事项。")
		return nil
	}
	v, err := c.m.Catalogue.Current(ctx, c.s.Item)
	if err != nil {
		return c.add("item", err)
	}
	c.version, c.hasItem = v, true
	c.s.Item = v.Definition.Code
	if c.s.Version != 0 && c.s.Version != v.N {
		c.bad.Add("version", "办事指南已更新为第%d版，请按最新的材料清单核对后再提交。", v.N)
	}
	if !slices.Contains([]string{ChannelWindow, ChannelWeb, ChannelMobile, ChannelPost, ChannelKiosk}, c.s.Channel) {
		c.bad.Add("channel", "申请渠道应为 window、web、mobile、post 或 kiosk。")
		return nil
	}
	if !c.offers(c.s.Channel) {
		c.bad.Add("channel", "该事项不能通过此渠道办理，请改用：%s。", channelNames(c.def().Channels))
	}
	return nil
}

// offers tells whether the item can be applied for this way: what can be done
// on the web can be done on the phone, which shows the same pages.
func (c *checker) offers(channel string) bool {
	d := c.def()
	return len(d.Channels) == 0 || d.HasChannel(channel) || channel == ChannelMobile && d.HasChannel(ChannelWeb)
}

var channelWords = map[string]string{
	ChannelWindow: "窗口", ChannelWeb: "网上", ChannelMobile: "手机", ChannelPost: "邮寄", ChannelKiosk: "自助终端",
}

func channelNames(list []string) string {
	names := make([]string, len(list))
	for i, c := range list {
		names[i] = channelWords[c]
	}
	return strings.Join(names, "、")
}

// place finds the division of the matter, the agency that is competent there,
// and the outlet that receives.
func (c *checker) place(ctx context.Context) error {
	d, err := c.m.Org.Division(ctx, c.s.Division)
	if c.s.Division == "" {
		c.bad.Add("division", "请选择事项所属的地区。")
		return nil
	}
	if err != nil {
		return c.add("division", err)
	}
	c.division = d
	if !d.ValidOn(c.today) || d.Quasi {
		c.bad.Add("division", "该地区已撤销或不是行政区划，请重新选择所在地区。")
		return nil
	}
	if c.hasItem {
		if err := c.competence(ctx); err != nil {
			return err
		}
	}
	return c.receiver(ctx)
}

func (c *checker) competence(ctx context.Context) error {
	def := c.def()
	level, ok := decidingLevel(def, int(c.division.Level))
	if !ok {
		c.bad.Add("division", "该事项不在“%s”这一级办理，请把地区选到%s。", c.division.ShortName, levelsText(def.Levels))
		return nil
	}
	a, err := c.m.Org.CompetentAgency(ctx, def.Dept, org.Level(level), c.division.Code)
	if errors.Is(err, org.ErrNoAgency) && level > int(org.County) {
		// A neighbourhood in a mining district has no town government; the
		// county's department, which answers for the item, decides itself.
		a, err = c.m.Org.CompetentAgency(ctx, def.Dept, org.County, c.division.Code)
	}
	if err != nil {
		return c.add("division", err)
	}
	c.competent = a
	return nil
}

// decidingLevel is the level of the agency that decides a matter of a
// division: where the item says it is decided, or, for a matter that belongs to
// a higher division which offers the item too, that division's own level. Not
// ok when no level of the item is at or above the division's.
func decidingLevel(def *catalogue.Definition, division int) (int, bool) {
	if division >= def.DecidedAt {
		return def.DecidedAt, true
	}
	return division, def.At(division)
}

func levelsText(levels []int) string {
	var names []string
	for _, l := range levels {
		names = append(names, org.Level(l).String())
	}
	return strings.Join(names, "、")
}

func (c *checker) receiver(ctx context.Context) error {
	code := c.s.Outlet
	if code == "" && c.actor.IsStaff() {
		code = c.actor.Outlet
	}
	if code == "" {
		near, err := c.m.Org.OutletsNear(ctx, c.s.Division)
		if err != nil {
			return c.add("division", err)
		}
		if len(near) == 0 {
			c.bad.Add("outlet", "该地区附近没有办事网点，请选择一个网点。")
			return nil
		}
		code = near[0].Code
	}
	o, err := c.m.Org.Outlet(ctx, code)
	if err != nil {
		return c.add("outlet", err)
	}
	c.outlet = o
	c.desk()
	return nil
}

// desk checks who stands behind the counter: staff file at windows and by
// post, each at an outlet they have the right to; others use their own channels.
func (c *checker) desk() {
	atDesk := c.s.Channel == ChannelWindow || c.s.Channel == ChannelPost
	switch {
	case c.actor.IsSystem():
	case c.actor.IsApplicant() && atDesk:
		c.bad.Add("channel", "窗口和邮寄申请由窗口人员登记，请选择网上或手机办理。")
	case c.actor.IsApplicant():
	case !atDesk:
		c.bad.Add("channel", "工作人员代为登记时，申请渠道应为窗口或邮寄。")
	case !c.actor.Can(RightSubmitFor, identity.Place{Receiving: c.outlet.Division}):
		c.bad.Add("outlet", "您只能在自己所在的网点登记申请，请改选本网点。")
	}
}

func (c *checker) people(context.Context) error {
	a := &c.s.Applicant
	if a.Type != "person" && a.Type != "enterprise" {
		c.bad.Add("applicant.type", "申请人类型应为个人（person）或企业（enterprise）。")
		return nil
	}
	if c.hasItem && len(c.def().Audience) > 0 && !c.def().Serves(a.Type) {
		c.bad.Add("applicant.type", "该事项不面向%s办理，请核对申请人类型。", map[string]string{"person": "个人", "enterprise": "企业"}[a.Type])
	}
	c.name("applicant.name", &a.Name, a.Type == "person")
	if a.IDType == "" {
		a.IDType = string(gb.IDResident)
		if a.Type == "enterprise" {
			a.IDType = string(gb.IDCreditCode)
		}
	}
	c.document("applicant", &a.IDType, &a.IDNo, a.Type == "enterprise")
	c.phone("applicant.phone", &a.Phone)
	c.agent()
	return nil
}

func (c *checker) agent() {
	if c.s.Agent == nil {
		return
	}
	a := *c.s.Agent // the caller's stays as it was
	c.s.Agent = &a
	c.name("agent.name", &a.Name, true)
	if a.IDType == "" {
		a.IDType = string(gb.IDResident)
	}
	c.document("agent", &a.IDType, &a.IDNo, false)
	c.phone("agent.phone", &a.Phone)
	a.Authority = strings.TrimSpace(a.Authority)
	switch n := utf8.RuneCountInString(a.Authority); {
	case n == 0:
		c.bad.Add("agent.authority", "代理人办理须有申请人的授权，请上传授权委托书或填写其编号和日期。")
	case n > 200:
		c.bad.Add("agent.authority", "授权说明不能超过200个字。")
	}
	if a.IDNo != "" && a.IDNo == c.s.Applicant.IDNo {
		c.bad.Add("agent.id_no", "代理人与申请人是同一人，本人办理无需填写代理人。")
	}
}

func (c *checker) name(field string, name *string, person bool) {
	if person {
		parsed, err := gb.ParsePersonName(*name)
		if err != nil {
			c.bad.Add(field, "%s", err.Error())
			return
		}
		*name = parsed
		return
	}
	*name = strings.TrimSpace(*name)
	switch n := utf8.RuneCountInString(*name); {
	case n == 0:
		c.bad.Add(field, "请填写单位名称。")
	case n > gb.MaxNameLength || !printable(*name):
		c.bad.Add(field, "单位名称不能超过%d个字，且不能含有控制字符，请按营业执照填写。", gb.MaxNameLength)
	}
}

// printable refuses what no name holds: control characters and broken UTF-8.
func printable(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f })
}

func (c *checker) document(prefix string, idType, idNo *string, organisation bool) {
	t, err := gb.ParseIDType(*idType)
	if err != nil {
		c.bad.Add(prefix+".id_type", "%s", err.Error())
		return
	}
	if t.OfOrganisation() != organisation {
		c.bad.Add(prefix+".id_type", "证件类型与申请人类型不符，个人请选身份证件，企业请选统一社会信用代码。")
		return
	}
	no, err := t.ParseNumber(*idNo, c.today)
	if err != nil {
		c.bad.Add(prefix+".id_no", "%s", err.Error())
		return
	}
	*idType, *idNo = string(t), no
}

func (c *checker) phone(field string, phone *string) {
	no, err := gb.ParsePhone(*phone, c.m.Rules.AreaCode)
	if err != nil {
		c.bad.Add(field, "%s", err.Error())
		return
	}
	*phone = no
}

// answers resolves the questions of the item into the list of materials.
func (c *checker) answers(ctx context.Context) error {
	if !c.hasItem {
		return nil
	}
	list, err := c.m.Catalogue.Checklist(ctx, c.s.Item, c.division.Code, c.version.N, c.s.Answers)
	if errors.Is(err, catalogue.ErrNotOffered) {
		return c.add("division", err)
	}
	if err != nil {
		return c.add("answers", err)
	}
	c.list = list
	if list.Stop != "" {
		c.bad.Add("answers", "按您的情况不能办理：%s", list.Stop)
		return nil
	}
	for _, id := range list.Open {
		c.bad.Add("answers."+id, "请回答“%s”。", questionText(list, id))
	}
	return nil
}

func questionText(list catalogue.Checklist, id string) string {
	for _, q := range list.Questions {
		if q.ID == id {
			return q.Text
		}
	}
	return id
}

func (c *checker) form(context.Context) error {
	if !c.hasItem {
		return nil
	}
	if len(c.s.Form) == 0 {
		c.s.Form = json.RawMessage("{}")
	}
	return c.add("form", c.m.Catalogue.CheckForm(*c.def(), c.s.Form))
}

// delivery checks how the result goes to the applicant.
func (c *checker) delivery(ctx context.Context) error {
	if !c.hasItem || c.outlet.Code == "" {
		return nil
	}
	ways := c.def().Result.DeliverBy
	if c.s.Deliver == "" {
		c.s.Deliver = DeliverWindow
		if len(ways) > 0 {
			c.s.Deliver = ways[0]
		}
	}
	if !slices.Contains([]string{DeliverWindow, DeliverPost, DeliverElectronic}, c.s.Deliver) ||
		len(ways) > 0 && !slices.Contains(ways, c.s.Deliver) {
		c.bad.Add("deliver", "该事项不能以此方式送达，请选择：%s。", deliverNames(ways))
		return nil
	}
	return c.deliveryPlace(ctx)
}

func (c *checker) deliveryPlace(ctx context.Context) error {
	switch c.s.Deliver {
	case DeliverElectronic:
		c.deliverTo = Place{Name: "电子送达"}
	case DeliverPost:
		to := strings.TrimSpace(c.s.DeliverTo)
		if n := utf8.RuneCountInString(to); n < 5 || n > 200 || !printable(to) {
			c.bad.Add("deliver_to", "邮寄送达请填写5至200个字的详细收件地址。")
		}
		c.deliverTo = Place{Name: "邮寄送达", Address: to}
	case DeliverWindow:
		o := c.outlet
		if c.s.DeliverTo != "" {
			var err error
			if o, err = c.m.Org.Outlet(ctx, c.s.DeliverTo); err != nil {
				return c.add("deliver_to", err)
			}
		}
		c.deliverTo = Place{Code: o.Code, Name: o.Name, Division: o.Division, Address: o.Address}
	}
	return nil
}

var deliverWords = map[string]string{
	DeliverWindow: "窗口领取（window）", DeliverPost: "邮寄（post）", DeliverElectronic: "电子送达（electronic）",
}

func deliverNames(ways []string) string {
	if len(ways) == 0 {
		ways = []string{DeliverWindow, DeliverPost, DeliverElectronic}
	}
	names := make([]string, len(ways))
	for i, w := range ways {
		names[i] = deliverWords[w]
	}
	return strings.Join(names, "、")
}

// path is the answered questions in words, for the snapshot.
func (in *intake) path() []Answered {
	var path []Answered
	for _, q := range in.list.Questions {
		chosen, ok := in.list.Answers[q.ID]
		if !ok {
			continue
		}
		a := Answered{Question: q.ID, Text: q.Text, Options: chosen}
		for _, o := range q.Options {
			if slices.Contains(chosen, o.ID) {
				a.Labels = append(a.Labels, o.Label)
			}
		}
		path = append(path, a)
	}
	return path
}

func fieldOf(i int, name string) string { return fmt.Sprintf("materials.%d.%s", i, name) }
