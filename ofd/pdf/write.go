package pdf

import (
	"fmt"
	"strings"

	"yimen/ofd"
	"yimen/ofd/internal/draw"
	"yimen/ofd/render"
)

// Options say what is written besides the pages.
type Options struct {
	Stamps  map[int][]render.Stamp // by page, from 0: pictures of seals
	Printed bool                   // leaves out annotations that are not to be printed
	Sign    *Signature             // nil: not signed
}

// maxBytes bounds what the pages of a file may come to.
const maxBytes = 256 << 20

// point is how many of PDF's units a millimetre has.
const point = 72 / 25.4

// Write writes all pages. The report is of all of them.
func Write(d *ofd.Document, o Options) ([]byte, render.Report, error) {
	w := &writer{file: &file{}, pictures: map[*byte]int{}, states: map[string]int{}}
	catalogue, pages := w.file.reserve(), w.file.reserve()
	resources := w.file.reserve()
	var all render.Report
	drawer := draw.New(d)
	var kids []string
	field := w.field(o)
	for i := range d.Pages {
		box, err := draw.Box(d, i)
		if err != nil {
			return nil, all, err
		}
		w.begin(box)
		report, err := drawer.Page(i, draw.Options{Stamps: o.Stamps[i], Printed: o.Printed}, w)
		all.Substituted = append(all.Substituted, report.Substituted...)
		all.Missing = append(all.Missing, report.Missing...)
		all.Skipped = append(all.Skipped, report.Skipped...)
		if err != nil {
			return nil, all, err
		}
		content := w.file.reserve()
		w.file.stream(content, "", w.out, true)
		page := w.file.reserve()
		w.file.set(page, "<< /Type /Page /Parent %d 0 R /MediaBox [0 0 %s] /Resources %d 0 R /Contents %d 0 R%s >>",
			pages, nums(box.W*point, box.H*point), resources, content, field.on(i, page, box))
		kids = append(kids, fmt.Sprintf("%d 0 R", page))
	}
	for i, f := range w.fonts {
		if err := f.write(w.file, i); err != nil {
			return nil, all, err
		}
	}
	w.file.set(resources, "%s", w.resources())
	w.file.set(pages, "<< /Type /Pages /Kids [%s] /Count %d >>", strings.Join(kids, " "), len(kids))
	w.file.set(catalogue, "<< /Type /Catalog /Pages %d 0 R /Lang (zh-CN) /ViewerPreferences << /DisplayDocTitle true >>%s >>", pages, field.form())
	file := w.file.bytes(catalogue, w.info(d.Info))
	return file, all, field.sign(file)
}

// info writes what the document says of itself.
func (w *writer) info(i ofd.Info) int {
	var b strings.Builder
	put := func(key, value string) {
		if value != "" {
			fmt.Fprintf(&b, "/%s %s ", key, text(value))
		}
	}
	put("Title", i.Title)
	put("Author", i.Author)
	put("Subject", i.Subject)
	put("Keywords", strings.Join(i.Keywords, ", "))
	put("Creator", strings.TrimSpace(i.Creator+" "+i.CreatorVersion))
	put("Producer", "Yimen")
	if s := strings.ReplaceAll(string(i.Created), "-", ""); len(s) == 8 && strings.Trim(s, "0123456789") == "" {
		fmt.Fprintf(&b, "/CreationDate (D:%s) ", s)
	}
	return w.file.add("<< %s>>", b.String())
}

func (w *writer) resources() string {
	var b strings.Builder
	b.WriteString("<< /Font << ")
	for i, f := range w.fonts {
		fmt.Fprintf(&b, "/F%d %d 0 R ", i, f.object)
	}
	b.WriteString(">> /XObject << ")
	for i, n := range w.images {
		fmt.Fprintf(&b, "/I%d %d 0 R ", i, n)
	}
	b.WriteString(">> /ExtGState << ")
	for i, s := range w.stateList {
		fmt.Fprintf(&b, "/G%d << %s >> ", i, s)
	}
	b.WriteString(">> /Pattern << ")
	for i, n := range w.shades {
		fmt.Fprintf(&b, "/P%d %d 0 R ", i, n)
	}
	b.WriteString(">> >>")
	return b.String()
}
