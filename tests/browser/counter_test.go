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
	for _, x := range []struct {
		name, letters, item string
		number              bool // the number is typed; else a card reader sends it
	}{
		{"the same item, the number typed", "yl", "SG01001", true},
		{"the same item, the card read", "yl", "SG01001", false},
	} {
		t.Run(x.name, func(t *testing.T) {
			k := &counted{keys: &keys{visit(t, c).As(villageClerk)}}
			k.Open("/counter")
			k.focused("q")
			if x.number {
				k.keys.typed(who.who.IDNo) // counted below, one by one
				k.n += len(who.who.IDNo)
			} else {
				k.keys.typed(who.who.IDNo + "," + who.who.Name)
			}
			k.enterTo(".ct-person", x.number)
			k.focused("q")
			k.tap(x.letters)
			k.until(`document.querySelector("#found .is-first")?.value === "` + x.item + `"`)
			k.enterTo("#in-sheet", true)
			k.gaps()
			k.tap("\r") // the button has the focus
			k.until(`location.pathname.startsWith("/counter/done/") && document.readyState === "complete"`)
			k.Says("收件完成", who.who.Name)
			if at := k.at(); at.Type != "a" {
				t.Errorf("the focus is at %+v, want the receipt to print", at)
			}
			k.tap("\r")
			k.until(`location.pathname.includes("/notices/") && document.readyState === "complete" && !!document.querySelector(".ym-sheet")`)
			k.Says("材料收件凭证")
			t.Logf("%s: %d keys from the desk to the receipt (at most %d)", x.name, k.n, mostKeys)
			if k.n > mostKeys {
				t.Errorf("%d keys, want at most %d", k.n, mostKeys)
			}
			k.Calm(t)
		})
	}
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

// Scans that come as a pile are sorted by number keys, and paper is photographed
// page by page: both end at the material, in their order.
func TestScansAndPhotos(t *testing.T) {
	c := theCity()
	draft := c.draft(t, villageClerk, pension())
	d, err := c.Cases.Draft(c.as(t, villageClerk), draft)
	must(t, err)
	d.Submission.Draft, d.Submission.Item, d.Submission.Materials = d.Number, d.Item, nil
	_, err = c.Cases.SaveDraft(c.as(t, villageClerk), d.Submission)
	must(t, err)
	k := &counted{keys: &keys{visit(t, c).As(villageClerk)}}
	k.Open(counter.IntakeURL(draft, ""))
	browser.Eval[bool](k.Browser, `(async () => {
		const paper = document.createElement("canvas");
		paper.width = 640; paper.height = 480;
		const pen = paper.getContext("2d");
		pen.fillStyle = "#333"; pen.fillRect(0, 0, 640, 480);
		pen.fillStyle = "#fff"; pen.fillRect(60, 40, 520, 400);
		pen.fillStyle = "#000"; pen.fillText("居民户口簿", 200, 200);
		navigator.mediaDevices.getUserMedia = () => Promise.resolve(paper.captureStream(10));
		setInterval(() => pen.fillText(".", 100 + Math.random() * 300, 300), 50);
		const blob = await new Promise(done => paper.toBlob(done, "image/png"));
		const pile = new DataTransfer();
		for (const name of ["扫描1.png", "扫描2.png"]) pile.items.add(new File([blob], name, {type: "image/png"}));
		const pick = document.querySelector("[data-pick]");
		pick.files = pile.files;
		pick.dispatchEvent(new Event("change", {bubbles: true}));
		return true;
	})()`)
	kept := func(n string) {
		t.Helper()
		k.until(`document.querySelectorAll(".in-kept").length === ` + n + ` && !document.querySelector("#in-sheet[data-busy]")`)
	}
	k.until(`document.activeElement.matches(".in-tray-list button")`)
	k.tap("1")
	kept("1")
	browser.Eval[bool](k.Browser, `(document.querySelector(".in-tray-list button").focus(), true)`)
	k.tap("1")
	kept("2")

	browser.Eval[bool](k.Browser, `(document.querySelectorAll("[data-camera]")[1].click(), true)`)
	k.until(`document.querySelector("#in-camera").open && document.querySelector("#in-camera video").videoWidth > 0`)
	browser.Eval[bool](k.Browser, `(document.querySelector("[data-shoot]").click(), document.querySelector("[data-shoot]").click(), true)`)
	k.until(`document.querySelectorAll(".in-shots li").length === 2`)
	browser.Eval[bool](k.Browser, `(document.querySelector("[data-use]").click(), true)`)
	kept("4")
	d, err = c.Cases.Draft(c.as(t, villageClerk), draft)
	must(t, err)
	files := map[string]int{}
	for _, h := range d.Submission.Materials {
		if h.File != "" {
			files[h.ID]++
		}
	}
	if len(files) != 2 {
		t.Errorf("the files belong to %v, want two of each of two materials", files)
	}
	size := browser.Eval[[]int](k.Browser, `(async () => { const i = document.querySelectorAll(".in-kept img"); await i[3].decode(); return [i[3].naturalWidth, i[3].naturalHeight]; })()`)
	if size[0] >= 640 || size[0] < 500 || size[1] >= 480 || size[1] < 380 {
		t.Errorf("the photo is %v, want the sheet of 520 by 400 without the table around it", size)
	}
	k.Calm(t)
}
