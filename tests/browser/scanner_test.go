package browser_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"

	"yimen/internal/counter"
	"yimen/internal/kit/webtest/browser"
	"yimen/internal/queue"
)

// A scanner and a card reader type into the one field of the desk and end with
// Enter: a receipt opens its case and whose it is, a slip its number, a card
// its person. What is started next is found by two letters.
func TestScannerAndReaderType(t *testing.T) {
	everySize(t, func(t *testing.T, c *city, clerk *visitor) {
		x := c.handed(t, pension())
		slip, err := c.Hall.Take(c.as(t, villageClerk), queue.Take{Outlet: theVillage})
		must(t, err)
		t.Cleanup(func() { c.clearTheHall(t, villageClerk, theVillage) })
		k := &counted{keys: &keys{clerk.As(villageClerk)}}
		scan := func(text, leads string) {
			t.Helper()
			k.Open("/counter")
			k.focused("q")
			k.typed(text)
			k.enterTo(leads, false)
		}
		scan(x.Number, ".ct-case.is-came")
		k.Says(x.ItemName, "按办件编号", "还没有核对证件").Keep("receipt")
		k.tick(`document.querySelector(".ct-case.is-came .ct-more summary")`, "其他")
		k.tick(`document.querySelector('.ct-case.is-came a[href$="/request-correction"]')`, "告知补正")
		k.until(`document.activeElement.closest(".ct-slot form")`)
		k.Keep("correction").Axe(t)

		scan(c.URL+queue.TicketURL(slip.Code), "#number")
		k.Says("排队号 "+slip.No, "等候中", "更正优先")
		scan(c.URL+"/progress?number="+x.Number, ".ct-case.is-came")

		scan(x.Applicant.IDNo, ".ct-person")
		k.Says(x.Applicant.Name, "录入证件号码").SaysNot(x.Applicant.IDNo, "还没有核对证件").Keep("card")
		k.tap("yl")
		k.until(`document.querySelector("#found .ct-hit.is-first")`)
		k.Keep("found").Axe(t)
		k.Calm(t)
	})
}

// filmed is a camera that looks at a white sheet of 520 by 400 on a dark table:
// the switches that give it to a Chromium.
func filmed(t *testing.T) []chromedp.ExecAllocatorOption {
	t.Helper()
	const w, h = 640, 480
	luma := bytes.Repeat([]byte{0x33}, w*h)
	for y := 40; y < 440; y++ {
		line := luma[y*w+60 : y*w+580]
		for i := range line {
			line[i] = 0xe8
		}
		if y > 100 && y < 380 && y%40 < 6 { // lines of writing
			copy(line[60:460], bytes.Repeat([]byte{0x18, 0x18, 0x18, 0xe8}, 100))
		}
	}
	film := []byte("YUV4MPEG2 W640 H480 F10:1 Ip A1:1 C420jpeg\n")
	for range 5 {
		film = append(append(append(film, "FRAME\n"...), luma...), bytes.Repeat([]byte{0x80}, w*h/2)...)
	}
	file := filepath.Join(t.TempDir(), "sheet.y4m")
	must(t, os.WriteFile(file, film, 0o600))
	return []chromedp.ExecAllocatorOption{chromedp.Flag("use-fake-device-for-media-stream", true), chromedp.Flag("use-fake-ui-for-media-stream", true),
		chromedp.Flag("use-file-for-fake-video-capture", file)}
}

// Scans that come as a pile are sorted by number keys, and paper is photographed
// page by page: both end at the material, in their order. The camera is asked
// for and read as any other.
func TestScansAndPhotos(t *testing.T) {
	everySizeIn(t, theCity(), func(t *testing.T, c *city, clerk *visitor) {
		draft := c.draft(t, villageClerk, pension())
		d, err := c.Cases.Draft(c.as(t, villageClerk), draft)
		must(t, err)
		d.Submission.Draft, d.Submission.Item, d.Submission.Materials = d.Number, d.Item, nil
		_, err = c.Cases.SaveDraft(c.as(t, villageClerk), d.Submission)
		must(t, err)
		k := &counted{keys: &keys{clerk.As(villageClerk)}}
		k.Open(counter.IntakeURL(draft, ""))
		browser.Eval[bool](k.Browser, `(async () => {
			const paper = document.createElement("canvas");
			paper.width = 640; paper.height = 480;
			paper.getContext("2d").fillRect(60, 40, 520, 400);
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
		k.Keep("pile")
		browser.Eval[bool](k.Browser, `(document.querySelector(".in-tray-list button").focus(), true)`)
		k.tap("1")
		kept("1")
		browser.Eval[bool](k.Browser, `(document.querySelector(".in-tray-list button").focus(), true)`)
		k.tap("1")
		kept("2")

		k.tick(`document.querySelectorAll("[data-camera]")[1]`, "拍照")
		k.until(`document.querySelector("#in-camera").open && document.querySelector("#in-camera video").videoWidth > 0`)
		for _, n := range []string{"1", "2"} {
			k.tick(`document.querySelector("[data-shoot]")`, "拍一张")
			k.until(`document.querySelectorAll(".in-shots li").length === ` + n + ` && Array.from(document.querySelectorAll(".in-shots img")).every(i => i.complete)`) // the buttons move
		}
		k.Keep("camera").Axe(t)
		k.tick(`document.querySelector("[data-use]")`, "用这些照片")
		kept("4")
		k.Keep("kept")
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
	}, filmed(t)...)
}
