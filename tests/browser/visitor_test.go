package browser_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"yimen/internal/app"
	"yimen/internal/kit/webtest/browser"
)

// patience is how long a page may take to do what was asked of it.
const patience = 20 * time.Second

// visitor is one person at one browser.
type visitor struct {
	*browser.Browser
	t    testing.TB
	city *city
	size [2]int // of the window, in CSS pixels
}

// visit opens a Chromium of one's own.
func visit(t testing.TB, c *city) *visitor {
	t.Helper()
	return arrive(t, c, browser.New(t))
}

// beside is another person, with a browser of their own beside this one.
func (v *visitor) beside() *visitor {
	other := arrive(v.t, v.city, v.Session(v.t))
	other.screen(v.size)
	return other
}

func arrive(t testing.TB, c *city, b *browser.Browser) *visitor {
	t.Helper()
	v := &visitor{Browser: b, t: t, city: c}
	// Questions before something that cannot be undone are answered with yes.
	err := chromedp.Listen(b.Context(), func(ev any) {
		if _, asked := ev.(*page.EventJavascriptDialogOpening); asked {
			go func() { // not inside the listener, which must not wait
				_, _ = chromedp.Call(b.Context(), page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true})
			}()
		}
	})
	must(t, err)
	v.screen(desk)
	return v
}

// As signs in: by the one click of the start page of the sample city, or, as
// somebody who is not named there, with account and password.
func (v *visitor) As(account string) *visitor {
	v.t.Helper()
	v.Open("/demo")
	if v.Has(`form[action="/demo/login"] input[value="`+account+`"] ~ button`) == 0 {
		return v.LogIn(account, app.DemoPassword, "/")
	}
	v.press(`document.querySelector('form[action="/demo/login"] input[value="`+account+`"]')?.form.querySelector("button")`, "the button of "+account)
	return v
}

// LogIn signs in with account and password, on the way to a page.
func (v *visitor) LogIn(account, password, next string) *visitor {
	v.t.Helper()
	v.Open("/login?" + url.Values{"next": {next}}.Encode())
	return v.Fill("account", account).Fill("password", password).Click("登录")
}

// Open opens a page of the site.
func (v *visitor) Open(at string) *visitor {
	v.t.Helper()
	v.Go(v.city.URL + at)
	return v
}

// At is the path of the page now open.
func (v *visitor) At() string {
	v.t.Helper()
	u, err := url.Parse(v.Address())
	must(v.t, err)
	return u.Path
}

// Last is the last part of the path: the number of a case, the step of a draft.
func (v *visitor) Last() string { v.t.Helper(); return path.Base(v.At()) }

// seeing is the JavaScript with which elements are found as a person would:
// by what they show.
const seeing = `((text) => {
	const clean = s => (s || "").replace(/\s+/g, " ").trim();
	const shown = e => e.getClientRects().length > 0 && getComputedStyle(e).visibility !== "hidden";
	const name = e => clean(e.getAttribute("aria-label") || e.innerText);
	const all = root => Array.from(root.querySelectorAll("a[href], button, summary")).filter(shown);
	for (const root of [document.querySelector("main"), document]) {
		if (!root) continue;
		const list = all(root);
		const hit = list.find(e => name(e) === text) || list.find(e => name(e).startsWith(text)) || list.find(e => name(e).includes(text));
		if (hit) return hit;
	}
	return null;
})`

// Click clicks the link or button that shows a text and waits for the page it
// leads to.
func (v *visitor) Click(text string) *visitor {
	v.t.Helper()
	v.press(seeing+"("+quote(text)+")", "“"+text+"”")
	return v
}

// press clicks an element and waits for the next page.
func (v *visitor) press(element, what string) {
	v.t.Helper()
	x, y := v.aim(element, what)
	ctx, cancel := context.WithTimeout(v.Context(), patience)
	defer cancel()
	_, err := chromedp.Run(ctx, chromedp.WaitEvent(page.LoadEventFired, nil, chromedp.MouseClickXY(x, y)))
	if err != nil {
		v.t.Fatalf("%s: no page follows the click on %s: %v\n%s", v.At(), what, err, v.Excerpt())
	}
}

// tick clicks an element that leads nowhere: a box, a radio button.
func (v *visitor) tick(element, what string) *visitor {
	v.t.Helper()
	x, y := v.aim(element, what)
	must(v.t, chromedp.Do(v.Context(), chromedp.MouseClickXY(x, y)))
	return v
}

// aim brings an element into sight and gives where to click it. What a person
// cannot see or reach fails the test.
func (v *visitor) aim(element, what string) (x, y float64) {
	v.t.Helper()
	spot := browser.Eval[struct {
		X, Y   float64
		Wrong  string
		Rolled bool
	}](v.Browser, `(() => {
		const before = window.scrollY;
		const e = `+element+`;
		if (!e) return {Wrong: "is not on the page"};
		e.scrollIntoView({block: "center", inline: "nearest", behavior: "instant"});
		const r = (e.getClientRects()[0] || e.getBoundingClientRect());
		const X = r.left + Math.min(r.width / 2, 200), Y = r.top + r.height / 2;
		if (r.width === 0 || r.height === 0) return {Wrong: "cannot be seen"};
		const top = document.elementFromPoint(X, Y);
		if (!top || !(e.contains(top) || top.contains(e) || (top.closest("label") && top.closest("label").control === e)))
			return {Wrong: "is covered by " + (top ? top.outerHTML.slice(0, 150) : "nothing")};
		return {X, Y, Rolled: window.scrollY !== before};
	})()`)
	if spot.Wrong != "" {
		v.t.Fatalf("%s: %s %s\n%s", v.At(), what, spot.Wrong, v.Excerpt())
	}
	if spot.Rolled { // the window rolls a frame after the page says so
		time.Sleep(100 * time.Millisecond)
	}
	return spot.X, spot.Y
}

// Fill answers a field by its name: types into it, chooses, ticks.
func (v *visitor) Fill(name string, values ...string) *visitor {
	v.t.Helper()
	field := fieldNamed(name)
	switch kind := browser.Eval[string](v.Browser, `(() => { const e = `+field+`; return e ? (e.tagName === "INPUT" ? e.type : e.tagName.toLowerCase()) : ""; })()`); kind {
	case "":
		v.t.Fatalf("%s: no field %s\n%s", v.At(), name, v.Excerpt())
	case "radio", "checkbox":
		v.choose(name, values)
	case "select", "date", "month", "number":
		v.set(field, values)
	default:
		v.write(field, name, strings.Join(values, "\n"))
	}
	return v
}

// fieldNamed finds the first field of a name that can be seen, else the first.
func fieldNamed(name string) string {
	return `(list => list.find(e => e.getClientRects().length > 0) || list[0])(Array.from(document.getElementsByName(` + quote(name) + `)))`
}

// choose ticks the boxes of these values and clears the others.
func (v *visitor) choose(name string, values []string) {
	v.t.Helper()
	wrong := func() []string {
		return browser.Eval[[]string](v.Browser, `Array.from(document.getElementsByName(`+quote(name)+`)).filter(e => e.type !== "hidden" && e.checked !== `+
			quote(values)+`.includes(e.value) && (e.type === "checkbox" || !e.checked)).map(e => e.value)`)
	}
	for _, value := range wrong() {
		v.tick(`Array.from(document.getElementsByName(`+quote(name)+`)).find(e => e.value === `+quote(value)+` && e.type !== "hidden").closest("label")`, name+"="+value)
	}
	if left := wrong(); len(left) > 0 {
		v.t.Fatalf("%s: %s could not be set to %v; wrong are %v", v.At(), name, values, left)
	}
}

// set gives a value to a field whose typing depends on the browser's language
// or on a list that drops down.
func (v *visitor) set(field string, values []string) {
	v.t.Helper()
	got := browser.Eval[[]string](v.Browser, `(() => {
		const e = `+field+`, wanted = `+quote(values)+`;
		e.focus();
		if (e.tagName === "SELECT") Array.from(e.options).forEach(o => { o.selected = wanted.includes(o.value); });
		else e.value = wanted[0] || "";
		e.dispatchEvent(new Event("input", {bubbles: true}));
		e.dispatchEvent(new Event("change", {bubbles: true}));
		return e.tagName === "SELECT" ? Array.from(e.selectedOptions).map(o => o.value) : [e.value];
	})()`)
	if strings.Join(got, ",") != strings.Join(values, ",") {
		v.t.Fatalf("%s: %s does not take %v; it holds %v", v.At(), field, values, got)
	}
}

func (v *visitor) write(field, name, text string) {
	v.t.Helper()
	v.tick(field, name)
	browser.Eval[bool](v.Browser, `(`+field+`.select(), true)`)
	if text == "" {
		v.Press("\b")
		return
	}
	_, err := chromedp.Call(v.Context(), input.InsertText, input.InsertTextParams{Text: text})
	must(v.t, err)
}

// Attach chooses files for a file field.
func (v *visitor) Attach(name string, files ...string) *visitor {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(v.Context(), patience)
	defer cancel()
	err := chromedp.Do(ctx, chromedp.SetUploadFiles(chromedp.CSS(`input[type=file][name="`+name+`"]`), files))
	if err != nil {
		v.t.Fatalf("%s: attach to %s: %v", v.At(), name, err)
	}
	return v
}

// Says fails the test unless the page shows every text.
func (v *visitor) Says(texts ...string) *visitor {
	v.t.Helper()
	seen := v.seen()
	for _, s := range texts {
		if !strings.Contains(seen, s) {
			v.t.Fatalf("%s: page does not say %q\n%s", v.At(), s, v.Excerpt())
		}
	}
	return v
}

// SaysNot fails the test if the page shows any of the texts.
func (v *visitor) SaysNot(texts ...string) *visitor {
	v.t.Helper()
	seen := v.seen()
	for _, s := range texts {
		if strings.Contains(seen, s) {
			v.t.Fatalf("%s: page says %q\n%s", v.At(), s, v.Excerpt())
		}
	}
	return v
}

// SaysSoon opens a page again and again until it shows a text: what jobs do
// takes a moment.
func (v *visitor) SaysSoon(at, text string) *visitor {
	v.t.Helper()
	for until := time.Now().Add(patience); ; time.Sleep(200 * time.Millisecond) {
		v.Open(at)
		if strings.Contains(v.seen(), text) {
			return v
		}
		if time.Now().After(until) {
			v.t.Fatalf("%s: page does not say %q after %s\n%s", at, text, patience, v.Excerpt())
		}
	}
}

// until waits for something to be so on the page now open.
func (v *visitor) until(so string) {
	v.t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		if is, ok := browser.Ask[bool](v.Browser, "!!("+so+")"); ok && is {
			return
		}
		if time.Now().After(end) {
			v.t.Fatalf("%s: it never becomes so: %s\n%s", v.At(), so, v.Excerpt())
		}
	}
}

func (v *visitor) seen() string {
	v.t.Helper()
	return browser.Eval[string](v.Browser, `document.body.innerText.replace(/\s+/g, " ")`)
}

// Has counts what a CSS selector finds and can be seen.
func (v *visitor) Has(selector string) int {
	v.t.Helper()
	return browser.Eval[int](v.Browser, `Array.from(document.querySelectorAll(`+quote(selector)+`)).filter(e => e.getClientRects().length > 0).length`)
}

// Status is the HTTP status the page came with.
func (v *visitor) Status() int {
	v.t.Helper()
	return browser.Eval[int](v.Browser, `performance.getEntriesByType("navigation")[0].responseStatus`)
}

// Excerpt is the main part of the page, for a failure.
func (v *visitor) Excerpt() string {
	text := browser.Eval[string](v.Browser, `(document.querySelector("main") || document.body).innerText.replace(/\s+/g, " ")`)
	if r := []rune(text); len(r) > 1500 {
		text = string(r[:1500]) + "…"
	}
	return text
}

// WithoutScripts switches JavaScript off for every page to come.
func (v *visitor) WithoutScripts() *visitor {
	v.t.Helper()
	_, err := chromedp.Call(v.Context(), emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	must(v.t, err)
	return v
}

// quote writes a value as JavaScript.
func quote(value any) string {
	raw, err := json.Marshal(value)
	if err != nil {
		panic(fmt.Sprintf("quote %v: %v", value, err))
	}
	return string(raw)
}

// nameOf is what the person behind an account is called.
func (v *visitor) nameOf(account string) string {
	v.t.Helper()
	actor, err := v.city.Identity.Actor(v.city.System, account)
	must(v.t, err)
	return actor.Name
}
