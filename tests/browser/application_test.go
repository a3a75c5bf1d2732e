package browser_test

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"yimen/city/living"
	"yimen/internal/catalogue"
	"yimen/internal/identity"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/webtest/browser"
	"yimen/workday"
)

// application is what somebody wants and says.
type application struct {
	item     string
	division string
	account  string            // whose matter it is
	answers  catalogue.Answers // what they answer; else the first answer that leads on
	form     map[string]string // what they write; else what a sensible person would
	upload   string            // a material handed in as a file; "" none, "*" all
	def      *catalogue.Definition
	who      identity.Person
	given    catalogue.Answers // answered so far
}

// ready looks up what the item asks and who applies.
func (a *application) ready(t testing.TB, c *city) {
	t.Helper()
	v, err := c.Catalogue.Current(c.System, a.item)
	must(t, err)
	a.def, a.given = &v.Definition, catalogue.Answers{}
	a.who, err = c.Identity.Person(c.System, a.account)
	must(t, err)
}

// apply goes through the wizard from the choice of the place to the case, and
// gives its number.
func (v *visitor) apply(a *application) string {
	v.t.Helper()
	a.ready(v.t, v.city)
	v.Click("就在“")
	if !strings.HasPrefix(v.At(), "/counter") {
		return v.athome(a)
	}
	v.tellWho(a)
	v.answer(a)
	v.fillForm(a)
	v.handIn(a)
	return v.send()
}

// tellWho fills in the applicant.
func (v *visitor) tellWho(a *application) {
	v.t.Helper()
	v.stands("people")
	v.Fill("applicant.name", a.who.Name).Fill("applicant.id_no", a.who.IDNo).Fill("applicant.phone", a.who.Phone)
	v.Click("下一步")
}

// stands fails the test unless the wizard is at a step.
func (v *visitor) stands(step string) {
	v.t.Helper()
	if v.Last() != step {
		v.t.Fatalf("%s: the application does not stand at %s\n%s", v.At(), step, v.Excerpt())
	}
}

// answer goes through the questions, however many stand on a page.
func (v *visitor) answer(a *application) {
	v.t.Helper()
	v.stands("questions")
	for range 20 {
		shown := browser.Eval[[]string](v.Browser, `[...new Set(Array.from(document.querySelectorAll('main input[name^="answers."]:not([type=hidden])')).map(e => e.name))]`)
		for _, name := range shown {
			id := strings.TrimPrefix(name, "answers.")
			a.given[id] = a.choice(v.t, id)
			v.Fill(name, a.given[id]...)
		}
		v.Click("下一步")
		if v.Last() != "questions" {
			return
		}
	}
	v.t.Fatalf("%s: the questions do not end", a.item)
}

// choice is what is answered to a question.
func (a *application) choice(t testing.TB, id string) []string {
	t.Helper()
	if said, ok := a.answers[id]; ok {
		return said
	}
	i := slices.IndexFunc(a.def.Situations, func(q catalogue.Question) bool { return q.ID == id })
	if i < 0 {
		t.Fatalf("%s has no question %s", a.item, id)
	}
	for _, o := range a.def.Situations[i].Options {
		if o.Stop == "" {
			return []string{o.ID}
		}
	}
	t.Fatalf("%s: no answer to %s leads on", a.item, id)
	return nil
}

// fillForm writes into the form what the page does not know yet.
func (v *visitor) fillForm(a *application) {
	v.t.Helper()
	v.stands("form")
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
	v.Click("下一步")
	if v.Last() == "form" {
		v.t.Fatalf("%s: the form is not taken\n%s", a.item, v.Text("#error-summary"))
	}
}

// written is what a sensible person writes into the form.
func (v *visitor) written(a *application) ([]catalogue.FormField, url.Values) {
	v.t.Helper()
	raw := a.filled(v.t, v.city)
	fields, err := catalogue.FormFields(a.def.Form)
	must(v.t, err)
	values, err := catalogue.FormValues(fields, raw)
	must(v.t, err)
	return fields, values
}

// filled is the form as JSON, for the answers given so far.
func (a *application) filled(t testing.TB, c *city) []byte {
	t.Helper()
	list, err := c.Catalogue.Checklist(c.System, a.item, a.division, 0, a.given)
	must(t, err)
	person := living.Person{Name: a.who.Name, IDNo: a.who.IDNo, Phone: a.who.Phone, Division: a.division, Address: a.who.Address}
	raw, err := living.Fill(a.def, person, list.Defaults, workday.DateOf(time.Now(), clock.Beijing), rand.New(rand.NewPCG(1, 2)))
	must(t, err)
	return raw
}

// fillIn fills a field that is shown and does not hold this already.
func (v *visitor) fillIn(name string, values []string) {
	v.t.Helper()
	if len(values) == 0 || values[0] == "" {
		return
	}
	open := browser.Eval[bool](v.Browser, `(() => { const e = `+fieldNamed(name)+`;
		return !!e && e.getClientRects().length > 0 && !e.readOnly && !(/^(text|tel|textarea|date|number|search)$/.test(e.type) && e.value === `+quote(values[0])+`); })()`)
	if open {
		v.Fill(name, values...)
	}
}

// handIn meets every material that is asked for at a window: on paper, or
// uploaded there if it is to be.
func (v *visitor) handIn(a *application) {
	v.t.Helper()
	v.stands("materials")
	names := browser.Eval[[]string](v.Browser, `Array.from(document.querySelectorAll(".ym-material")).filter(m => m.querySelector(".ym-required")).map(m => m.querySelector("input[type=file]").name.slice(5))`)
	for _, id := range names {
		if a.upload != "*" && a.upload != id {
			v.way(id, "paper")
			continue
		}
		v.way(id, "file")
		v.Attach("file."+id, photo(v.t, "材料-"+id))
	}
	v.Click("下一步")
}

// way chooses how a material is handed in, where there is a choice.
func (v *visitor) way(material, way string) {
	v.t.Helper()
	if v.Has(`input[type=radio][name="way.`+material+`"]`) > 0 {
		v.Fill("way."+material, way)
	}
}

// send confirms and submits.
func (v *visitor) send() string {
	v.t.Helper()
	v.stands("review")
	if v.Has(`input[name="deliver"][value="window"]`) > 0 {
		v.Fill("deliver", "window")
	}
	v.Fill("declared", "1")
	v.Click("提交申请")
	if v.Last() == "review" {
		v.t.Fatalf("%s: not submitted\n%s", v.At(), v.Excerpt())
	}
	return v.Last()
}

// photo writes a picture of a sheet of paper, as a telephone takes it.
func photo(t testing.TB, name string) string {
	t.Helper()
	const width, height = 480, 640
	sheet := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			shade := uint8(236 - (x+y)/40)
			if y%32 > 24 && x > 60 && x < width-60-(y*7)%140 && y > 90 {
				shade = 70 // a line of writing
			}
			sheet.Set(x, y, color.RGBA{shade, shade, shade - 6, 255})
		}
	}
	var raw bytes.Buffer
	must(t, png.Encode(&raw, sheet))
	file := filepath.Join(t.TempDir(), name+".png")
	must(t, os.WriteFile(file, raw.Bytes(), 0o600))
	return file
}
