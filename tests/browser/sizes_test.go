package browser_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"yimen/internal/kit/webtest/browser"
)

// sizes are a phone, a tablet, an office desk and a wall.
var sizes = [][2]int{{360, 740}, {768, 1024}, desk, wall}

// desk is the window of whoever does not say otherwise. What is done at a wall
// is done as at a desk, with more room: stories are told up to the desk, and
// what they look at there must fit the wall too.
var (
	desk = [2]int{1366, 768}
	wall = [2]int{1920, 1080}
)

// everySize tells a story once on each screen but the wall, by somebody who has just come.
// Each time it must begin with things of its own: what the last one did stays
// done.
func everySize(t *testing.T, story func(t *testing.T, c *city, v *visitor)) {
	t.Helper()
	everySizeIn(t, theCity(), story)
}

// everySizeIn tells it in another city, in a Chromium with these switches.
func everySizeIn(t *testing.T, c *city, story func(t *testing.T, c *city, v *visitor), switches ...chromedp.ExecAllocatorOption) {
	t.Helper()
	chromium := browser.New(t, switches...)
	for _, size := range sizes[:len(sizes)-1] {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			v := arrive(t, c, chromium.Session(t))
			v.screen(size)
			story(t, v.city, v)
			v.Calm(t)
		})
	}
}

// screen gives the visitor, and whoever comes beside from now on, a window of
// this size.
func (v *visitor) screen(size [2]int) {
	v.t.Helper()
	v.size = size
	v.Resize(size[0], size[1])
}

// Keep looks at the page as it stands in the story: it must not be wider than
// the window. With YIMEN_TEST_PICTURES, which make test sets, what the window
// shows is kept as <story>-<name>-<width>.jpg.
func (v *visitor) Keep(name string) *visitor {
	v.t.Helper()
	if v.size == desk {
		v.Fits(v.t, wall[0])
	}
	v.Fits(v.t, v.size[0])
	v.Resize(v.size[0], v.size[1])
	if dir := os.Getenv(picturesVar); dir != "" {
		story, _, _ := strings.Cut(v.t.Name(), "/")
		v.Glance(v.t, filepath.Join(dir, "stories"), fmt.Sprintf("%s-%s-%d", strings.TrimPrefix(story, "Test"), name, v.size[0]))
	}
	return v
}
