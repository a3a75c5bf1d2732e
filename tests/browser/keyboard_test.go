package browser_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"yimen/internal/kit/webtest/browser"
)

// The stepwise pages need no mouse either, and wherever the focus is can be
// seen. The window's own page is in counter_test.go.
func TestStepsByKeyboard(t *testing.T) {
	c := theCity()
	clerk := visit(t, c).As(villageClerk)
	k := &keys{clerk}
	a := &application{item: "SG01006", division: theVillage, account: villager}
	a.ready(t, c)

	clerk.Open("/counter/apply/new?item=" + a.item + "&at=" + a.division) // the pages one after another
	k.onto("就在“")
	k.enter()
	k.people(a)
	k.questions(a)
	k.form(a)
	k.materials()
	k.review()
	clerk.Says("收件完成", a.who.Name, a.def.Name)
	k.onto("打印")
	k.enter()
	clerk.Says("打印", a.who.Name)
	clerk.Calm(t)
}

// keys is a visitor who has no mouse.
type keys struct{ *visitor }

func (k *keys) press(key string, modifiers ...chromedp.Modifier) {
	k.t.Helper()
	must(k.t, chromedp.Do(k.Context(), chromedp.KeyEvent(key, chromedp.KeyModifiers(modifiers...))))
}

func (k *keys) typed(text string) { k.t.Helper(); k.press(text) }

// enter sends the form or follows the link that has the focus.
func (k *keys) enter() { k.t.Helper(); k.leave(kb.Enter) }

// next sends the page by its shortcut.
func (k *keys) next() { k.t.Helper(); k.leave("s", chromedp.ModifierAlt) }

// leave presses what leads to another page, and waits for it.
func (k *keys) leave(key string, modifiers ...chromedp.Modifier) {
	k.t.Helper()
	ctx, cancel := context.WithTimeout(k.Context(), patience)
	defer cancel()
	pressed := chromedp.KeyEvent(key, chromedp.KeyModifiers(modifiers...))
	if _, err := chromedp.Run(ctx, chromedp.WaitEvent(page.LoadEventFired, nil, pressed)); err != nil {
		k.t.Fatalf("%s: no page follows the key %q at %+v: %v\n%s", k.At(), key, k.at(), err, k.Excerpt())
	}
}

// standing is where the focus is, and whether one can see that.
type standing struct {
	Name, Type, Value, Text string
	Visible                 bool
	Checked                 bool
}

func (k *keys) at() standing {
	k.t.Helper()
	return browser.Eval[standing](k.Browser, `(() => {
		const e = document.activeElement;
		const marked = x => { const s = getComputedStyle(x); return (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 1) || s.boxShadow !== "none"; };
		return {Name: e.name || "", Type: e.type || e.tagName.toLowerCase(), Value: e.value || "", Checked: !!e.checked,
			Text: (e.getAttribute("aria-label") || e.innerText || "").replace(/\s+/g, " ").trim(),
			Visible: e === document.body || marked(e) || (e.closest("label") !== null && marked(e.closest("label")))};
	})()`)
}

// focused fails the test unless the focus comes into a field; browsers put it
// there with the first picture of the page, not before.
func (k *keys) focused(name string) {
	k.t.Helper()
	for until := time.Now().Add(patience / 4); k.at().Name != name; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(until) {
			k.t.Fatalf("%s: the focus is at %+v, want field %s", k.At(), k.at(), name)
		}
	}
}

// tabTo goes on with Tab until it stands where wanted.
func (k *keys) tabTo(what string, wanted func(standing) bool) {
	k.t.Helper()
	for range 80 {
		at := k.at()
		if !at.Visible {
			k.t.Fatalf("%s: the focus cannot be seen at %+v", k.At(), at)
		}
		if wanted(at) {
			return
		}
		k.press(kb.Tab)
	}
	k.t.Fatalf("%s: Tab does not lead to %s\n%s", k.At(), what, k.Excerpt())
}

// onto goes to a link or button by what it says.
func (k *keys) onto(text string) {
	k.t.Helper()
	k.tabTo("“"+text+"”", func(at standing) bool { return strings.HasPrefix(at.Text, text) && at.Type != "body" })
}

func (k *keys) field(name string) standing {
	k.t.Helper()
	k.tabTo(name, func(at standing) bool { return at.Name == name })
	return k.at()
}

func (k *keys) people(a *application) {
	k.t.Helper()
	k.stands("people")
	k.focused("applicant.name")
	k.typed(a.who.Name)
	k.field("applicant.id_no")
	k.typed(a.who.IDNo)
	k.field("applicant.phone")
	k.typed(a.who.Phone)
	k.next()
}

func (k *keys) questions(a *application) {
	k.t.Helper()
	k.stands("questions")
	for range 10 {
		shown := browser.Eval[[]string](k.Browser, `[...new Set(Array.from(document.querySelectorAll('main input[name^="answers."]:not([type=hidden])')).map(e => e.name))]`)
		for _, name := range shown {
			id := strings.TrimPrefix(name, "answers.")
			a.given[id] = a.choice(k.t, id)
			k.pick(name, a.given[id])
		}
		k.next()
		if k.Last() != "questions" {
			return
		}
	}
}

// pick chooses among radio buttons with the arrows, among boxes with the blank.
func (k *keys) pick(name string, values []string) {
	k.t.Helper()
	at := k.field(name)
	if at.Type == "radio" {
		if !at.Checked {
			k.press(" ")
		}
		for range 20 {
			if at = k.at(); at.Value == values[0] && at.Checked {
				return
			}
			k.press(kb.ArrowDown)
		}
		k.t.Fatalf("%s: the arrows do not reach %s of %s", k.At(), values[0], name)
	}
	for _, value := range values {
		k.tabTo(name+"="+value, func(at standing) bool { return at.Name == name && at.Value == value })
		if !k.at().Checked {
			k.press(" ")
		}
	}
}

func (k *keys) form(a *application) {
	k.t.Helper()
	k.stands("form")
	fields, values := k.written(a)
	for _, f := range fields {
		name, said := "form."+f.Name, values[f.Name]
		if len(said) == 0 || said[0] == "" || len(f.Columns) > 0 || k.Has(`[name="`+name+`"]`) == 0 {
			continue
		}
		k.write(name, said)
	}
	k.next()
	if k.Last() == "form" {
		k.t.Fatalf("the form is not taken\n%s", k.Text("#error-summary"))
	}
}

func (k *keys) write(name string, values []string) {
	k.t.Helper()
	switch at := k.field(name); at.Type {
	case "radio", "checkbox":
		k.pick(name, values)
	case "select-one":
		for range 60 {
			if k.at().Value == values[0] {
				return
			}
			k.press(kb.ArrowDown)
		}
	case "date":
		if at.Value != values[0] { // the parts of a date in zh-CN: year, month, day
			parts := strings.Split(values[0], "-")
			k.typed(parts[0])
			k.press(kb.ArrowRight)
			k.typed(parts[1] + parts[2])
		}
	default:
		if at.Value != values[0] {
			k.press("a", chromedp.ModifierCtrl)
			k.typed(values[0])
		}
	}
	if at := k.at(); at.Type != "radio" && at.Type != "checkbox" && at.Value != values[0] {
		k.t.Fatalf("%s: typed %q into %s, it holds %q", k.At(), values[0], name, at.Value)
	}
}

// materials are handed over on paper, which is the first choice at a window.
func (k *keys) materials() {
	k.t.Helper()
	k.stands("materials")
	k.next()
}

func (k *keys) review() {
	k.t.Helper()
	k.stands("review")
	k.field("declared")
	k.press(" ")
	k.onto("提交申请")
	k.enter()
}
