package notices

import (
	"fmt"
	"strings"
	"sync"

	"yimen/internal/cases"
	"yimen/internal/kit/qr"
	"yimen/ofd"
	"yimen/ofd/fonts"
	"yimen/ofd/ses"
	"yimen/ofd/typeset"
)

// The sheet of official documents (GB/T 9704-2012, 5.1): A4, 37 mm above and 28
// mm left of the text, which is 156 mm wide and 225 mm high, 22 lines of 28
// characters of 16 points.
const (
	left, top     = 28.0, 37.0
	width, height = 156.0, 225.0
	perLine       = 28
	lineHeight    = height / 22
	indent        = "　　" // of a paragraph
	qrSide        = 26.0
)

var (
	head  = typeset.Style{Faces: []*fonts.Face{fonts.SerifBold, fonts.SansBold, fonts.Serif}, Size: ofd.Points(22), Leading: 1.5 * lineHeight}
	small = typeset.Style{Faces: []*fonts.Face{fonts.Serif, fonts.Sans}, Size: ofd.Points(10)}
)

// text is the style of the body: 仿宋 where it is installed.
var text = sync.OnceValue(func() typeset.Style {
	faces := []*fonts.Face{fonts.Serif, fonts.Sans}
	if fonts.FangSong.Ready() == nil {
		faces = append([]*fonts.Face{fonts.FangSong}, faces...)
	}
	return typeset.Style{Faces: faces, Size: ofd.Points(16), Pitch: width / perLine, Leading: lineHeight}
})

// line is one line of a document, as it will stand.
type line struct {
	style typeset.Style
	align typeset.Align
	text  string
	high  float64 // mm that it takes
}

// flow is a document that is being set.
type flow struct {
	set   *typeset.Setter
	lines []line
}

func (f *flow) add(style typeset.Style, align typeset.Align, s string) {
	measured := style.Size
	if style.Pitch > 0 {
		measured = style.Pitch
	}
	for _, l := range fonts.Wrap(s, style.Faces[0], measured, width, style.Faces[1:]...) {
		f.lines = append(f.lines, line{style, align, strings.TrimRight(l.Text, " \n"), style.Leading})
	}
}

func (f *flow) paragraphs(list ...string) {
	for _, p := range list {
		if p = strings.TrimSpace(p); p != "" {
			f.add(text(), typeset.Left, indent+p)
		}
	}
}

func (f *flow) gap(lines float64) {
	f.lines = append(f.lines, line{style: text(), high: lines * lineHeight})
}

// draw sets a notice and says where its seal stands: on the organ's name and the
// date, which never come to stand alone on a page. A character that no face has
// is a fonts.MissingError.
func draw(s cases.Sheet, id, verify string, seal float64) (*ofd.Document, ses.Stamp, error) {
	f := &flow{set: typeset.New()}
	f.words(s)
	d := &ofd.Document{Info: infoOf(s, id), Area: ofd.Area{Physical: ofd.A4}}
	f.squeeze(signHeight)
	pages := f.pages(signHeight)
	var stamp ses.Stamp
	for i, lines := range pages {
		objects, y, err := f.page(lines)
		if err != nil {
			return nil, stamp, err
		}
		if len(pages) > 1 {
			foot, err := f.set.Line(small, left+width/2-6, top+height+14, fmt.Sprintf("— %d —", i+1))
			if err != nil {
				return nil, stamp, err
			}
			objects = append(objects, foot...)
		}
		if i == len(pages)-1 {
			foot, box, err := f.sign(s, verify, y, seal)
			if err != nil {
				return nil, stamp, err
			}
			objects, stamp = append(objects, foot...), ses.Stamp{Page: i + 1, Box: box}
		}
		d.Pages = append(d.Pages, ofd.Page{Layers: []ofd.Layer{{Objects: objects}}})
	}
	return d, stamp, f.set.Embed(d)
}

// infoOf is what the file says of itself.
func infoOf(s cases.Sheet, id string) ofd.Info {
	return ofd.Info{DocID: strings.ReplaceAll(id, "-", ""), Title: s.Title + " " + s.DocNo, Author: s.Organ, Created: ofd.Date(s.On.String()), Creator: "一门 Yimen",
		Custom: []ofd.Datum{{Name: "文书种类", Value: s.Title}, {Name: "文书编号", Value: s.DocNo}, {Name: "发文单位", Value: s.Organ},
			{Name: "办件编号", Value: s.Number}, {Name: "成文日期", Value: s.On.String()}}}
}

// words are the lines of a notice, from the head to the last paragraph.
func (f *flow) words(s cases.Sheet) {
	f.add(head, typeset.Centre, s.Organ)
	f.add(head, typeset.Centre, s.Title)
	f.add(text(), typeset.Right, s.DocNo)
	f.gap(0.5)
	to := s.Applicant
	if s.IDNo != "" {
		to += "（" + s.IDType + "：" + s.IDNo + "）"
	}
	f.add(text(), typeset.Left, to+"：")
	f.paragraphs(s.Facts...)
	for i, d := range s.Demands {
		f.paragraphs(fmt.Sprintf("%d．%s：%s。补正要求：%s。", i+1, orOther(d.Material), bare(d.Problem), bare(d.Cure)))
	}
	for i, n := range s.Names {
		f.paragraphs(fmt.Sprintf("%d．%s", i+1, n))
	}
	if s.Basis != "" {
		f.paragraphs("依据：" + bare(s.Basis) + "。")
	}
	f.paragraphs(s.Decision...)
	f.paragraphs(s.Remedies, s.Contact)
}

func orOther(name string) string {
	if name == "" {
		return "其他"
	}
	return name
}

// bare is a sentence without its full stop: another follows.
func bare(s string) string { return strings.TrimRight(strings.TrimSpace(s), "。；") }

// signHeight is what organ, date and the seal on them take below the text.
const signHeight = 50.0

// tightest is how close the lines may come so that organ, date and seal stay on
// the page of the text (GB/T 9704-2012, 7.3.5.4: where what is left does not
// hold them, the distance of the lines is adjusted).
const tightest = 0.85

// squeeze sets the lines closer where a text of less than a page leaves too
// little for what stands below it.
func (f *flow) squeeze(foot float64) {
	used := 0.0
	for _, l := range f.lines {
		used += l.high
	}
	by := (height - foot - 0.1) / used // a hair less than all of it
	if by >= 1 || by < tightest {
		return
	}
	for i := range f.lines {
		f.lines[i].high *= by
		f.lines[i].style.Leading *= by
	}
}

// pages cuts the lines into pages. The last holds the signs and at least two
// lines of the text.
func (f *flow) pages(foot float64) [][]line {
	var list [][]line
	var now []line
	used := 0.0
	for _, l := range f.lines {
		if used+l.high > height && len(now) > 0 {
			list, now, used = append(list, now), nil, 0
		}
		now, used = append(now, l), used+l.high
	}
	if used+foot > height && len(now) > 2 {
		return append(list, now[:len(now)-2], now[len(now)-2:])
	}
	return append(list, now)
}

// page sets the lines of a page, and gives the height below them.
func (f *flow) page(lines []line) ([]ofd.Object, float64, error) {
	var list []ofd.Object
	y := top
	for _, l := range lines {
		if l.text != "" {
			set, _, err := f.set.Paragraph(l.style, ofd.Box{X: left, Y: y, W: width + 1, H: l.high}, l.align, l.text)
			if err != nil {
				return nil, 0, err
			}
			list = append(list, set...)
		}
		y += l.high
	}
	return list, y, nil
}

// sign sets the organ, the date and the QR code, and gives the place of the seal.
func (f *flow) sign(s cases.Sheet, verify string, y, seal float64) ([]ofd.Object, ses.Box, error) {
	y = max(y+lineHeight, top+20)
	right := typeset.Style{Faces: text().Faces, Size: text().Size, Leading: lineHeight}
	organ, on := f.set.Width(right, s.Organ), f.set.Width(right, s.On.Chinese())
	wide := min(max(organ, on), 110.0)
	middle := left + width - 4*text().Pitch - max(wide, seal)/2
	list, _, err := f.set.Paragraph(right, ofd.Box{X: middle - wide/2 - 1, Y: y + 10, W: wide + 2, H: 2 * lineHeight}, typeset.Centre, s.Organ)
	if err != nil {
		return nil, ses.Box{}, err
	}
	lines := 1.0
	if organ > wide {
		lines = 2
	}
	date, _, err := f.set.Paragraph(right, ofd.Box{X: middle - on/2 - 1, Y: y + 10 + lines*lineHeight, W: on + 2, H: lineHeight}, typeset.Centre, s.On.Chinese())
	if err != nil {
		return nil, ses.Box{}, err
	}
	list = append(list, date...)
	code, err := qr.Path(verify, ofd.Box{X: left, Y: y + 2, W: qrSide, H: qrSide})
	if err != nil {
		return nil, ses.Box{}, err
	}
	label, err := f.set.Line(small, left, y+qrSide+6.5, "扫码查询办理进度")
	if err != nil {
		return nil, ses.Box{}, err
	}
	number, err := f.set.Line(small, left, y+qrSide+11.5, "办件编号："+s.Number)
	if err != nil {
		return nil, ses.Box{}, err
	}
	list = append(append(append(list, code), label...), number...)
	return list, ses.Box{X: middle - seal/2, Y: y + 10 + (lines+1)*lineHeight/2 - seal/2, Width: seal, Height: seal}, nil
}
