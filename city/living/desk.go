package living

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"

	"yimen/internal/cases"
	"yimen/internal/catalogue"
	"yimen/internal/identity"
	"yimen/internal/kit/clock"
	"yimen/internal/org"
	"yimen/internal/workflow"
	"yimen/workday"
)

// The bodies whose desks are full in the sample: the approvers whom the demo
// offers, and some beside them.
const (
	deskCounty = "440232000000"
	deskDept   = "D11" // 人社局: two of three
)

// desks puts n cases on the desks of a county's bureaus: accepted within the
// last three weeks, agreed to in village and town, and waiting for the bureau.
// Every sixth was corrected before, so that there is something to compare.
func (l *life) desks(n int) error {
	l.r = rand.New(rand.NewPCG(440232, 11))
	var people []identity.NewAccount
	for _, p := range l.people {
		if org.Contains(deskCounty, p.Division) {
			people = append(people, p)
		}
	}
	var own, others []*catalogue.Definition
	for _, d := range l.items {
		switch {
		case d.Kind != catalogue.KindPromised || d.DecidedAt != int(org.County):
		case d.Dept == deskDept:
			own = append(own, d)
		default:
			others = append(others, d)
		}
	}
	if len(people) == 0 || len(own) == 0 || len(others) == 0 {
		return errors.New("the county has no people or no items for its desks")
	}
	for i := range n {
		items := own
		if i%3 == 2 {
			items = others
		}
		s := &story{life: l, def: items[(i*7)%len(items)], fate: "waiting"}
		if err := s.desk(i, people); err != nil && !errors.Is(err, errLater) {
			return fmt.Errorf("sample case %d on a desk, %s in %s: %w", i, s.def.Code, s.village.Code, err)
		}
	}
	return nil
}

// desk lets one case come as far as the bureau.
func (s *story) desk(i int, people []identity.NewAccount) error {
	s.applicant = people[(i*13)%len(people)]
	for k := 0; !s.def.Serves(audienceOf(s.applicant)) && k < len(people); k++ {
		s.applicant = people[(i*13+k)%len(people)]
	}
	var err error
	if s.village, err = s.Org.Division(s.ctx, s.applicant.Division); err != nil {
		return err
	}
	s.channel = cases.ChannelWindow
	if i%2 == 0 && s.def.Online && s.def.HasChannel(cases.ChannelWeb) && s.known() {
		s.channel = cases.ChannelWeb
	}
	back := (i * 5) % 4 // in working days; a few have been lying there
	if i%9 == 4 {
		back = 6 + i%5
	}
	s.t = at(s.days[len(s.days)-1-min(back, len(s.days)-1)], 9, s.r.IntN(50))
	if err := s.submit(); err != nil {
		return err
	}
	if i%6 == 1 {
		if err := s.correctForm(); err != nil {
			return err
		}
	}
	if err := s.accept(); err != nil {
		return err
	}
	return s.upToCounty(i)
}

// correctForm tells what is wrong with the form, and brings it filled in anew.
func (s *story) correctForm() error {
	if len(s.c.Allowed) == 0 {
		return nil
	}
	err := s.byAgency(s.after(0), func(ctx context.Context) (cases.Case, error) {
		return s.Cases.RequestCorrection(ctx, s.c.Number, cases.Act{Deficiencies: []cases.Deficiency{
			{Problem: "申请表有几处与证件不一致", Cure: "请对照证件修改后重新提交。"}}})
	})
	if err != nil {
		return err
	}
	c, err := s.Cases.Find(identity.With(s.ctx, identity.System("sample")), s.c.Number)
	if err != nil {
		return err
	}
	fields, err := s.formFields(s.def)
	if err != nil {
		return err
	}
	values, err := catalogue.FormValues(fields, c.Content.Form)
	if err != nil {
		return err
	}
	for _, f := range fields {
		text := values.Get(f.Name)
		if strings.Contains(f.Title, "地址") && text != "" {
			values.Set(f.Name, text+"2号")
		}
	}
	form, err := catalogue.FormFromValues(fields, values)
	if err != nil {
		return err
	}
	return s.byReceiver(s.after(1), func(ctx context.Context) (cases.Case, error) {
		return s.Cases.Correct(ctx, s.c.Number, cases.Act{Form: form, Opinion: "已按要求修改申请表。"})
	})
}

// upToCounty agrees in village and town. Of what then waits in the county some
// is in somebody's name.
func (s *story) upToCounty(i int) error {
	for range 8 {
		in, err := s.Workflow.Instance(s.ctx, s.c.Number)
		if err != nil {
			return err
		}
		open := openTasks(in)
		if len(open) == 0 {
			return nil
		}
		if open[0].Division == deskCounty {
			return s.sign(i, open[0])
		}
		t := s.after(0)
		for _, task := range open {
			if err := s.approve(t, task); err != nil {
				return err
			}
		}
		s.t = t
	}
	return nil
}

func (s *story) sign(i int, task workflow.Task) error {
	if i%3 != 0 || workday.DateOf(s.t, clock.Beijing).After(workday.DateOf(s.now, clock.Beijing)) {
		return nil
	}
	if err := s.move(s.after(0)); err != nil {
		return err
	}
	ctx, err := s.as("approver-" + task.Agency)
	if err != nil {
		return err
	}
	return s.Workflow.Claim(ctx, task.ID)
}
