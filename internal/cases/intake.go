package cases

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

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
	lookUps   []string      // made before the case had a number
	deliverTo Place
	today     workday.Date
	account   *string // of the applicant, once asked for; see applicantAccount
}

// def is the definition that the case comes in under.
func (in *intake) def() *catalogue.Definition { return &in.version.Definition }

// check looks at all of a submission and tells everything that is wrong with
// it at once, field by field. The submission comes back in its written form:
// numbers upper-cased, phones and names without blanks.
func (m *Module) check(ctx context.Context, actor identity.Actor, s Submission) (*intake, error) {
	c := &checker{m: m, intake: &intake{s: s, actor: actor, today: workday.DateOf(m.now(ctx), clock.Beijing)}}
	steps := []func(context.Context) error{
		c.item, c.known, c.place, c.people, c.answers, c.form, c.handedIn, c.delivery,
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
	v, err := c.m.Catalogue.InForce(ctx, c.s.Item)
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

// known asks whoever applies by themselves, over whatever channel, to have shown
// who they are as the item says, at this moment: a proof that held when the draft
// was begun may have ended.
func (c *checker) known(context.Context) error {
	if !c.hasItem {
		return nil
	}
	return c.actor.Enough(identity.Level(c.def().MinLevel))
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
	a, err := c.m.Decides(ctx, c.def(), c.division.Code)
	if err != nil {
		return c.add("division", err)
	}
	c.competent = a
	return nil
}

// Decides is the agency that decides a matter of a division. Errors: one about the
// field division when the item is not decided so high up, those of org.
func (m *Module) Decides(ctx context.Context, def *catalogue.Definition, division string) (org.Agency, error) {
	d, err := m.Org.Division(ctx, division)
	if err != nil {
		return org.Agency{}, err
	}
	level, ok := decidingLevel(def, int(d.Level))
	if !ok {
		var bad errs.Fields
		bad.Add("division", "该事项不在“%s”这一级办理，请把地区选到%s。", d.ShortName, levelsText(def.Levels))
		return org.Agency{}, bad.Err()
	}
	a, err := m.Org.CompetentAgency(ctx, def.Dept, org.Level(level), division)
	if errors.Is(err, org.ErrNoAgency) && level > int(org.County) {
		// A neighbourhood in a mining district has no town government; the
		// county's department, which answers for the item, decides itself.
		a, err = m.Org.CompetentAgency(ctx, def.Dept, org.County, division)
	}
	return a, err
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
	return c.lookUp(ctx)
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
