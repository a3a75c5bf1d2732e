package apply

import (
	"slices"
	"strings"

	"yimen/internal/cases"
	"yimen/internal/catalogue"
	"yimen/internal/kit/errs"
)

// The parts of an application at home, as their pages are grouped.
const (
	groupPeople    = "申请人"
	groupQuestions = "您的情况"
	groupForm      = "填写表单"
	groupMaterials = "提交材料"
	groupDeliver   = "领取结果"
)

// stop is one page of an application at home: one question, a few fields that
// belong together, one material.
type stop struct {
	key   string // last part of its address: questions/age, form/applicant_name, materials/id_card
	group string
	title string
	need  bool // the application cannot be sent without it
	done  bool // filled in and right
	said  bool // has been filled in, perhaps not rightly
	aside bool // right as it is: not on the way, but can be opened from the answers read back
}

func (s stop) kind() string { kind, _, _ := strings.Cut(s.key, "/"); return kind }
func (s stop) id() string   { _, id, _ := strings.Cut(s.key, "/"); return id }

// missing says that the page has to be visited before the application is sent.
func (s stop) missing() bool { return s.need && !s.done }

// plan is the way through an application as the answers so far make it: it
// grows and shrinks with them.
func (j *journey) plan() []stop {
	sub, list := j.draft.Submission, []stop{}
	seen := func(key string) bool { return slices.Contains(sub.Pages, key) }
	if len(j.principals) > 0 {
		list = append(list, stop{key: "people", group: groupPeople, title: "为谁申请", need: true, done: sub.Applicant.Name != "" && j.standing()})
	}
	list = append(list, stop{key: "phone", group: groupPeople, title: "联系电话", need: true, done: sub.Applicant.Phone != "" && j.standing()})
	for _, q := range j.list.Questions {
		_, answered := j.list.Answers[q.ID]
		list = append(list, stop{key: "questions/" + q.ID, group: groupQuestions, title: q.Text, need: true, done: answered})
	}
	for _, p := range j.parts {
		key := "form/" + p.id
		list = append(list, stop{key: key, group: groupForm, title: p.title, need: true,
			done: seen(key) && len(p.problems(j.problems)) == 0})
	}
	for _, m := range j.list.Materials {
		if m.Needless() {
			continue // the list of materials says so; there is nothing to do
		}
		key, none := "materials/"+m.ID, empty(HandedOf(sub.Materials, m.ID))
		list = append(list, stop{key: key, group: groupMaterials, title: m.Name, need: m.Required(),
			done: !none || m.ByForm || !m.Required() && seen(key), aside: none && m.ByForm})
	}
	if deferred(sub.Materials) {
		list = append(list, stop{key: "defer", group: groupMaterials, title: "什么时候补交容缺材料", need: true, done: seen("defer")})
	}
	if j.asksDelivery() {
		done := slices.Contains(j.def.Result.DeliverBy, sub.Deliver) && (sub.Deliver != cases.DeliverPost || sub.DeliverTo != "")
		list = append(list, stop{key: "deliver", group: groupDeliver, title: "结果怎么给您", need: true, done: done && seen("deliver")})
	}
	for i := range list {
		list[i].said = list[i].done || seen(list[i].key)
	}
	return list
}

// asksDelivery says that there is a choice of how the result comes, or an
// address to be given.
func (j *journey) asksDelivery() bool {
	ways := j.def.Result.DeliverBy
	return len(ways) > 1 || len(ways) == 1 && ways[0] == cases.DeliverPost
}

// find is the place of a page in the plan; -1 when it is not part of it.
func (j *journey) find(key string) int {
	return slices.IndexFunc(j.stops, func(s stop) bool { return s.key == key })
}

// missing are the pages that still want something, in order.
func (j *journey) missing() []stop {
	return slices.DeleteFunc(slices.Clone(j.stops), func(s stop) bool { return !s.missing() })
}

// settled says that no answer to come will change the list of pages.
func (j *journey) settled() bool { return j.list.Complete }

// after is where to go when a page is filled in: on to the next one, or, when
// one came from the answers read back, straight back there unless the new
// answer made something else necessary.
func (j *journey) after(key string) string {
	if j.from == fromReview {
		if open := j.missing(); len(open) > 0 {
			return j.stopURL(open[0].key)
		}
		return j.url("review")
	}
	for i := j.find(key) + 1; i > 0 && i < len(j.stops); i++ {
		if !j.stops[i].aside {
			return j.stopURL(j.stops[i].key)
		}
	}
	return j.url("review")
}

// resume is the first page that still wants something, else the answers read
// back.
func (j *journey) resume() string {
	if open := j.missing(); len(open) > 0 {
		return j.stopURL(open[0].key)
	}
	return j.url("review")
}

// before is the page to go back to.
func (j *journey) before() string {
	if j.from == fromReview {
		return j.url("review")
	}
	for i := j.at - 1; i >= 0; i-- {
		if !j.stops[i].aside {
			return j.stopURL(j.stops[i].key)
		}
	}
	return ""
}

// steps are the pages on the way, and how many of them lie up to the one in
// sight.
func (j *journey) steps() (here, all int) {
	for i, s := range j.stops {
		if s.aside && i != j.at {
			continue
		}
		if all++; i <= j.at {
			here++
		}
	}
	return here, all
}

// last is the page before the answers are read back.
func (j *journey) last() string {
	for i := len(j.stops) - 1; i >= 0; i-- {
		if !j.stops[i].aside {
			return j.stops[i].key
		}
	}
	return ""
}

// part is some fields of the form that stand on one page.
type part struct {
	id     string // name of its first field: stays when the form gets others
	title  string
	fields []catalogue.FormField
}

// fewFields is how many fields one page asks for at most; a table always has a
// page of its own.
const fewFields = 6

// partsOf cuts the form into pages: a section is a page, a long one several of
// about the same length. Fields that hang on one before them stay beside it.
func partsOf(fields []catalogue.FormField) []part {
	var parts []part
	for _, s := range catalogue.FormSections(fields) {
		cut := cutSection(s.Fields)
		for i, fs := range cut {
			p := part{id: fs[0].Name, title: s.Title, fields: fs}
			if p.title == "" {
				p.title = fs[0].Title
			}
			if len(fs) == 1 && len(fs[0].Columns) > 0 {
				p.title = fs[0].Title
			} else if len(cut) > 1 && i > 0 {
				p.title += "（续）"
			}
			parts = append(parts, p)
		}
	}
	return parts
}

func cutSection(fields []catalogue.FormField) [][]catalogue.FormField {
	var cut [][]catalogue.FormField
	var run []catalogue.FormField
	flush := func() {
		cut = append(cut, evenly(run)...)
		run = nil
	}
	for _, f := range fields {
		switch {
		case f.Widget == "hidden":
		case len(f.Columns) > 0:
			flush()
			cut = append(cut, []catalogue.FormField{f})
		default:
			run = append(run, f)
		}
	}
	flush()
	return cut
}

// evenly cuts a run of fields into pieces of at most fewFields, about equally
// long, and never between a field and one that hangs on it.
func evenly(run []catalogue.FormField) [][]catalogue.FormField {
	if len(run) == 0 {
		return nil
	}
	pages := (len(run) + fewFields - 1) / fewFields
	each := (len(run) + pages - 1) / pages
	var cut [][]catalogue.FormField
	for start := 0; start < len(run); {
		end := min(start+each, len(run))
		for end < len(run) && hangsOn(run[end], run[start:end]) {
			end++
		}
		cut = append(cut, run[start:end])
		start = end
	}
	return cut
}

func hangsOn(f catalogue.FormField, before []catalogue.FormField) bool {
	return slices.ContainsFunc(before, func(b catalogue.FormField) bool { _, ok := f.When[b.Name]; return ok })
}

// shownParts leaves out the parts of which nothing is asked, given the rest of
// the form, and in the others the fields that hang on another page and are not
// asked; what hangs on a field of the same page stays, the page folds it.
func shownParts(parts []part, form map[string]any) []part {
	var list []part
	for _, p := range parts {
		var fields []catalogue.FormField
		for _, f := range p.fields {
			outside, within := splitWhen(f, p.fields)
			if (catalogue.FormField{When: outside}).Shown(form) {
				f.When = within
				fields = append(fields, f)
			}
		}
		if len(fields) > 0 {
			p.fields = fields
			list = append(list, p)
		}
	}
	return list
}

func splitWhen(f catalogue.FormField, page []catalogue.FormField) (outside, within map[string][]string) {
	outside, within = map[string][]string{}, map[string][]string{}
	for name, values := range f.When {
		if slices.ContainsFunc(page, func(o catalogue.FormField) bool { return o.Name == name }) {
			within[name] = values
		} else {
			outside[name] = values
		}
	}
	return outside, within
}

// owns says whether a posted name, without "form.", belongs to the part.
func (p part) owns(name string) bool {
	return slices.ContainsFunc(p.fields, func(f catalogue.FormField) bool {
		return name == f.Name || len(f.Columns) > 0 && strings.HasPrefix(name, f.Name+".")
	})
}

// problems are those of its fields.
func (p part) problems(all []errs.Field) []errs.Field {
	return slices.DeleteFunc(slices.Clone(all), func(e errs.Field) bool { return !p.owns(strings.TrimPrefix(e.Name, "form.")) })
}
