package living

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"yimen/internal/cases"
	"yimen/internal/catalogue"
	"yimen/internal/identity"
	"yimen/internal/kit/clock"
	"yimen/internal/org"
	"yimen/internal/workflow"
	"yimen/workday"
)

// story is one case from the first question to wherever it is today.
type story struct {
	*life
	def       *catalogue.Definition
	applicant identity.NewAccount
	village   org.Division
	channel   string
	fate      string
	c         cases.Case
	owed      []string  // materials promised for later (容缺)
	t         time.Time // the moment of the last act
	place     *Place    // of a settled case: where it is handed in
}

// Fates, with how many of a hundred cases meet them.
var fates = []struct {
	name   string
	weight int
}{
	{"granted", 78}, {"denied", 3}, {"corrected", 7}, {"uncorrected", 2}, {"refused", 2}, {"withdrawn", 2}, {"paused", 3}, {"neglected", 3},
}

func (l *life) fate() string {
	n := l.r.IntN(100)
	for _, f := range fates {
		if n -= f.weight; n < 0 {
			return f.name
		}
	}
	return fates[0].name
}

func (l *life) story(i int) error {
	s := &story{life: l, fate: l.fate()}
	if err := s.begin(i); err != nil {
		return err
	}
	err := s.run()
	if errors.Is(err, errLater) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("%s %s in %s (%s): %w", s.def.Code, s.fate, s.village.Code, s.c.Number, err)
	}
	return nil
}

// begin chooses who, what, where and when. Every tenth case, and the first,
// is of a person with an account, so that those who look find their own.
func (s *story) begin(i int) error {
	s.def = s.item()
	s.applicant = s.people[i%len(s.people)]
	for !s.def.Serves(audienceOf(s.applicant)) {
		s.def = s.item()
	}
	var err error
	s.village, err = s.Org.Division(s.ctx, s.applicant.Division)
	if err != nil {
		return err
	}
	s.channel = s.chooseChannel()
	day := s.days[s.r.IntN(len(s.days))]
	if i%9 == 0 { // enough of what has just come in
		day = s.days[len(s.days)-1-s.r.IntN(5)]
	}
	s.t = at(day, 8+s.r.IntN(9), 30+s.r.IntN(29))
	return nil
}

func audienceOf(a identity.NewAccount) string {
	if a.Kind == identity.KindEnterprise {
		return "enterprise"
	}
	return "person"
}

func (s *story) chooseChannel() string {
	window := !s.def.Online || s.r.IntN(100) < 60
	if window || !s.def.HasChannel(cases.ChannelWeb) || !s.known() {
		return cases.ChannelWindow
	}
	if s.r.IntN(2) == 0 {
		return cases.ChannelMobile
	}
	return cases.ChannelWeb
}

// known says that the applicant has shown enough of who they are to apply online.
func (s *story) known() bool {
	return slices.ContainsFunc(s.applicant.Proofs, func(p identity.Proof) bool { return int(p.Method.Proves()) >= s.def.MinLevel })
}

func (s *story) run() error {
	if err := s.submit(); err != nil {
		return err
	}
	switch s.fate {
	case "withdrawn":
		return s.byReceiver(s.after(1), func(ctx context.Context) (cases.Case, error) {
			return s.Cases.Withdraw(ctx, s.c.Number, cases.Act{Opinion: "情况有变，本人要求撤回申请。"})
		})
	case "refused":
		return s.byAgency(s.after(2), func(ctx context.Context) (cases.Case, error) {
			return s.Cases.RefuseAcceptance(ctx, s.c.Number, cases.Act{Grounds: "not_eligible",
				Opinion: "经核对，申请人的情况不符合该事项的受理条件。"})
		})
	case "corrected", "uncorrected":
		if err := s.correct(); err != nil || s.fate == "uncorrected" {
			return err
		}
	case "neglected":
		if s.r.IntN(3) == 0 { // nobody looks at it: in five days it is accepted by law
			return nil
		}
	}
	if err := s.accept(); err != nil {
		return err
	}
	if len(s.owed) > 0 && (s.place != nil || s.r.IntN(4) > 0) { // some forget: their case ends when the day is over
		if err := s.supplement(); err != nil {
			return err
		}
	}
	if s.fate == "paused" && s.def.Kind == catalogue.KindPromised && len(s.def.Procedures()) > 0 {
		if err := s.pause(); err != nil {
			return err
		}
	}
	if err := s.decide(); err != nil {
		return err
	}
	return s.deliver()
}

// after is a moment some working days on, in office hours; 0 is later the same day.
func (s *story) after(workdays int) time.Time {
	day := workday.DateOf(s.t, clock.Beijing)
	if workdays == 0 {
		return s.t.Add(time.Duration(5+s.r.IntN(20)) * time.Minute)
	}
	return at(s.calendar.AddWorkdays(day, workdays), 9+s.r.IntN(7), s.r.IntN(60))
}

// do moves to t, acts as account, and remembers what the case became.
func (s *story) do(t time.Time, account string, act func(ctx context.Context) (cases.Case, error)) error {
	if err := s.move(t); err != nil {
		return err
	}
	ctx, err := s.as(account)
	if err != nil {
		return err
	}
	c, err := act(ctx)
	if err != nil {
		return fmt.Errorf("as %s: %w", account, err)
	}
	s.c, s.t = c, t
	return nil
}

func (s *story) byReceiver(t time.Time, act func(ctx context.Context) (cases.Case, error)) error {
	if s.channel == cases.ChannelWindow {
		return s.do(t, "clerk-"+s.c.Receiving.Code, act)
	}
	return s.do(t, s.applicant.Name, act)
}

func (s *story) byAgency(t time.Time, act func(ctx context.Context) (cases.Case, error)) error {
	return s.do(t, "approver-"+s.c.Competent.Code, act)
}

func (s *story) submit() error {
	account, outlet := s.applicant.Name, ""
	if s.channel == cases.ChannelWindow {
		var err error
		if outlet, err = s.window(); err != nil {
			return err
		}
		account = "clerk-" + outlet
	}
	return s.do(s.t, account, func(ctx context.Context) (cases.Case, error) {
		sub, err := s.submission(ctx, account, outlet)
		if err != nil {
			return cases.Case{}, err
		}
		return s.Cases.Submit(ctx, sub)
	})
}

// window is where one goes: the lowest outlet that offers the item.
func (s *story) window() (string, error) {
	if s.place != nil {
		return s.place.Outlet, nil
	}
	near, err := s.Org.OutletsNear(s.ctx, s.village.Code)
	if err != nil {
		return "", err
	}
	for _, o := range near {
		if s.def.At(int(org.LevelOf(o.Division))) {
			return o.Code, nil
		}
	}
	return near[len(near)-1].Code, nil
}

// matter is the division the matter belongs to: as low as the item reaches.
// Seven neighbourhoods lie in mining districts that are no towns; what is not
// offered in villages they ask for in the county.
func (s *story) matter() (string, error) {
	if s.place != nil {
		return s.place.Division, nil
	}
	for level := org.Village; level >= org.City; level-- {
		code := org.Above(s.village.Code, level)
		if code == "" || !s.def.At(int(level)) {
			continue
		}
		d, err := s.Org.Division(s.ctx, code)
		if err != nil {
			return "", err
		}
		if !d.Quasi {
			return code, nil
		}
	}
	return org.Above(s.village.Code, org.County), nil
}

func (s *story) submission(ctx context.Context, account, outlet string) (cases.Submission, error) {
	a := s.applicant
	division, err := s.matter()
	if err != nil {
		return cases.Submission{}, err
	}
	sub := cases.Submission{Item: s.def.Code, Division: division, Outlet: outlet, Channel: s.channel, Sample: true,
		Applicant: cases.Applicant{Type: audienceOf(a), Name: a.DisplayName, IDType: a.IDType, IDNo: a.IDNo, Phone: a.Phone}}
	list, err := s.answer(ctx, sub.Division)
	if err != nil {
		return sub, err
	}
	sub.Answers = list.Answers
	person := Person{Name: cmp.Or(a.LegalName, a.DisplayName), IDNo: a.IDNo, Phone: a.Phone, Division: sub.Division, Address: a.Address}
	if a.Kind == identity.KindEnterprise {
		person.Company, person.USCC, person.IDNo = a.DisplayName, a.IDNo, s.people[0].IDNo
	}
	fields, err := s.formFields(s.def)
	if err != nil {
		return sub, err
	}
	sub.Form, err = fill(fields, person, list.Defaults, workday.DateOf(s.t, clock.Beijing), s.r)
	if err != nil {
		return sub, err
	}
	for _, m := range list.Materials {
		h, err := s.hand(ctx, m, account)
		if err != nil {
			return sub, err
		}
		if h != nil {
			sub.Materials = append(sub.Materials, *h)
		}
	}
	return sub, nil
}

// answer goes through the questions, mostly the first options, and turns back
// where an answer would end the application.
func (s *story) answer(ctx context.Context, division string) (catalogue.Checklist, error) {
	answers := catalogue.Answers{}
	for range 40 {
		list, err := s.Catalogue.Checklist(ctx, s.def.Code, division, 0, answers)
		if err != nil || list.Complete {
			return list, err
		}
		if len(list.Open) == 0 {
			return list, fmt.Errorf("questions end with: %s", list.Stop)
		}
		for _, q := range list.Questions {
			if q.ID == list.Open[0] {
				answers[q.ID] = s.choose(q)
			}
		}
	}
	return catalogue.Checklist{}, errors.New("the questions do not end")
}

func (s *story) choose(q catalogue.Question) []string {
	var open []string
	for _, o := range q.Options {
		if o.Stop == "" {
			open = append(open, o.ID)
		}
	}
	if len(open) == 0 {
		return []string{}
	}
	return []string{open[min(s.r.IntN(len(open)), s.r.IntN(len(open)))]}
}

// hand meets one material: paper at the window, a photo from home, a promise
// now and then; optional ones are often left out.
func (s *story) hand(ctx context.Context, m catalogue.Material, account string) (*cases.Handed, error) {
	h := &cases.Handed{ID: m.ID}
	switch {
	case !m.Required() && s.r.IntN(2) == 0:
		return nil, nil
	case m.ByForm:
		h.Form = true
	case m.Promise && s.r.IntN(4) == 0:
		h.Promise = true
	case m.CanDefer() && s.def.Kind == catalogue.KindPromised && s.r.IntN(4) == 0:
		h.Later = true
		s.owed = append(s.owed, m.ID)
	case s.channel == cases.ChannelWindow && s.r.IntN(5) > 0:
		h.Paper = true
	default:
		id, err := s.scan(ctx, s.actors[account].Account)
		if err != nil {
			return nil, err
		}
		h.File = id
	}
	return h, nil
}

func (s *story) correct() error {
	if len(s.c.Allowed) == 0 {
		return nil
	}
	err := s.byAgency(s.after(1+s.r.IntN(2)), func(ctx context.Context) (cases.Case, error) {
		return s.Cases.RequestCorrection(ctx, s.c.Number, cases.Act{Opinion: "请按清单补正后重新提交。", Deficiencies: []cases.Deficiency{
			{Problem: "申请表签名处没有签名", Cure: "请本人签名后重新拍照上传，或到原窗口当面签名。"},
			{Problem: "身份证照片反光，号码看不清", Cure: "请在光线均匀处重新拍摄正反两面。"},
		}})
	})
	if err != nil || s.fate == "uncorrected" {
		return err
	}
	return s.byReceiver(s.after(2+s.r.IntN(4)), func(ctx context.Context) (cases.Case, error) {
		return s.Cases.Correct(ctx, s.c.Number, cases.Act{Opinion: "已按要求补正。"})
	})
}

func (s *story) accept() error {
	days := s.r.IntN(3)
	act := func(ctx context.Context) (cases.Case, error) {
		return s.Cases.Accept(ctx, s.c.Number, cases.Act{Opinion: "材料齐全，符合法定形式，予以受理。"})
	}
	if s.channel == cases.ChannelWindow && s.def.AcceptedBy == catalogue.AcceptedByWindow && s.c.Corrections == 0 {
		return s.byReceiver(s.after(0), act)
	}
	return s.byAgency(s.after(days), act)
}

// supplement brings what was promised for later, the next working day.
func (s *story) supplement() error {
	account := s.applicant.Name
	if s.channel == cases.ChannelWindow {
		account = "clerk-" + s.c.Receiving.Code
	}
	return s.do(s.after(1), account, func(ctx context.Context) (cases.Case, error) {
		a := cases.Act{Opinion: "补交容缺材料。"}
		for _, id := range s.owed {
			file, err := s.scan(ctx, s.actors[account].Account)
			if err != nil {
				return cases.Case{}, err
			}
			a.Materials = append(a.Materials, cases.Handed{ID: id, File: file})
		}
		return s.Cases.Supplement(ctx, s.c.Number, a)
	})
}

func (s *story) pause() error {
	p := s.def.Procedures()[0]
	err := s.byAgency(s.after(1), func(ctx context.Context) (cases.Case, error) {
		return s.Cases.Pause(ctx, s.c.Number, cases.Act{Procedure: p.Kind, Days: cmp.Or(p.Days, 5), Opinion: "依法需要进行，所需时间不计入办理期限。"})
	})
	if err != nil {
		return err
	}
	return s.byAgency(s.after(cmp.Or(p.Days, 5)+s.r.IntN(10)), func(ctx context.Context) (cases.Case, error) {
		return s.Cases.Resume(ctx, s.c.Number, cases.Act{Opinion: "程序已完成，恢复办理。"})
	})
}

// decide lets every step be done in turn, each within its share of the promise.
func (s *story) decide() error {
	for range 30 {
		in, err := s.Workflow.Instance(s.ctx, s.c.Number)
		if err != nil {
			return err
		}
		open := openTasks(in)
		if len(open) == 0 {
			return s.refresh()
		}
		t := s.after(s.pace(open[0]))
		for _, task := range open {
			if err := s.approve(t, task); err != nil {
				return err
			}
		}
		s.t = t
	}
	return errors.New("the process does not end")
}

func openTasks(in workflow.Instance) []workflow.Task {
	var open []workflow.Task
	for _, t := range in.Tasks {
		if t.State == workflow.Open {
			open = append(open, t)
		}
	}
	return open
}

// pace is how many working days a step takes.
func (s *story) pace(t workflow.Task) int {
	if s.def.Kind == catalogue.KindInstant {
		return 0
	}
	if s.fate == "neglected" {
		return 12 + s.r.IntN(20)
	}
	return s.r.IntN(3)
}

// approve acts on a task as somebody who may.
func (s *story) approve(t time.Time, task workflow.Task) error {
	if err := s.move(t); err != nil {
		return err
	}
	act := workflow.Act{Opinion: "经审查，符合条件，同意。"}
	for _, node := range steps(s.def.Process.Nodes) {
		if node.ID == task.Node && node.Decision {
			act.Outcome = workflow.Granted
			if s.fate == "denied" {
				act = workflow.Act{Outcome: workflow.Denied, Opinion: "经审查，申请人不符合规定条件：申报的情况与核查结果不一致。"}
			}
		}
	}
	// Where several sign, each seat is another colleague's.
	colleagues := []string{"approver-", "chief-", "head-"}
	ctx, err := s.as(colleagues[task.Seat%len(colleagues)] + task.Agency)
	if err != nil {
		return err
	}
	return s.Workflow.Approve(ctx, task.ID, act)
}

func steps(nodes []workflow.Node) []workflow.Node {
	var all []workflow.Node
	for _, n := range nodes {
		all = append(all, n)
		for _, b := range n.Branches {
			all = append(all, steps(b.Nodes)...)
		}
	}
	return all
}

// refresh reads the case anew after the process has ended, and finishes it as
// the job would.
func (s *story) refresh() error {
	if err := s.Cases.Finish(s.ctx, s.c.Number); err != nil {
		return err
	}
	c, err := s.Cases.Find(identity.With(s.ctx, identity.System("sample")), s.c.Number)
	s.c = c
	return err
}

func (s *story) deliver() error {
	if s.c.State != cases.StateDelivering {
		return nil
	}
	days := s.r.IntN(4)
	if s.def.Kind == catalogue.KindInstant && s.channel == cases.ChannelWindow {
		days = 0
	}
	act := func(ctx context.Context) (cases.Case, error) {
		return s.Cases.Deliver(ctx, s.c.Number, cases.Act{Receiver: s.applicant.DisplayName, Tracking: "1092026" + s.c.Number[8:14]})
	}
	if s.c.Deliver == cases.DeliverWindow {
		return s.do(s.after(days), "clerk-"+s.c.Receiving.Code, act)
	}
	return s.byAgency(s.after(days), act)
}
