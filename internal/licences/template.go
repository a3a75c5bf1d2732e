package licences

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"yimen/internal/kit/errs"
)

// Template is how licences of a type look (照面模板): a sheet, in millimetres,
// and what stands on it. It is stored and edited as JSON.
type Template struct {
	Width      float64   `json:"width"`
	Height     float64   `json:"height"`
	Frame      string    `json:"frame,omitempty"`      // one of frames
	Colour     string    `json:"colour,omitempty"`     // of the frame, #rrggbb
	Background string    `json:"background,omitempty"` // #rrggbb; "" is white
	Elements   []Element `json:"elements"`
}

// Element is one thing on a sheet: its kind, its place, and how it looks.
type Element struct {
	Kind   string  `json:"kind"` // one of elementKinds
	X      float64 `json:"x"`    // millimetres from the left
	Y      float64 `json:"y"`    // from the top
	W      float64 `json:"w"`
	H      float64 `json:"h"`
	Text   string  `json:"text,omitempty"`   // with fields in braces: {持证主体}
	Size   float64 `json:"size,omitempty"`   // of type, points; of lines, their width; 0 is usual
	Face   string  `json:"face,omitempty"`   // one of faces; "" is serif
	Align  string  `json:"align,omitempty"`  // left centre right; "" is left
	Middle bool    `json:"middle,omitempty"` // stands in the middle of its height, not on top
	Colour string  `json:"colour,omitempty"` // #rrggbb; "" is black
}

// Kinds of elements.
const (
	kindText = "text"
	kindLine = "line" // from its place by its width and height
	kindBox  = "box"
	kindQR   = "qr"   // of the address where the licence is checked
	kindSeal = "seal" // the seal's middle stands in its middle; kindPicture: of a field that is one
)

type word struct{ value, label string }

// What the editor offers, in its order.
var (
	elementKinds = []word{{kindText, "文字"}, {kindLine, "线"}, {kindBox, "方框"}, {kindPicture, "照片、图片"}, {kindQR, "验证二维码"}, {kindSeal, "盖章位置"}}
	faceWords    = []word{{"serif", "宋体"}, {"bold", "粗宋体"}, {"sans", "黑体"}, {"sansbold", "粗黑体"}, {"fang", "仿宋"}}
	alignWords   = []word{{"left", "靠左"}, {"centre", "居中"}, {"right", "靠右"}}
	frameWords   = []word{{"", "不要边框"}, {"line", "单线"}, {"double", "双线"}, {"ornate", "花边"}}
)

func known(list []word, value string) bool {
	for _, w := range list {
		if w.value == value {
			return true
		}
	}
	return false
}

// Bounds of a template.
const (
	minSheet, maxSheet = 40.0, 420.0 // a card to an A3 sheet, millimetres
	maxElements        = 120
	maxTemplateText    = 400
	minSize, maxSize   = 4.0, 72.0 // points
)

// Errors of templates and of what is drawn by them.
var (
	ErrOverflow = errs.Define(errs.Invalid, "licence_overflow", "照面上放不下这么长的内容，没有制证，请缩短内容，或请管理模板的人加大位置。")
	ErrGlyph    = errs.Define(errs.Invalid, "licence_glyph", "有的字还没有字形，印不出来，没有制证，请联系系统管理员补字。")
)

// fieldName is a field within a text.
var fieldName = regexp.MustCompile(`\{([^{}]*)\}`)

var colourForm = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)

// names are the fields an element's text asks for, in order.
func (e Element) names() []string {
	var list []string
	for _, f := range fieldName.FindAllStringSubmatch(e.Text, -1) {
		list = append(list, f[1])
	}
	return list
}

// Check says what of a template cannot be drawn for licences of a type: a field
// the type does not have is named. Fields of the error are elements.<n>.<what>,
// counted from 1.
func (t Template) Check(of Type) error {
	var bad errs.Fields
	for _, side := range []struct {
		name  string
		label string
		value float64
	}{{"width", "宽", t.Width}, {"height", "高", t.Height}} {
		if !(side.value >= minSheet && side.value <= maxSheet) {
			bad.Add(side.name, "证照的%s请填%g到%g毫米。", side.label, minSheet, maxSheet)
		}
	}
	if !known(frameWords, t.Frame) {
		bad.Add("frame", "请从列表中选择边框。")
	}
	for name, c := range map[string]string{"colour": t.Colour, "background": t.Background} {
		if c != "" && !colourForm.MatchString(c) {
			bad.Add(name, "颜色请写成#b03a2e这样的六位代码。")
		}
	}
	if len(t.Elements) == 0 || len(t.Elements) > maxElements {
		bad.Add("elements", "请放1到%d个要素。", maxElements)
		return bad.Err()
	}
	fields, seals := fieldsOf(of), 0
	for i, e := range t.Elements {
		if e.Kind == kindSeal {
			seals++
		}
		t.checkElement(i+1, e, of, fields, &bad)
	}
	if seals != 1 {
		bad.Add("elements", "请放一个“盖章位置”，现在有%d个。", seals)
	}
	return bad.Err()
}

func (t Template) checkElement(n int, e Element, of Type, fields map[string]string, bad *errs.Fields) {
	add := func(what, format string, args ...any) {
		bad.Add(fmt.Sprintf("elements.%d.%s", n, what), "第%d个要素："+format, append([]any{n}, args...)...)
	}
	if !known(elementKinds, e.Kind) {
		add("kind", "请选择是什么。")
	}
	inside := e.X >= 0 && e.Y >= 0 && e.W >= 0 && e.H >= 0 && e.X+e.W <= t.Width+0.01 && e.Y+e.H <= t.Height+0.01
	switch {
	case !inside: // which no number that is none can be
		add("x", "超出了纸面，请检查位置和大小。")
	case e.Kind == kindLine && e.W+e.H == 0, e.Kind != kindLine && (e.W == 0 || e.H == 0):
		add("w", "请填宽和高。")
	}
	if e.Kind == kindPicture {
		t.checkPicture(e, of, fields, add)
	}
	if e.Kind == kindText {
		if strings.TrimSpace(e.Text) == "" || len([]rune(e.Text)) > maxTemplateText {
			add("text", "请填文字，最多%d个字。", maxTemplateText)
		}
		if strings.ContainsAny(fieldName.ReplaceAllString(e.Text, ""), "{}") {
			add("text", "花括号不成对。")
		}
		for _, name := range e.names() {
			switch {
			case fields[name] == "":
				add("text", "“%s”没有“%s”这一项。", of.Name, name)
			case of.isPicture(fields[name]):
				add("text", "“%s”是图片，“是什么”请选“照片、图片”。", name)
			}
		}
		if !(e.Size >= minSize && e.Size <= maxSize) {
			add("size", "字号请填%g到%g磅。", minSize, maxSize)
		}
	}
	if e.Kind != kindText && !(e.Size >= 0 && e.Size <= 12) {
		add("size", "线宽请填0到12磅。")
	}
	if e.Face != "" && !known(faceWords, e.Face) || e.Align != "" && !known(alignWords, e.Align) {
		add("face", "请从列表中选择字体和对齐。")
	}
	if e.Colour != "" && !colourForm.MatchString(e.Colour) {
		add("colour", "颜色请写成#b03a2e这样的六位代码。")
	}
}

// checkPicture sees that a picture shows one field that is one.
func (t Template) checkPicture(e Element, of Type, fields map[string]string, add func(what, format string, args ...any)) {
	names := e.names()
	switch {
	case len(names) != 1 || strings.TrimSpace(fieldName.ReplaceAllString(e.Text, "")) != "":
		add("text", "“文字”里请写一个图片项目，例如{照片}。")
	case fields[names[0]] == "":
		add("text", "“%s”没有“%s”这一项，请先在证照类型里加上，内容选“图片”。", of.Name, names[0])
	case !of.isPicture(fields[names[0]]):
		add("text", "“%s”不是图片，请在证照类型里把它的内容改成“图片”，或者用“文字”来写。", names[0])
	}
}

// isPicture says whether a field, by its name in the metadata, is a picture.
func (t Type) isPicture(meta string) bool {
	return slices.ContainsFunc(t.Fields, func(f Field) bool { return f.Kind == kindPicture && metadataName(f) == meta })
}

// common are the fields that every licence has (GB/T 36903): as templates write
// them, and as the metadata name them.
var common = []word{{"ZZMC", "证照名称"}, {"ZZLXDM", "证照类型代码"}, {"ZZBH", "证照编号"}, {"ZZBS", "电子证照标识"}, {"CZZT", "持证主体"},
	{"CZZTDM", "持证主体代码"}, {"ZZBFJG", "颁发机构"}, {"ZZBFJGDM", "颁发机构代码"}, {"ZZBFRQ", "颁发日期"}, {"ZZYXQQSRQ", "有效期起"},
	{"ZZYXQJZRQ", "有效期止"}, {"YXQ", "有效期"}}

// fieldsOf are the names under which a template may ask for something, and what
// the metadata call it.
func fieldsOf(t Type) map[string]string {
	list := map[string]string{}
	for _, c := range common {
		list[c.value], list[c.label] = c.value, c.value
	}
	for _, f := range t.Fields {
		meta := metadataName(f)
		list[f.Name], list[f.Label], list[meta] = meta, meta, meta
	}
	return list
}

// metadataName is how a field of a type is called in the metadata of a file.
func metadataName(f Field) string { return "KZ_" + f.Name }

// plain is the template of a type that has none of its own: an upright A4 sheet
// with everything the licence says in rows.
func plain(t Type) Template {
	const left, right, label, red = 28.0, 182.0, 38.0, "#8c2f25"
	p := Template{Width: 210, Height: 297, Frame: "ornate", Colour: red, Background: "#fffdf8"}
	add := func(e Element) { p.Elements = append(p.Elements, e) }
	add(Element{Kind: kindText, X: left, Y: 36, W: right - left, H: 14, Text: "{证照名称}", Size: 30, Face: "bold", Align: "centre", Middle: true, Colour: red})
	add(Element{Kind: kindText, X: left, Y: 54, W: right - left, H: 7, Text: "编号：{证照编号}", Size: 12, Align: "centre", Middle: true})
	rows := []string{"持证主体", "持证主体代码"}
	shots, wide := 0.0, right-left // of the rows beside a picture
	for _, f := range t.Fields {
		if f.Kind == kindPicture {
			add(Element{Kind: kindPicture, X: right - 28, Y: 72 + 36*shots, W: 26, H: 32, Text: "{" + f.Label + "}"})
			shots, wide = shots+1, right-left-30
			continue
		}
		rows = append(rows, f.Label)
	}
	rows = append(rows, "有效期")
	height := min(15, 132/float64(len(rows)))
	y := 70.0
	line := func() {
		long := wide
		if y == 70 || y > 72+36*shots-2 {
			long = right - left
		}
		add(Element{Kind: kindLine, X: left, Y: y, W: long, Size: 0.6, Colour: red})
	}
	line()
	for _, r := range rows {
		add(Element{Kind: kindText, X: left + 2, Y: y, W: label - 4, H: height, Text: rowLabel(r, t), Size: 12, Face: "sans", Middle: true, Colour: "#555555"})
		add(Element{Kind: kindText, X: left + label, Y: y + 0.5, W: wide - label - 2, H: height - 1, Text: "{" + r + "}", Size: 13, Middle: true})
		y += height
		line()
	}
	add(Element{Kind: kindText, X: 96, Y: 226, W: right - 96, H: 8, Text: "{颁发机构}", Size: 15, Align: "centre", Middle: true})
	add(Element{Kind: kindText, X: 96, Y: 237, W: right - 96, H: 8, Text: "{颁发日期}", Size: 15, Align: "centre", Middle: true})
	add(Element{Kind: kindSeal, X: 119, Y: 215, W: 40, H: 40})
	add(Element{Kind: kindQR, X: left, Y: 226, W: 26, H: 26})
	add(Element{Kind: kindText, X: left, Y: 253, W: 60, H: 5, Text: "扫码查验今天是否有效", Size: 8, Face: "sans", Colour: "#555555"})
	add(Element{Kind: kindText, X: left, Y: 268, W: right - left, H: 5, Text: "电子证照标识：{电子证照标识}", Size: 8, Face: "sans", Align: "centre", Colour: "#555555"})
	return p
}

// rowLabel is what stands before a value in the plain template.
func rowLabel(name string, t Type) string {
	switch {
	case name == "持证主体" && t.Holder == HolderPerson:
		return "姓名"
	case name == "持证主体" && t.Holder == HolderEnterprise:
		return "名称"
	case name == "持证主体代码" && t.Holder == HolderPerson:
		return "公民身份号码"
	case name == "持证主体代码" && t.Holder == HolderEnterprise:
		return "统一社会信用代码"
	}
	return name
}
