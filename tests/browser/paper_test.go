package browser_test

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"yimen/internal/cases"
	"yimen/internal/kit/webtest/browser"
	"yimen/internal/queue"
)

var (
	pdfPage = regexp.MustCompile(`/Type\s*/Page[^s]`)
	pdfBox  = regexp.MustCompile(`/MediaBox\s*\[\s*0\s+0\s+([0-9.]+)\s+([0-9.]+)\s*\]`)
)

// printed is the page as a printer would get it, by the size the page asks for.
func (v *visitor) printed() []byte {
	v.t.Helper()
	by := true
	result, err := chromedp.Call(v.Context(), page.PrintToPDF, page.PrintToPDFParams{PreferCSSPageSize: &by})
	must(v.t, err)
	return result.Data
}

// fitsPaper: one page, so wide and so long in millimetres (0 is any length), of
// letters that can be searched and copied, not of a picture of them.
func (v *visitor) fitsPaper(what string, width, height float64) {
	v.t.Helper()
	pdf := v.printed()
	if n := len(pdfPage.FindAll(pdf, -1)); n != 1 {
		v.t.Errorf("%s is %d pages, want 1", what, n)
	}
	if !bytes.Contains(pdf, []byte("/ToUnicode")) {
		v.t.Errorf("%s has no text that can be selected", what)
	}
	box := pdfBox.FindSubmatch(pdf)
	if box == nil {
		v.t.Fatalf("%s: no page size in %d bytes", what, len(pdf))
	}
	for i, want := range []float64{width, height} {
		points, err := strconv.ParseFloat(string(box[i+1]), 64)
		must(v.t, err)
		if got := points / 72 * 25.4; want > 0 && math.Abs(got-want) > 1 {
			v.t.Errorf("%s: the paper is %.0f mm, want %.0f", what, got, want)
		}
	}
}

// wholeOn: of the page as it is printed nothing reaches over what the printer
// can print, so many millimetres wide.
func (v *visitor) wholeOn(what string, printable float64) {
	v.t.Helper()
	media := func(kind string) {
		_, err := chromedp.Call(v.Context(), emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: kind})
		must(v.t, err)
	}
	media("print")
	v.Resize(int(printable/25.4*96), 900)
	cut := browser.Eval[[]string](v.Browser, `Array.from(document.querySelectorAll("main *")).filter(e => {
		const r = e.getBoundingClientRect();
		return r.width > 1 && (r.right > innerWidth + 1 || r.left < -1);
	}).slice(0, 5).map(e => e.outerHTML.slice(0, 120))`)
	if len(cut) > 0 {
		v.t.Errorf("%s: cut off on paper of which %.0f mm are printed:\n%s", what, printable, strings.Join(cut, "\n"))
	}
	if dir := os.Getenv(picturesVar); dir != "" {
		v.Glance(v.t, filepath.Join(dir, "stories"), "Paper-"+what)
	}
	media("")
	v.screen(v.size)
}

// What a hall prints: the slip of a number and the receipt of a case, on a roll
// of 80 mm. Sheets are looked at where their stories are told.
func TestTheRollOf80Millimetres(t *testing.T) {
	c := theCity()
	v := visit(t, c).As(villageClerk)
	slip, err := c.Hall.Take(c.as(t, townClerk), queue.Take{Outlet: theTown, Priority: queue.Soldier})
	must(t, err)
	v.Open(queue.SlipURL(slip.Code)).Says(slip.No, "军人优先", "当日有效")
	v.fitsPaper("slip", 80, 130)
	v.wholeOn("slip", 72)
	x := c.handed(t, pension())
	v.Open(cases.NoticeURL(x.Number, x.Content.Notices[0].ID)+"?paper=80mm").Says("收到材料", x.Number)
	v.fitsPaper("receipt", 80, 0)
	v.wholeOn("receipt", 72)
	c.clearTheHall(t, townClerk, theTown)
	v.Calm(t)
}

// Every notice of a case on its way fits its paper: one page of the right size,
// and receipts fit a roll of 80 mm too.
func TestNoticesOnPaper(t *testing.T) {
	c := theCity()
	clerk := visit(t, c).As(villageClerk)
	seen := map[string]bool{}
	for _, x := range []cases.Case{c.correcting(t, unemployment("other")), c.found(t, c.reviewing(t, villageRelief()).Number)} {
		for _, n := range x.Content.Notices {
			seen[n.Kind] = true
			clerk.Open(cases.NoticeURL(x.Number, n.ID))
			clerk.Says(n.Title, x.Number)
			clerk.fitsPaper(n.Title, 210, 297)
			if n.Kind != cases.NoticeReceipt {
				continue
			}
			clerk.Says("收到材料", "申请人或代办人（签名）")
			clerk.Open(cases.NoticeURL(x.Number, n.ID) + "?paper=80mm")
			clerk.Says("收到材料", x.Number)
			clerk.fitsPaper(n.Title+"（小票）", 80, 0)
		}
	}
	ready := c.delivering(t)
	desk := clerk.beside().As(clerkOf(ready))
	_, err := c.Cases.Deliver(c.as(t, clerkOf(ready)), ready.Number, cases.Act{Receiver: ready.Applicant.Name, ReceiverIDNo: "0032"})
	must(t, err)
	for _, n := range c.found(t, ready.Number).Content.Notices {
		seen[n.Kind] = true
		desk.Open(cases.NoticeURL(ready.Number, n.ID))
		desk.fitsPaper(n.Title, 210, 297)
	}
	for _, kind := range []string{cases.NoticeReceipt, cases.NoticeAcceptance, cases.NoticeCorrection, cases.NoticeDelivery} {
		if !seen[kind] {
			t.Errorf("no notice of kind %s was printed", kind)
		}
	}
	clerk.Calm(t)
}
