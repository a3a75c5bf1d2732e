package browser_test

import (
	"strings"
	"time"

	"yimen/internal/kit/webtest/browser"
)

// athome goes through an application one question a page, as a citizen does,
// and gives the number of the case.
func (v *visitor) athome(a *application) string {
	v.t.Helper()
	for range 60 {
		at := strings.Split(strings.Trim(v.At(), "/"), "/")
		if len(at) < 3 || at[0] != "apply" {
			v.t.Fatalf("%s: the application has been left\n%s", v.At(), v.Excerpt())
		}
		if at[2] == "review" {
			return v.sendAtHome(a)
		}
		v.Says("步，共", "已保存")
		v.page(a, at[2:])
		before := v.At()
		v.Click("下一步")
		if v.At() == before {
			v.t.Fatalf("%s: the page is not taken\n%s", v.At(), v.Excerpt())
		}
	}
	v.t.Fatalf("%s: the pages do not end", a.item)
	return ""
}

// page answers the one page in sight.
func (v *visitor) page(a *application, at []string) {
	v.t.Helper()
	switch at[0] {
	case "phone":
		v.Says(a.who.Name).SaysNot(a.who.IDNo) // shown masked
	case "questions":
		a.given[at[1]] = a.choice(v.t, at[1])
		v.Fill("answers."+at[1], a.given[at[1]]...)
	case "form":
		v.writePart(a)
	case "materials":
		if v.Has(".ap-form .ym-required") == 0 && a.upload != "*" {
			return
		}
		if v.Has(`input[name="consent.`+at[1]+`"]:checked`) > 0 {
			return // an electronic licence stands in
		}
		v.way(at[1], "file")
		v.Attach("file."+at[1], photo(v.t, "材料-"+at[1]))
		v.uploaded()
	case "deliver":
		if v.Has(`input[name="deliver"][value="window"]`) > 0 {
			v.Fill("deliver", "window")
		}
	}
}

// writePart fills in the fields of the form that stand on the page.
func (v *visitor) writePart(a *application) {
	v.t.Helper()
	fields, values := v.written(a)
	for _, f := range fields {
		if len(f.Columns) > 0 {
			for row := range max(f.MinItems, 1) {
				for _, column := range f.Columns {
					v.fillIn("form."+f.Cell(row, column), values[f.Cell(row, column)])
				}
			}
			continue
		}
		if said, ok := a.form[f.Name]; ok {
			values[f.Name] = []string{said}
		}
		v.fillIn("form."+f.Name, values[f.Name])
	}
}

// uploaded waits until the script has sent the photo and shows it; without
// scripts it goes with the form.
func (v *visitor) uploaded() {
	v.t.Helper()
	if v.Has(".is-live") == 0 {
		return
	}
	for until := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		if v.Has(".ap-files li") > 0 && v.Has(".ap-queue progress") == 0 {
			return
		}
		if time.Now().After(until) {
			v.t.Fatalf("%s: the photo does not arrive\n%s", v.At(), v.Excerpt())
		}
	}
}

func (v *visitor) sendAtHome(a *application) string {
	v.t.Helper()
	v.Says("核对后提交", a.who.Name).SaysNot("还差")
	v.Fill("declared", "1")
	v.Click("提交申请")
	if v.Last() != "submitted" {
		v.t.Fatalf("%s: not submitted\n%s", v.At(), v.Excerpt())
	}
	v.Says("申请已提交", "查询码", "接下来")
	number := strings.Split(v.At(), "/")[3]
	if n := browser.Eval[int](v.Browser, `document.querySelectorAll("main svg.ym-qr").length`); n != 1 {
		v.t.Errorf("%d QR codes on the page of the result", n)
	}
	return number
}
