package browser

import (
	"context"
	"testing"

	"github.com/chromedp/chromedp"
)

// Session opens a tab with cookies and storage of its own in the same
// Chromium: another person at another desk. It closes with the test.
func (b *Browser) Session(t testing.TB) *Browser {
	t.Helper()
	ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	s := &Browser{t: t, ctx: ctx}
	if err := chromedp.Listen(ctx, s.hear); err != nil {
		t.Fatalf("browser: open a session: %v", err)
	}
	return s
}

// Context is the tab, for whatever this package has no words for.
func (b *Browser) Context() context.Context { return b.ctx }
