package browser_test

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"yimen/internal/cases"
	"yimen/internal/counter"
	"yimen/internal/kit/webtest/browser"
)

// greeted begins the visit of an applicant at the village window.
func (c *city) greeted(t testing.TB, x cases.Case) string {
	t.Helper()
	a := x.Applicant
	v, err := c.Counter.Greet(c.as(t, villageClerk), counter.Visit{How: "typed", Kind: a.Type, Name: a.Name, IDType: a.IDType, IDNo: a.IDNo, Phone: a.Phone})
	must(t, err)
	return v.ID
}

// mostKeys is what a returning person with an item of three materials may cost
// a clerk, from the empty desk to the printed receipt.
const mostKeys = 40

// A clerk's hands stay on the keys: the number, two letters of the item, what is
// missing, and the receipt. Every key counts, modifiers and Tab too.
func TestIntakeInFewKeys(t *testing.T) {
	c := theCity()
	who := &application{item: "SG01001", division: theVillage, account: villager}
	c.handed(t, who) // they were here before, for the same
	for name, typed := range map[string]bool{"the number typed": true, "the card read": false} {
		t.Run(name, func(t *testing.T) {
			everySize(t, func(t *testing.T, _ *city, v *visitor) { v.takesInByKeys(t, who, typed) })
		})
	}
}

// takesInByKeys takes in what somebody has applied for before, the number typed
// or sent by a card reader, and counts the keys.
func (v *visitor) takesInByKeys(t *testing.T, who *application, number bool) {
	t.Helper()
	k := &counted{keys: &keys{v.As(villageClerk)}}
	k.Open("/counter")
	k.focused("q")
	if number {
		k.keys.typed(who.who.IDNo) // counted below, one by one
		k.n += len(who.who.IDNo)
	} else {
		k.keys.typed(who.who.IDNo + "," + who.who.Name)
	}
	k.enterTo(".ct-person", number)
	k.focused("q")
	k.tap("yl")
	k.until(`document.querySelector("#found .is-first")?.value === "` + who.item + `"`)
	k.enterTo("#in-sheet", true)
	k.Keep("sheet")
	k.gaps()
	k.Keep("ready")
	k.tap("\r") // the button has the focus
	k.until(`location.pathname.startsWith("/counter/done/") && document.readyState === "complete"`)
	k.Says("收件完成", who.who.Name).Keep("done")
	if at := k.at(); at.Type != "a" {
		t.Errorf("the focus is at %+v, want the receipt to print", at)
	}
	k.tap("\r")
	k.until(`location.pathname.includes("/notices/") && document.readyState === "complete" && !!document.querySelector(".ym-sheet")`)
	k.Says("材料收件凭证").Keep("receipt")
	t.Logf("%d keys from the desk to the receipt (at most %d)", k.n, mostKeys)
	if k.n > mostKeys {
		t.Errorf("%d keys, want at most %d", k.n, mostKeys)
	}
	k.Calm(t)
}

// counted are keys that are counted.
type counted struct {
	*keys
	n int
}

func (k *counted) tap(text string) {
	k.t.Helper()
	for _, r := range text {
		k.n++
		must(k.t, chromedp.Do(k.Context(), chromedp.KeyEvent(string(r))))
	}
}

// enterTo presses Enter, which a card reader sends by itself, and waits for
// what it leads to.
func (k *counted) enterTo(selector string, counts bool) {
	k.t.Helper()
	if counts {
		k.n++
	}
	must(k.t, chromedp.Do(k.Context(), chromedp.KeyEvent(kb.Enter)))
	k.until(`!!document.querySelector("` + selector + `") && document.readyState === "complete"`)
}

// gaps fills in what is missing, as the focus leads: a material is received with
// one key, a declaration ticked with a blank.
func (k *counted) gaps() {
	k.t.Helper()
	for range 30 {
		k.until(`!document.querySelector("#in-sheet[data-busy]")`)
		switch at := k.at(); {
		case at.Type == "submit":
			if n := browser.Eval[int](k.Browser, `Number(document.querySelector("#in-side").dataset.gaps)`); n != 0 {
				k.t.Fatalf("the button has the focus and %d are missing\n%s", n, k.Text("#in-side"))
			}
			return
		case at.Type == "radio":
			k.tap("1")
		case at.Type == "checkbox":
			k.tap(" \r")
		default:
			k.t.Fatalf("%s: the focus is at %+v, which earlier cases should have filled in", k.At(), at)
		}
	}
}

// What breaks on a slow line is tried again, and another page that stored the
// same draft is noticed: nothing typed is lost.
func TestIntakeKeepsWhatIsTyped(t *testing.T) {
	c := theCity()
	clerk := visit(t, c).As(villageClerk)
	draft := c.draft(t, villageClerk, pension())
	k := &counted{keys: &keys{clerk}}
	k.Open(counter.IntakeURL(draft, ""))
	browser.Eval[bool](k.Browser, `(() => { window.was = window.fetch; window.fetch = () => Promise.reject(new TypeError("down")); return true; })()`)
	k.Type(`input[name="applicant.name"]`, "甲")
	k.until(`document.querySelector("[data-state]").textContent.includes("正在重试")`)
	browser.Eval[bool](k.Browser, `(() => { window.fetch = window.was; return true; })()`)
	k.until(`document.querySelector("[data-state]").textContent.includes("已保存")`)
	d, err := c.Cases.Draft(c.as(t, villageClerk), draft)
	must(t, err)
	name := browser.Eval[string](k.Browser, `document.querySelector('input[name="applicant.name"]').value`)
	if d.Submission.Applicant.Name != name || name == "" {
		t.Errorf("kept %q, typed %q", d.Submission.Applicant.Name, name)
	}
	d.Submission.Draft, d.Submission.Item = d.Number, d.Item
	d.Submission.Applicant.Name = "别处改的"
	_, err = c.Cases.SaveDraft(c.as(t, villageClerk), d.Submission)
	must(t, err)
	k.Type(`input[name="applicant.name"]`, "乙")
	k.until(`document.querySelector("[data-state]").textContent.includes("另一个页面")`)
	k.until(`document.querySelector("[data-state] button")`)
	browser.Eval[bool](k.Browser, `(document.querySelector("[data-state] button").click(), true)`)
	k.until(`document.querySelector("[data-state]").textContent.includes("已保存")`)
	clerk.Calm(t)
}
