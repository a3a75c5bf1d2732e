package designer

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"yimen/internal/catalogue"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
)

// page is an item in the editor: what every page of it shows around its own
// content.
type page struct {
	catalogue.Sheet
	Now      *catalogue.Definition // the newest version
	InForce  *catalogue.Definition // the published one, nil when there is none
	Changes  []Change              // of Now against InForce
	Remarks  []catalogue.Remark
	Current  string // key of the section
	Title    string
	Form     *web.Form
	Conflict []Change // what somebody else wrote, against what was typed
	Saved    string   // what the page says about the last save
}

// load reads an item for its editor; section is the key of the tab.
func (m *Module) load(ctx context.Context, code, section string) (*page, error) {
	s, err := m.Catalogue.Sheet(ctx, code)
	if err != nil {
		return nil, err
	}
	p := &page{Sheet: s, Current: section}
	p.Now = &p.Newest.Definition
	if tab, ok := sectionOf(section); ok {
		p.Title = tab.Title
	}
	if p.Remarks, err = m.Catalogue.Remarks(ctx, code); err != nil {
		return nil, err
	}
	if n := p.published(); n > 0 {
		v, err := m.Catalogue.Version(ctx, code, n)
		if err != nil {
			return nil, err
		}
		p.InForce = &v.Definition
		if n != p.Newest.N {
			p.Changes, err = Compare(p.InForce, p.Now)
			return p, err
		}
	}
	return p, nil
}

// published is the number of the version in force, 0 when there is none.
func (p *page) published() int {
	for _, v := range p.Versions {
		if v.State == catalogue.Published || v.State == catalogue.Suspended {
			return v.N
		}
	}
	return 0
}

func (p *page) mayEdit() bool { return slices.Contains(p.Verbs, catalogue.Edit) }

func (p *page) mayReview() bool {
	return slices.Contains(p.Verbs, catalogue.Approve) || slices.Contains(p.Verbs, catalogue.Reject)
}

// findingsOf are the publication findings of a section.
func (p *page) findingsOf(key string) []catalogue.Finding {
	var list []catalogue.Finding
	for _, f := range p.Findings {
		if sectionOfField(f.Field).Key == key {
			list = append(list, f)
		}
	}
	return list
}

// notes are the findings and remarks about one field; those about a limit as a
// whole stand beside its number.
func (p *page) notes(path string) (found []catalogue.Finding, said []catalogue.Remark) {
	for _, f := range p.Findings {
		if f.Field == path || f.Field == strings.TrimSuffix(path, ".n") {
			found = append(found, f)
		}
	}
	for _, r := range p.Remarks {
		if r.Field == path || r.Field == strings.TrimSuffix(path, ".n") {
			said = append(said, r)
		}
	}
	return found, said
}

// was is how a field reads in the version in force, and whether that differs.
func (p *page) was(path string) (string, bool) {
	for _, c := range p.Changes {
		if c.Path == path {
			return c.Before, true
		}
	}
	return "", false
}

func (p *page) changesOf(title string) []Change { return only(p.Changes, title) }

// lead says which item this is and, where nothing saves itself, which version;
// the pages of sections say that at their side, where it changes with the draft.
func (p *page) lead() string {
	if p.Current != "" {
		return p.Item.Code + " · " + p.Item.DeptName
	}
	state := p.Newest.State.String()
	if p.InForce == nil {
		return fmt.Sprintf("%s · %s · 第%d版（%s），还没有发布过", p.Item.Code, p.Item.DeptName, p.Newest.N, state)
	}
	if p.published() == p.Newest.N {
		return fmt.Sprintf("%s · %s · 第%d版（%s）", p.Item.Code, p.Item.DeptName, p.Newest.N, state)
	}
	return fmt.Sprintf("%s · %s · 第%d版（%s），群众现在看到的是第%d版", p.Item.Code, p.Item.DeptName, p.Newest.N, state, p.published())
}

func (p *page) opts(title string) ui.PageOpts {
	return ui.PageOpts{Title: title + " · " + p.Now.Name, Heading: p.Now.Name, Face: ui.Staff, Lead: p.lead(),
		Breadcrumb: crumbs(p.Now, title), Styles: []string{"designer.css"}}
}

// statusTitle says what the newest version is: a draft only once something was
// changed.
func (p *page) statusTitle() string {
	return versionWord(p.Newest.N) + "（" + p.Newest.State.String() + "）"
}

// editStatus is one word about the state of the draft.
func (p *page) editStatus() string {
	switch {
	case p.Saved != "":
		return p.Saved
	case !p.mayEdit():
		return "只能查看：" + whyNot(p)
	case p.Newest.State == catalogue.Draft || p.Newest.State == catalogue.Rejected:
		return "改动自动保存为草稿。"
	}
	return "没有未提交的改动。修改任何一处，就开始起草新的一版。"
}

func whyNot(p *page) string {
	switch p.Newest.State {
	case catalogue.InReview, catalogue.Approved, catalogue.Scheduled:
		return "这一版" + p.Newest.State.String() + "，要修改请先撤回或驳回。"
	}
	return "您没有编辑这个事项的权限。"
}

// seenOf is the Edit number that a page was filled in at.
func seenOf(f *web.Form) int64 {
	n, _ := strconv.ParseInt(f.Value("seen"), 10, 64) // anything else is 0: nothing seen
	return n
}

// partial says that htmx asks for the editor alone, after a change.
func partial(r *http.Request) bool { return r.Header.Get("HX-Request-Type") == "partial" }

// change stores an edit of the fields that a section owns. Only the button
// that says so saves; everything else the page does by itself.
func (m *Module) change(r *http.Request, form *web.Form, key string, fn func(*catalogue.Definition) error) (catalogue.Saved, error) {
	s, _ := sectionOf(key)
	return m.Catalogue.Change(r.Context(), catalogue.Revision{Item: r.PathValue("code"), Seen: seenOf(form), Fields: s.Owns,
		ByItself: partial(r) || form.Value("op") != ""}, fn)
}

// told merges an error into the form for showing it on the page, and gives the
// status; an error that is not about the input comes back.
func told(form *web.Form, err error) (int, error) {
	status := errs.KindOf(err).Status()
	return status, form.Merge(err)
}

func versionWord(n int) string { return "第" + strconv.Itoa(n) + "版" }

func savedWords(s catalogue.Saved) string {
	if !s.Changed {
		return "没有改动。"
	}
	if len(s.Findings) == 0 {
		return fmt.Sprintf("已存为第%d版草稿，发布检查全部通过。", s.N)
	}
	return fmt.Sprintf("已存为第%d版草稿，发布前还有%d个问题。", s.N, len(s.Findings))
}

func trimLines(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n")) }
