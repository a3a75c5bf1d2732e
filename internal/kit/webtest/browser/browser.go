package browser

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience is how long one test may use its browser.
const patience = 15 * time.Minute

//go:embed axe.min.js
var axe string

// Browser is one Chromium with one tab and no history.
type Browser struct {
	t       testing.TB
	ctx     context.Context
	mu      sync.Mutex
	reports []string
}

// New starts a browser that ends with the test, with switches of its own if it
// needs any: a camera that is a file.
func New(t testing.TB, switches ...chromedp.ExecAllocatorOption) *Browser {
	t.Helper()
	path := find(t)
	options := []chromedp.ExecAllocatorOption{chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("headless", true), chromedp.Flag("disable-gpu", true), chromedp.Flag("disable-quic", true),
		chromedp.Flag("no-first-run", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("hide-scrollbars", true), chromedp.Flag("lang", "zh-CN")}
	ctx, cancelTime := context.WithTimeout(context.Background(), patience)
	ctx, cancelAll := chromedp.NewExecAllocator(ctx, append(options, switches...)...)
	ctx, cancelTab := chromedp.NewContext(ctx)
	t.Cleanup(func() { cancelTab(); cancelAll(); cancelTime() })
	b := &Browser{t: t, ctx: ctx}
	if err := chromedp.Listen(ctx, b.hear); err != nil {
		t.Fatalf("browser: start %s: %v", path, err)
	}
	return b
}

func find(t testing.TB) string {
	t.Helper()
	for _, name := range []string{os.Getenv("YIMEN_CHROMIUM"), "chromium", "chromium-browser", "google-chrome"} {
		if name == "" {
			continue
		}
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Fatal("browser: Chromium is not installed (looked for chromium, chromium-browser, google-chrome and $YIMEN_CHROMIUM). " +
		"Install it, then run `make test`, which prepares everything the tests need.")
	return ""
}

// hear keeps what the page breaks: exceptions, console.error, and what the
// content policy refused. Answers of 4xx are the pages' own business.
func (b *Browser) hear(ev any) {
	var text string
	switch e := ev.(type) {
	case *runtime.EventExceptionThrown:
		text = e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			text += " " + e.ExceptionDetails.Exception.Description
		}
	case *runtime.EventConsoleAPICalled:
		if e.Type != runtime.ConsoleAPICalledTypeError {
			return
		}
		for _, arg := range e.Args {
			text += arg.Description + string(arg.Value) + " "
		}
	case *log.EventEntryAdded:
		if e.Entry.Level != log.EntryLevelError || e.Entry.Source == log.EntrySourceNetwork {
			return
		}
		text = e.Entry.Text
	default:
		return
	}
	b.mu.Lock()
	b.reports = append(b.reports, text)
	b.mu.Unlock()
}

// Calm fails the test if any page opened so far broke its content policy or
// threw an exception.
func (b *Browser) Calm(t testing.TB) {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.reports) > 0 {
		t.Fatalf("browser: the console reports:\n%s", strings.Join(b.reports, "\n"))
	}
}

// Go opens an address and waits until it is loaded.
func (b *Browser) Go(url string) {
	b.t.Helper()
	b.do("open "+url, chromedp.Navigate(url))
}

// Resize sets the size of the window in CSS pixels.
func (b *Browser) Resize(width, height int) {
	b.t.Helper()
	b.do("resize", chromedp.EmulateViewport(int64(width), int64(height)))
}

// Type types into the field a CSS selector finds.
func (b *Browser) Type(selector, text string) {
	b.t.Helper()
	b.do("type into "+selector, chromedp.SendKeys(chromedp.CSS(selector), text))
}

// Click clicks what a CSS selector finds.
func (b *Browser) Click(selector string) {
	b.t.Helper()
	// A page may put another element in this one's place between finding it and
	// clicking: nothing was clicked then, and it is looked for again.
	const gone = "Could not find node with given id"
	var err error
	for range 5 {
		if err = chromedp.Do(b.ctx, chromedp.Click(chromedp.CSS(selector))); err == nil || !strings.Contains(err.Error(), gone) {
			break
		}
	}
	b.check("click "+selector, err)
}

// Press sends keys to whatever has the focus.
func (b *Browser) Press(keys string) {
	b.t.Helper()
	b.do("press keys", chromedp.KeyEvent(keys))
}

// Wait waits until a CSS selector finds something.
func (b *Browser) Wait(selector string) {
	b.t.Helper()
	b.do("wait for "+selector, chromedp.WaitReady(chromedp.CSS(selector)))
}

// Text is the visible text of what a CSS selector finds.
func (b *Browser) Text(selector string) string {
	b.t.Helper()
	text, err := chromedp.Run(b.ctx, chromedp.Text(chromedp.CSS(selector)))
	b.check("read "+selector, err)
	return text
}

// Address is the address of the page now open.
func (b *Browser) Address() string {
	b.t.Helper()
	url, err := chromedp.Run(b.ctx, chromedp.Location())
	b.check("read address", err)
	return url
}

// Eval runs an expression in the page, awaits it if it is a promise, and
// gives its value.
func Eval[T any](b *Browser, expression string) T {
	b.t.Helper()
	v, ok := Ask[T](b, expression)
	if !ok {
		b.t.Fatalf("browser: the page was left while it was asked %s", expression)
	}
	return v
}

// Ask is Eval for what is waited for; false when the page was left just then
// and the one that follows has to be asked.
func Ask[T any](b *Browser, expression string) (T, bool) {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil && strings.Contains(err.Error(), "Inspected target navigated or closed") {
		return v, false
	}
	b.check("evaluate", err)
	return v, true
}

// Screenshot writes the whole page, at a window of this size, to
// $YIMEN_SCREENSHOTS/<name>-<width>.png, or to the test's own folder, and
// gives the file's path.
func (b *Browser) Screenshot(t testing.TB, name string, width, height int) string {
	t.Helper()
	b.Resize(width, height)
	png, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	b.check("take screenshot", err)
	dir := os.Getenv("YIMEN_SCREENSHOTS")
	if dir == "" {
		dir = t.TempDir()
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatalf("browser: folder for screenshots: %v", err)
	}
	path := filepath.Join(dir, fmt.Sprintf("%s-%d.png", name, width))
	if err := os.WriteFile(path, png, 0o644); err != nil {
		t.Fatalf("browser: write screenshot: %v", err)
	}
	return path
}

// Picture keeps the whole page, at a window of this size, as
// <dir>/<name>-<width>.jpg.
func (b *Browser) Picture(t testing.TB, dir, name string, width, height int) {
	t.Helper()
	b.Resize(width, height)
	jpg, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(60))
	b.check("take picture", err)
	keep(t, dir, fmt.Sprintf("%s-%d.jpg", name, width), jpg)
}

// Glance keeps what the window shows now as <dir>/<name>.jpg: what somebody
// sees without rolling, taken in a tenth of the time of the whole page.
func (b *Browser) Glance(t testing.TB, dir, name string) {
	t.Helper()
	jpg, err := chromedp.Call(b.ctx, page.CaptureScreenshot, page.CaptureScreenshotParams{Format: page.CaptureScreenshotFormatJpeg, Quality: new(int64(60))})
	b.check("take picture", err)
	keep(t, dir, name+".jpg", jpg.Data)
}

func keep(t testing.TB, dir, name string, picture []byte) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatalf("browser: folder for pictures: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, name), picture, 0o644); err != nil {
		t.Fatalf("browser: write picture: %v", err)
	}
}

// Fits fails the test if the page is wider than its window: people would have
// to scroll sideways to read.
func (b *Browser) Fits(t testing.TB, width int) {
	t.Helper()
	b.Resize(width, 800)
	if w := Eval[int](b, "document.documentElement.scrollWidth"); w > width {
		wide := Eval[string](b, `Array.from(document.querySelectorAll("body *")).filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".ym-table, .ym-nav, .ym-skip, .ym-heat, .ym-tabs, pre")).slice(0, 5).map(e => e.outerHTML.slice(0, 120)).join("\n")`)
		t.Fatalf("browser: page is %d px wide in a window of %d\n%s", w, width, wide)
	}
}

func (b *Browser) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	b.check(what, chromedp.Do(b.ctx, steps...))
}

func (b *Browser) check(what string, err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatalf("browser: %s: %v", what, err)
	}
}
