package counter

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"

	"yimen/internal/apply"
	"yimen/internal/cases"
	"yimen/internal/catalogue"
	"yimen/internal/identity"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
)

// act is something the window does to a case of the person served.
type act struct {
	verb  cases.Verb
	label string
	lead  string
	quick bool // needs nothing to be asked
	do    func(*cases.Module, context.Context, string, cases.Act) (cases.Case, error)
}

var acts = []act{
	{cases.VerbDeliver, "交付结果", "核对领取人的证件，把结果交到手里，请他在送达回证上签名。", false, (*cases.Module).Deliver},
	{cases.VerbCorrect, "收补正材料", "只收要补的几样。收齐以后五个工作日重新起算。", false, (*cases.Module).Correct},
	{cases.VerbSupplement, "收容缺材料", "收下当初承诺后补的材料。", false, (*cases.Module).Supplement},
	{cases.VerbAccept, "当场受理", "承诺时限从今天起算。", true, (*cases.Module).Accept},
	{cases.VerbReceive, "登记收件", "登记申请和材料已经收到。", true, (*cases.Module).Receive},
	{cases.VerbRequestCorrection, "告知补正", "补正只能告知一次：把全部问题一次写清，没有问题的材料留空。", false, (*cases.Module).RequestCorrection},
	{cases.VerbPause, "启动特别程序", "只能启动事项列明的特别程序，所需时间不计入时限，并书面告知申请人。", false, (*cases.Module).Pause},
	{cases.VerbResume, "结束特别程序", "时限从下一个工作日接着算。", true, (*cases.Module).Resume},
	{cases.VerbWithdraw, "撤回申请", "须申请人本人提出。撤回后办件终止，可以重新申请。", false, (*cases.Module).Withdraw},
}

func actOf(v cases.Verb) (act, bool) {
	i := slices.IndexFunc(acts, func(a act) bool { return a.verb == v })
	if i < 0 {
		return act{}, false
	}
	return acts[i], true
}

func actLabel(v cases.Verb) string {
	a, _ := actOf(v)
	return a.label
}

// actURL is where an act on a case of the visit is asked for and done.
func actURL(visit, number string, v cases.Verb) string {
	return PersonURL(visit) + "/" + number + "/" + string(v)
}

// actPage is the form of one act.
type actPage struct {
	act    act
	visit  Visit
	c      cases.Case
	def    *catalogue.Definition
	bring  []catalogue.Material // what may be brought now
	form   *web.Form
	clash  string // what happened meanwhile, "" nothing
	closed bool   // it cannot be done any more
}

func (m *Module) openAct(r *http.Request, f *web.Form) (*actPage, error) {
	ctx := r.Context()
	a, ok := actOf(cases.Verb(r.PathValue("verb")))
	if !ok {
		return nil, cases.ErrVerbUnknown
	}
	v, err := m.visit(ctx, r.PathValue("visit"))
	if err != nil {
		return nil, err
	}
	c, err := m.Cases.Find(ctx, r.PathValue("number"))
	if err != nil {
		return nil, err
	}
	if c.Applicant.IDNo != v.IDNo { // a case of somebody else who was served
		return nil, cases.ErrUnknown
	}
	item, err := m.Catalogue.Version(ctx, c.Item, c.Version)
	if err != nil {
		return nil, err
	}
	p := &actPage{act: a, visit: v, c: c, def: &item.Definition, form: f}
	p.bring = p.wanted()
	return p, nil
}

// wanted are the materials the act is about: those of the correction, those
// promised for later, or all that something may be wrong with.
func (p *actPage) wanted() []catalogue.Material {
	var list []catalogue.Material
	for _, need := range p.c.Content.Checklist.Materials {
		m, ok := p.def.Material(need.ID)
		if !ok || need.Needless() || !p.wants(need.ID) {
			continue
		}
		if p.act.verb != cases.VerbRequestCorrection { // brought now, not promised again
			m.Deferrable, m.Necessity = false, catalogue.Required
		}
		list = append(list, m)
	}
	return list
}

func (p *actPage) wants(id string) bool {
	switch p.act.verb {
	case cases.VerbCorrect:
		return slices.ContainsFunc(p.c.Content.Correction, func(d cases.Deficiency) bool { return d.Material == id })
	case cases.VerbSupplement:
		return slices.ContainsFunc(p.c.Content.Materials, func(m cases.Material) bool {
			return m.ID == id && m.Way == apply.WayLater && m.Superseded == nil
		})
	}
	return p.act.verb == cases.VerbRequestCorrection
}

// askAct shows the form of an act; htmx takes it alone, into the case's card.
func (m *Module) askAct(w http.ResponseWriter, r *http.Request) error {
	p, err := m.openAct(r, web.NewForm(nil))
	if err != nil {
		return err
	}
	if !slices.Contains(p.c.Allowed, p.act.verb) {
		p.clash, p.closed = "办件现在是“"+p.c.StateName+"”，不能"+p.act.label+"。", true
	}
	return web.RenderPart(w, r, http.StatusOK, actView(p), actForm(p))
}

// doAct does it and goes back to the person.
func (m *Module) doAct(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	p, err := m.openAct(r, f)
	if err != nil {
		return err
	}
	a, err := m.readAct(r.Context(), p)
	if err != nil {
		return err
	}
	if f.OK() {
		_, err = p.act.do(m.Cases, r.Context(), p.c.Number, a)
	}
	switch e := errs.From(err); {
	case err == nil && f.OK():
		web.Flash(r, "success", p.act.label+"：已办好，“"+p.c.ItemName+"”，编号 "+p.c.Number+"。")
		return web.Redirect(w, r, PersonURL(p.visit.ID))
	case err == nil:
	case e.Kind == errs.Conflict:
		return m.clashed(w, r, p, e)
	case e.Kind == errs.Invalid || e.Kind == errs.TooLarge:
		if err := f.Merge(named(err, a.Materials)); err != nil {
			return err
		}
	default:
		return err
	}
	return web.Render(w, r, http.StatusUnprocessableEntity, actView(p))
}

// clashed tells what another window did meanwhile, with the case as it is now.
func (m *Module) clashed(w http.ResponseWriter, r *http.Request, p *actPage, e *errs.Error) error {
	c, err := m.Cases.Find(r.Context(), p.c.Number)
	if err != nil && !errors.Is(err, cases.ErrUnknown) {
		return err
	}
	if err == nil {
		p.c = c
	}
	p.clash, p.closed = message(e), !slices.Contains(p.c.Allowed, p.act.verb)
	return web.Render(w, r, http.StatusConflict, actView(p))
}

// readAct turns the form into the act.
func (m *Module) readAct(ctx context.Context, p *actPage) (cases.Act, error) {
	f := p.form
	revision, _ := strconv.Atoi(f.Value("revision"))
	a := cases.Act{
		Opinion: f.Value("opinion"), Revision: revision, Procedure: f.Value("procedure"),
		Receiver: f.Value("receiver"), ReceiverIDNo: f.Value("receiver_id_no"), Tracking: f.Value("tracking"),
	}
	if days := f.Value("days"); days != "" {
		n, err := strconv.Atoi(days)
		if err != nil {
			f.Error("days", "请填写天数，例如10。")
		}
		a.Days = n
	}
	switch p.act.verb {
	case cases.VerbRequestCorrection:
		a.Deficiencies = p.readDemands()
	case cases.VerbCorrect, cases.VerbSupplement:
		var err error
		a.Materials, err = apply.ReadMaterials(ctx, f, p.bring, nil, m.Cases.Uploads(), identity.FromContext(ctx).Account, apply.Window)
		if err != nil {
			return a, err
		}
	}
	return a, nil
}

// readDemands reads what is wrong, a line for each material and one besides.
func (p *actPage) readDemands() []cases.Deficiency {
	var list []cases.Deficiency
	for _, id := range append(materialNames(p.bring), "") {
		d := cases.Deficiency{Material: id, Problem: p.form.Value("problem." + id), Cure: p.form.Value("cure." + id)}
		if d.Problem == "" && d.Cure == "" {
			continue
		}
		if d.Problem == "" {
			p.form.Error("problem."+id, "请写明存在的问题。")
		}
		if d.Cure == "" {
			p.form.Error("cure."+id, "请写明怎么补。")
		}
		list = append(list, d)
	}
	if len(list) == 0 {
		p.form.Error("", "请至少写明一处需要补正的问题。")
	}
	return list
}

func materialNames(list []catalogue.Material) []string {
	var ids []string
	for _, m := range list {
		ids = append(ids, m.ID)
	}
	return ids
}

// fields are what is asked besides materials.
func (p *actPage) fields() []ui.FieldOpts {
	switch p.act.verb {
	case cases.VerbDeliver:
		return p.deliverFields()
	case cases.VerbPause:
		return p.pauseFields()
	case cases.VerbWithdraw:
		return []ui.FieldOpts{{Name: "opinion", Label: "撤回的理由", Value: "申请人到窗口要求撤回申请。", Required: true, MaxLength: 500, Autofocus: true}}
	case cases.VerbCorrect, cases.VerbSupplement:
		return []ui.FieldOpts{{Name: "opinion", Label: "说明", MaxLength: 500}}
	case cases.VerbRequestCorrection:
		return []ui.FieldOpts{{Name: "days", Label: "补正期限", Type: "number", Min: "1", Max: "60", Suffix: "个工作日", Help: "不填按本市规定的天数。"}}
	}
	return nil
}

// deliverFields: whoever was identified by their document stands here already.
func (p *actPage) deliverFields() []ui.FieldOpts {
	tail := ""
	if p.visit.proven() && len(p.visit.IDNo) >= 4 {
		tail = p.visit.IDNo[len(p.visit.IDNo)-4:]
	}
	list := []ui.FieldOpts{
		{Name: "receiver", Label: "领取人", Required: p.c.Deliver == cases.DeliverWindow, MaxLength: 100, Value: p.c.Applicant.Name, Autocomplete: "off"},
		{Name: "receiver_id_no", Label: "领取人证件号后四位", MaxLength: 4, Value: tail, Autocomplete: "off", Help: "核对证件后填写；本人已刷证件的自动带出。"},
		{Name: "opinion", Label: "签收备注", MaxLength: 200, Value: "已在送达回证上签名。", Help: "代领的写明与申请人的关系和委托书。"},
	}
	if p.c.Deliver == cases.DeliverPost {
		list = append([]ui.FieldOpts{{Name: "tracking", Label: "邮件号码", Required: true, MaxLength: 40, Autocomplete: "off", Help: "寄往：" + p.c.DeliverTo.Address}}, list...)
	}
	return list
}

func (p *actPage) pauseFields() []ui.FieldOpts {
	var options []ui.Option
	for _, x := range p.def.Procedures() {
		label := cases.ProcedureName(x.Kind)
		if x.Days > 0 {
			label += "（" + strconv.Itoa(x.Days) + "个工作日）"
		}
		options = append(options, ui.Option{Value: x.Kind, Label: label})
	}
	return []ui.FieldOpts{
		{Name: "procedure", Label: "特别程序", Type: "select", Required: true, Options: options},
		{Name: "days", Label: "预计需要", Type: "number", Min: "1", Max: "366", Suffix: "个工作日", Help: "事项规定了天数的可以不填。"},
		{Name: "opinion", Label: "理由和依据", Required: true, MaxLength: 500},
	}
}

// shown gives a field what was typed and what is wrong with it; the first one
// takes the focus.
func (p *actPage) shown(o ui.FieldOpts, first bool) ui.FieldOpts {
	if p.form.Has(o.Name) {
		o.Value = p.form.Value(o.Name)
	}
	o.Error, o.Autofocus = p.form.ErrorOf(o.Name), first
	return o
}
