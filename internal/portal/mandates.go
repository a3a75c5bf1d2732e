package portal

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"

	"yimen/internal/catalogue"
	"yimen/internal/identity"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
	"yimen/workday"
)

// MandatesURL is for whom one acts, and who acts for one.
func MandatesURL() string { return "/my/mandates" }

// NewMandateURL is where a mandate is proposed, for an item or for any.
func NewMandateURL(item string) string { return "/my/mandates/new" + query("item", item) }

func mandateURL(id, act string) string { return "/my/mandates/" + url.PathEscape(id) + "/" + act }

// mandateRate is how often a minute one account may name somebody: names and
// numbers are not to be tried out.
const mandateRate = 10

// mandateKey counts by account: a hall sits behind one address.
func mandateKey(r *http.Request) string { return identity.Subject(r) }

// mandatesPage is every mandate of the account, what waits for it first.
type mandatesPage struct {
	me     string
	groups []mandateGroup
	items  map[string]string // names by code
	next   string
	paged  bool
}

type mandateGroup struct {
	id, title string
	list      []identity.Mandate
}

func (m *Module) mandates(w http.ResponseWriter, r *http.Request) error {
	p, err := m.mandatesOf(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, mandatesView(p))
}

func (m *Module) mandatesOf(r *http.Request) (mandatesPage, error) {
	ctx, me := r.Context(), identity.FromContext(r.Context()).Account
	p := mandatesPage{me: me, items: map[string]string{}, paged: r.URL.Query().Get("after") != ""}
	list, next, err := m.Identity.Mandates(ctx, db.Page{Limit: 50, After: r.URL.Query().Get("after")})
	if err != nil {
		return p, err
	}
	p.next = next
	today := workday.DateOf(clock.FromContext(ctx, m.Clock).Now(), clock.Beijing)
	p.groups = []mandateGroup{{id: "asked", title: "等您确认"}, {id: "for", title: "您替谁办"}, {id: "by", title: "谁替您办"},
		{id: "waiting", title: "等对方确认"}, {id: "ended", title: "已经结束的"}}
	for _, x := range list {
		at := 4
		switch {
		case x.State == identity.MandateProposed && x.To.Before(today):
		case x.State == identity.MandateProposed && x.ProposedBy != me:
			at = 0
		case x.State == identity.MandateProposed:
			at = 3
		case x.State == identity.MandateActive && !x.To.Before(today) && x.Agent == me:
			at = 1
		case x.State == identity.MandateActive && !x.To.Before(today):
			at = 2
		}
		p.groups[at].list = append(p.groups[at].list, x)
		for _, code := range x.Items {
			p.items[code] = code
		}
	}
	return p, m.nameItems(ctx, p.items)
}

// nameItems puts the names of items to their codes; one that is no more keeps
// its code.
func (m *Module) nameItems(ctx context.Context, items map[string]string) error {
	for code := range items {
		v, err := m.Catalogue.Current(ctx, code)
		if err != nil {
			if k := errs.KindOf(err); k == errs.Internal || k == errs.Unavailable {
				return err
			}
			continue
		}
		items[code] = v.Definition.Name
	}
	return nil
}

// actOnMandate is one side's yes or no.
func (m *Module) actOnMandate(act func(context.Context, string) (identity.Mandate, error), done string) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		_, err := act(r.Context(), r.PathValue("id"))
		switch {
		case errors.Is(err, identity.ErrMandateState), errors.Is(err, identity.ErrMandateExpired):
			web.Flash(r, "warning", errs.From(err).Message)
		case err != nil:
			return err
		default:
			web.Flash(r, "success", done)
		}
		return web.Redirect(w, r, MandatesURL())
	}
}

// newMandatePage proposes a mandate.
type newMandatePage struct {
	form       *web.Form
	enterprise bool
	chosen     []catalogue.Item // ticked, or to be ticked
	searched   bool
}

func (m *Module) newMandate(w http.ResponseWriter, r *http.Request) error {
	p := m.mandatePage(r, web.NewForm(nil))
	today := workday.DateOf(clock.FromContext(r.Context(), m.Clock).Now(), clock.Beijing)
	p.form.Set("to", workday.NewDate(today.Year()+1, today.Month(), min(today.Day(), 28)).String())
	p.form.Set("scope", identity.ScopeAll)
	p.form.Set("side", cmp.Or(r.URL.Query().Get("side"), "agent"))
	p.form.Set("kind", identity.MandatePerson)
	if n := r.URL.Query().Get("case"); n != "" {
		p.form.Set("scope", identity.ScopeCase)
		p.form.Set("side", "principal")
		p.form.Set("case", n)
	}
	if code := r.URL.Query().Get("item"); code != "" {
		p.form.Set("scope", identity.ScopeItems)
		p.form.Set("items", code)
	}
	if err := m.offerItems(r.Context(), p); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, newMandateView(p))
}

func (m *Module) mandatePage(r *http.Request, form *web.Form) *newMandatePage {
	return &newMandatePage{form: form, enterprise: identity.FromContext(r.Context()).Kind == identity.KindEnterprise}
}

// offerItems looks up the items chosen so far and those that fit the words.
func (m *Module) offerItems(ctx context.Context, p *newMandatePage) error {
	for _, code := range p.form.Values("items") {
		v, err := m.Catalogue.Current(ctx, code)
		if errs.KindOf(err) == errs.NotFound && err != nil {
			continue
		}
		if err != nil {
			return err
		}
		p.chosen = append(p.chosen, catalogue.Item{Code: v.Definition.Code, Name: v.Definition.Name})
	}
	words := p.form.Value("find")
	if words == "" {
		return nil
	}
	p.searched = true
	found, _, err := m.Catalogue.Search(ctx, catalogue.Query{Q: words}, db.Page{Limit: 10})
	if err != nil {
		return err
	}
	for _, it := range found {
		if !slices.ContainsFunc(p.chosen, func(x catalogue.Item) bool { return x.Code == it.Code }) {
			p.chosen = append(p.chosen, it)
		}
	}
	return nil
}

func (m *Module) proposeMandate(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	p := m.mandatePage(r, form)
	if form.Value("do") == "find" { // nothing is proposed yet: more items to choose from
		form.Set("scope", identity.ScopeItems)
		if err := m.offerItems(r.Context(), p); err != nil {
			return err
		}
		return web.Render(w, r, http.StatusUnprocessableEntity, newMandateView(p))
	}
	x := identity.Proposal{AsAgent: form.Value("side") == "agent" && !p.enterprise, Kind: form.Value("kind"), Name: form.Value("name"),
		IDNo: form.Value("id_no"), Account: form.Value("account"), Scope: form.Value("scope"), Items: form.Values("items"),
		Case: form.Value("case"), Purpose: form.Value("purpose")}
	x.To = form.Date("to")
	if form.OK() {
		_, err = m.Identity.ProposeMandate(r.Context(), x)
		if err := form.Merge(err); err != nil {
			return err
		}
	}
	if !form.OK() {
		if err := m.offerItems(r.Context(), p); err != nil {
			return err
		}
		return web.Render(w, r, http.StatusUnprocessableEntity, newMandateView(p))
	}
	web.Flash(r, "success", "已经提出，对方确认后生效。我们会通知他。")
	return web.Redirect(w, r, MandatesURL())
}

// scopeText says what a mandate is for.
func (p mandatesPage) scopeText(x identity.Mandate) string {
	switch x.Scope {
	case identity.ScopeAll:
		return "所有事项"
	case identity.ScopeCase:
		return "只有办件 " + x.Case
	}
	text := ""
	for i, code := range x.Items {
		if i > 0 {
			text += "、"
		}
		text += p.items[code]
	}
	return text
}

// sentenceOf says in a line who may do what for whom.
func (p mandatesPage) sentenceOf(x identity.Mandate) string {
	if x.Agent == p.me {
		return "您可以替" + x.PrincipalName + "办"
	}
	return x.AgentName + "可以替您办"
}

var mandateKindNames = map[string]string{
	identity.MandatePerson: "委托", identity.MandateFamily: "亲属", identity.MandateEnterprise: "单位经办人",
}

func (p mandatesPage) rows(x identity.Mandate) []ui.Row {
	rows := []ui.Row{
		{Label: "关系", Value: mandateKindNames[x.Kind]},
		{Label: "范围", Value: p.scopeText(x)},
		{Label: "期限", Value: x.From.Chinese() + "至" + x.To.Chinese()},
		{Label: "办什么", Value: x.Purpose},
	}
	if x.EndedAt != nil {
		rows = append(rows, ui.Row{Label: "结束", Value: ui.DateTime(*x.EndedAt) + "，" + x.EndedBy})
	}
	return rows
}

// endLabel is how a side says no.
func (p mandatesPage) endLabel(x identity.Mandate) string {
	switch {
	case x.State == identity.MandateActive:
		return "结束委托"
	case x.ProposedBy == p.me:
		return "撤回"
	}
	return "不同意"
}
