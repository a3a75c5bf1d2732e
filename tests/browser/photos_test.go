package browser_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"yimen/internal/cases"
	"yimen/internal/kit/webtest/browser"
)

// A villager takes large photos with the telephone: they are made smaller, the
// line breaks and comes back, one is turned and moved. She goes on at another
// device, looks at the form as it will be printed, and hands it in.
func TestPhotosFromThePhone(t *testing.T) {
	large := largePhoto(t)
	everySize(t, func(t *testing.T, c *city, v *visitor) {
		a := unemployment("dismissed")
		number := c.begun(t, a)
		here := "/apply/" + number + "/materials/id_or_card"
		v.As(villager).Open(here).Keep("asked")
		v.way("id_or_card", "file")
		v.Attach("file.id_or_card", large)
		v.comes("已压缩到").uploaded()
		v.Keep("shrunk")

		v.line(false)
		v.Attach("file.id_or_card", photo(t, "反面"))
		v.comes("稍后自动再试").Keep("line-broken")
		v.line(true)
		v.comes("已上传2个文件")
		v.within(`document.querySelector(".ap-files img").src`, `.ap-files li:nth-child(1) button[value^="rotate."]`)
		v.within(`document.querySelector(".ap-files .ap-name").innerText`, `.ap-files li:nth-child(2) button[value^="up."]`)
		v.Says("1. 反面.png").Keep("arranged")
		v.Axe(t)
		d, err := c.Cases.Draft(c.as(t, villager), number)
		must(t, err)
		c.turned(t, d.Submission.Materials, large)

		other := v.beside().As(villager)
		other.Open("/my").press(`document.querySelector('#drafts a[href="/apply/`+number+`/next"]')`, "the draft")
		other.Says("已保存，可在任何设备继续").SaysNot("居民身份证（")
		other.Open("/apply/" + number + "/preview").Says(a.who.Name).Keep("preview")
		other.Open("/apply/" + number + "/next")
		if got := other.athome(a); got != number {
			t.Errorf("handed in as %s, the draft was %s", got, number)
		}
		other.Keep("submitted")
		v.Open(here).Says("已经提交", number)
		other.Open("/my/cases/"+number).Says("反面.png", "现在在").Keep("case")
		other.Calm(t)
	})
}

// A villager reads on the phone what is wrong, takes the photo anew, is called
// away, and finishes at another device.
func TestCorrectingFromThePhone(t *testing.T) {
	large := largePhoto(t)
	everySize(t, func(t *testing.T, c *city, v *visitor) {
		x := c.correcting(t, unemployment("other"))
		must(t, c.Queue.Drain(c.System))
		id := x.Content.Checklist.Materials[0].ID

		v.As(villager).Open("/my/messages?show=unread").Click("请补正材料：" + x.ItemName).Click("查看办件").Click("去补正材料")
		v.Says("复印件不清晰", "重新拍照", "联系地址没有写到门牌号").Keep("asked")
		v.Click("提交补正材料").Says("处需要修改")
		v.way(id, "file")
		v.Fill("opinion", "地址是大寮坑村8号。")
		v.Attach("file."+id, large)
		v.comes("已压缩到").uploaded()
		v.line(false)
		v.Attach("file."+id, photo(t, "背面"))
		v.comes("稍后自动再试")
		v.line(true)
		v.comes("已上传2个文件")
		v.within(`document.querySelector(".ap-files img").src`, `.ap-files li:nth-child(1) button[value^="rotate."]`)
		v.within(`document.querySelector(".ap-files .ap-name").innerText`, `.ap-files li:nth-child(2) button[value^="up."]`)
		v.Keep("photos")
		v.Axe(t)
		if kept := browser.Eval[string](v.Browser, `document.querySelector("textarea[name=opinion]").value`); kept != "地址是大寮坑村8号。" {
			t.Errorf("while photos were arranged the words became %q", kept)
		}
		r, err := c.Cases.Reply(c.as(t, villager), x.Number)
		must(t, err)
		c.turned(t, r.Materials, large)

		other := v.beside().As(villager)
		other.Open("/my/cases/"+x.Number+"/correct").Says("已上传2个文件", "1. 背面.png", "还没有提交")
		other.Fill("opinion", "地址是大寮坑村8号。").Click("提交补正材料").Says("已提交", "已收件", "背面.png").Keep("handed-in")
		other.Calm(t)
	})
}

// begun leaves an application of the villager's filled in, but for its
// materials.
func (c *city) begun(t testing.TB, a *application) string {
	t.Helper()
	s := c.submission(t, a)
	s.Channel, s.Materials = cases.ChannelWeb, nil
	d, err := c.Cases.SaveDraft(c.as(t, a.account), s)
	must(t, err)
	return d.Number
}

// largePhoto is a sheet of paper as a good telephone takes it: 4000 × 3000
// points, with a red stamp in the upper left corner.
func largePhoto(t testing.TB) string {
	t.Helper()
	const width, height = 4000, 3000
	img, grain := image.NewRGBA(image.Rect(0, 0, width, height)), rand.New(rand.NewPCG(3, 4))
	for y := range height {
		for x := range width {
			shade := uint8(200 + grain.IntN(40))
			pixel := color.RGBA{shade, shade, shade, 255}
			if x < 600 && y < 600 {
				pixel = color.RGBA{200, 20, 20, 255}
			}
			img.SetRGBA(x, y, pixel)
		}
	}
	var raw bytes.Buffer
	must(t, jpeg.Encode(&raw, img, &jpeg.Options{Quality: 85}))
	file := filepath.Join(t.TempDir(), "正面.jpg")
	must(t, os.WriteFile(file, raw.Bytes(), 0o600))
	return file
}

// turned looks at what the server has: the small photo first, then the large
// one, smaller in bytes, readable, and turned to the right.
func (c *city) turned(t testing.TB, list []cases.Handed, large string) {
	t.Helper()
	var files []string
	for _, h := range list {
		if h.File != "" {
			files = append(files, h.File)
		}
	}
	if len(files) != 2 {
		t.Fatalf("the server has %+v, want two photos", list)
	}
	sent, err := os.Stat(large)
	must(t, err)
	body, f, err := c.Store.Open(c.System, files[1])
	must(t, err)
	defer body.Close()
	if f.Size*3 > sent.Size() {
		t.Errorf("of %d bytes %d were kept", sent.Size(), f.Size)
	}
	img, err := jpeg.Decode(body)
	must(t, err)
	if b := img.Bounds(); b.Dx() != 1500 || b.Dy() != 2000 {
		t.Errorf("the photo is %s, want 1500 × 2000", b.Size())
	}
	b := img.Bounds()
	if r, g, _, _ := img.At(b.Max.X-100, b.Min.Y+100).RGBA(); r < 2*g {
		t.Errorf("the stamp is not in the upper right corner: red %d, green %d", r, g)
	}
}

// line cuts the network, or brings it back.
func (v *visitor) line(on bool) {
	v.t.Helper()
	var rules []*network.Conditions
	if !on {
		rules = []*network.Conditions{{Offline: true, DownloadThroughput: -1, UploadThroughput: -1}}
	}
	_, err := chromedp.Call(v.Context(), network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{MatchedNetworkConditions: rules})
	must(v.t, err)
}

// within presses a button that changes the page without leaving it, and waits
// until what an expression says is another.
func (v *visitor) within(expression, button string) {
	v.t.Helper()
	said := func() string {
		return browser.Eval[string](v.Browser, `(() => { try { return String(`+expression+`); } catch (e) { return ""; } })()`)
	}
	before, address := said(), v.Address()
	v.tick(fmt.Sprintf("document.querySelector(%s)", quote(button)), button)
	for until := time.Now().Add(patience); said() == before || said() == ""; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(until) {
			v.t.Fatalf("%s: %s changes nothing\n%s", v.At(), button, v.Excerpt())
		}
	}
	if got := v.Address(); strings.Split(got, "#")[0] != strings.Split(address, "#")[0] {
		v.t.Fatalf("%s leads away to %s", button, got)
	}
}
