package designer

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"yimen/internal/catalogue"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
)

func (m *Module) showOverview(w http.ResponseWriter, r *http.Request) error {
	p, err := m.load(r.Context(), r.PathValue("code"), "")
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, overviewView(p))
}

// actOnItem does a verb: the whole life of a version from one form.
func (m *Module) actOnItem(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	code, verb := r.PathValue("code"), catalogue.Verb(form.Value("verb"))
	at := time.Time{}
	if verb == catalogue.Schedule {
		// A time that cannot be read is none, and Schedule says so.
		at, _ = time.ParseInLocation("2006-01-02T15:04", form.Value("effective_at"), clock.Beijing)
	}
	_, err = m.Catalogue.Do(r.Context(), catalogue.Act{Item: code, Seen: seenOf(form), Opinion: form.Value("opinion")}, verb, at)
	if err == nil {
		web.Flash(r, "success", "已"+verb.String()+"。")
		return web.Redirect(w, r, itemURL(code))
	}
	status, err := told(form, err)
	if err != nil {
		return err
	}
	p, err := m.load(r.Context(), code, "")
	if err != nil {
		return err
	}
	p.Form = form
	return web.Render(w, r, status, overviewView(p))
}

// acts are the verbs of the form of acts, in the order of a version's life.
func (p *page) acts() []catalogue.Verb {
	var list []catalogue.Verb
	for _, v := range []catalogue.Verb{catalogue.Submit, catalogue.Approve, catalogue.Publish, catalogue.Schedule, catalogue.Unschedule, catalogue.Recall,
		catalogue.Reject, catalogue.Resume, catalogue.Suspend, catalogue.Discard, catalogue.Cancel} {
		if slices.Contains(p.Verbs, v) {
			list = append(list, v)
		}
	}
	return list
}

func (p *page) may(v catalogue.Verb) bool { return slices.Contains(p.Verbs, v) }

func kindOf(v catalogue.Verb) string {
	switch v {
	case catalogue.Cancel, catalogue.Reject:
		return "danger"
	case catalogue.Discard:
		return "outline-danger"
	case catalogue.Suspend, catalogue.Recall, catalogue.Schedule, catalogue.Unschedule:
		return "outline-primary"
	}
	return "primary"
}

// confirmOf is what is asked before a step that citizens notice, or that
// cannot be taken back.
func confirmOf(v catalogue.Verb) string {
	switch v {
	case catalogue.Publish:
		return "发布后群众即按此版本办理，且不能再修改。确定发布？"
	case catalogue.Suspend:
		return "暂停后不再接受新的申请，在办的不受影响。确定暂停？"
	case catalogue.Cancel:
		return "取消后不能恢复，编号也不再使用。确定取消？"
	case catalogue.Discard:
		return "放弃后这一版的改动全部作废，群众看到的版本不变。确定放弃？"
	}
	return ""
}

// timeline is what was done, newest first.
func (p *page) timeline() []ui.TimelineEntry {
	var list []ui.TimelineEntry
	for _, h := range p.History {
		e := ui.TimelineEntry{At: h.At, Title: fmt.Sprintf("%s（%s）", h.Verb, versionWord(h.N)), Who: h.ActorName, Text: h.Opinion}
		if len(h.Changed) > 0 {
			e.Text = "修改了" + strings.Join(h.Changed, "、") + "。" + e.Text
		}
		list = append(list, e)
	}
	return list
}

// summary is what an item says of itself on its first page.
func (p *page) summary() []ui.Row {
	d := p.Now
	var offered []string
	for _, l := range d.Levels {
		offered = append(offered, labelOf(itemLevels, fmt.Sprint(l)))
	}
	return []ui.Row{
		{Label: "责任部门", Value: d.DeptName}, {Label: "事项类型", Value: labelOf(itemTypes, d.Type)}, {Label: "行使层级", Value: strings.Join(offered, "、")},
		{Label: "决定层级", Value: labelOf(itemLevels, fmt.Sprint(d.DecidedAt))}, {Label: "承诺时限", Value: d.Promised.Promise()}, {Label: "法定时限", Value: d.Statutory.Chinese()},
		{Label: "材料", Value: fmt.Sprintf("%d份，其中每个人都要交的%d份", len(d.Materials), len(d.BaseMaterials))},
		{Label: "问题", Value: fmt.Sprintf("%d个", len(d.Situations))}, {Label: "办理环节", Value: fmt.Sprintf("%d个", len(d.Process.Steps()))},
	}
}
