package browser_test

import (
	"bytes"
	"context"
	"image"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"yimen/face/facetest"
	"yimen/face/samples"
	"yimen/internal/assurance/presence"
	"yimen/internal/identity"
	"yimen/internal/kit/webtest/browser"
)

// film is what a camera sees, by and by: a file that Chromium plays in place of one. It is read when a page opens the
// camera, so it can be made after the page has said what it wants to see.
type film struct {
	t     *testing.T
	who   *facetest.Person
	file  string
	faces map[facetest.Look][]byte // planes of luma and colour
}

const filmW, filmH, filmRate = 480, 360, 5

func newFilm(t *testing.T, c *city, portrait string) *film {
	t.Helper()
	who, err := facetest.New(c.Presence.Model, samples.Portrait(portrait))
	must(t, err)
	f := &film{t: t, who: who, file: filepath.Join(t.TempDir(), "face.y4m"), faces: map[facetest.Look][]byte{}}
	f.shoot(nil)
	return f
}

func (f *film) switches() []chromedp.ExecAllocatorOption {
	return []chromedp.ExecAllocatorOption{chromedp.Flag("use-fake-device-for-media-stream", true), chromedp.Flag("use-fake-ui-for-media-stream", true),
		chromedp.Flag("use-file-for-fake-video-capture", f.file)}
}

// shoot films somebody who does as the page says: it is quiet for three and a half seconds, then each movement has five,
// of which it takes the third and the fourth.
func (f *film) shoot(moves []string) {
	f.t.Helper()
	looks := map[string]facetest.Look{"left": {Yaw: 25}, "right": {Yaw: -25}, "down": {Pitch: -20}, "blink": {Closed: true}}
	data := []byte("YUV4MPEG2 W480 H360 F5:1 Ip A1:1 C420jpeg\n")
	for i := range 26 * filmRate {
		l := facetest.Look{}
		if step := i - 35*filmRate/10; step >= 0 && step/(5*filmRate) < len(moves) {
			if at := step % (5 * filmRate); at >= 2*filmRate && at < 4*filmRate {
				l = looks[moves[step/(5*filmRate)]]
			}
		}
		data = append(append(data, "FRAME\n"...), f.frame(l)...)
	}
	must(f.t, os.WriteFile(f.file, data, 0o600))
}

// frame is a look as Y, U and V, with the noise of a camera: no two are the same.
func (f *film) frame(l facetest.Look) []byte {
	planes, ok := f.faces[l]
	if !ok {
		planes = planesOf(f.who.Frame(l, filmW, filmH))
		f.faces[l] = planes
	}
	planes = bytes.Clone(planes)
	for i := range filmW * filmH {
		planes[i] = uint8(max(16, min(235, int(planes[i])+rand.IntN(5)-2)))
	}
	return planes
}

func planesOf(img *image.RGBA) []byte {
	out := make([]byte, filmW*filmH*3/2)
	u, v := out[filmW*filmH:], out[filmW*filmH*5/4:]
	for y := range filmH {
		for x := range filmW {
			c := img.RGBAAt(x, y)
			r, g, b := float64(c.R), float64(c.G), float64(c.B)
			out[y*filmW+x] = uint8(16 + 0.257*r + 0.504*g + 0.098*b)
			if x%2 == 0 && y%2 == 0 {
				at := y/2*filmW/2 + x/2
				u[at], v[at] = uint8(128-0.148*r-0.291*g+0.439*b), uint8(128+0.439*r-0.368*g-0.071*b)
			}
		}
	}
	return out
}

// Another's face in the account of somebody of whom no more than a telephone is known does not prove who they are. That the
// right one does is told in TestOneIdentity.
func TestAnothersFaceProvesNothing(t *testing.T) {
	c := theCity()
	camera := newFilm(t, c, "d")
	phone := arrive(t, c, browser.New(t, camera.switches()...))
	phone.screen(sizes[0])
	phone.As("citizen-3").Open("/verify/face?next=/my/profile")
	phone.filmed(camera).Says("没有通过", "没有对上", "带身份证到就近的政务服务窗口").look("refused")
	if a := identity.FromContext(c.as(t, "citizen-3")); a.Level >= identity.LevelPresence {
		t.Errorf("holds level %d", a.Level)
	}
	phone.Calm(t)
}

// filmed goes through the proof by face with whoever the camera sees, as somebody with a slow phone does: when too few
// frames came for a movement to be seen, the page says so and it is tried again.
func (v *visitor) filmed(camera *film) *visitor {
	v.t.Helper()
	v.tried(camera)
	for more := 3; more > 0 && (strings.Contains(v.seen(), presence.NotSeen.Remedy()) || strings.Contains(v.seen(), presence.TooFew.Remedy())); more-- {
		v.Click("再试一次").tried(camera)
	}
	return v
}

// tried is one try.
func (v *visitor) tried(camera *film) {
	v.t.Helper()
	v.tick(`document.querySelector("#agree")`, "同意")
	v.Click("开始")
	v.until(`document.querySelector(".fp-open:not([hidden])")`)
	camera.shoot(strings.Fields(browser.Eval[string](v.Browser, `Array.from(document.querySelectorAll("[data-move]")).map(x => x.dataset.move).join(" ")`)))
	v.look("moves").watched(`document.querySelector(".fp-open")`, "打开摄像头")
}

// watched clicks and waits for the page that follows a film: longer than for any other.
func (v *visitor) watched(element, what string) {
	v.t.Helper()
	x, y := v.aim(element, what)
	ctx, cancel := context.WithTimeout(v.Context(), 4*patience)
	defer cancel()
	if _, err := chromedp.Run(ctx, chromedp.WaitEvent(page.LoadEventFired, nil, chromedp.MouseClickXY(x, y))); err != nil {
		v.t.Fatalf("no page follows %s: %v\n%s", what, err, v.Excerpt())
	}
}
