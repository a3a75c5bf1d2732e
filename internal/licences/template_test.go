package licences_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"yimen/city"
	"yimen/internal/kit/errs"
	"yimen/internal/licences"
)

// The city's templates, and the plain one of each other type, can be drawn.
func TestEveryTypeCanBeDrawn(t *testing.T) {
	types, err := city.LicenceTypes()
	if err != nil {
		t.Fatal(err)
	}
	looks, err := city.LicenceTemplates()
	if err != nil {
		t.Fatal(err)
	}
	own := 0
	for _, of := range types {
		p, ok := looks[of.ID]
		if !ok {
			p = licences.Plain(of)
		} else {
			own++
		}
		if err := p.Check(of); err != nil {
			t.Errorf("%s: %v", of.Name, err)
		}
		if !ok && len(of.ID)%7 != 0 && of.ID > "ZZ005" {
			continue // the plain ones differ by their rows alone
		}
		picture, err := licences.Draw(of, p)
		if err != nil {
			t.Errorf("%s: %v", of.Name, err)
		}
		if said := codeOn(t, picture); ok && !strings.Contains(said, licences.CheckURL) {
			t.Errorf("%s: its code says %q", of.Name, said)
		}
		if out := os.Getenv("LICENCE_OUT"); out != "" {
			_ = os.WriteFile(out+of.ID+".png", picture, 0o600)
		}
	}
	if own != 10 || len(looks) != 10 {
		t.Errorf("%d of %d templates are of types there are", own, len(looks))
	}
}

var fixed = licences.Type{ID: "T", Code: "11100000000013127D001", Name: "样例证", Holder: licences.HolderPerson, Fields: []licences.Field{{Name: "ZZ", Label: "住址"}, {Name: "ZP", Label: "照片", Kind: "picture"}}}

// sheetWith is a template of one text beside the seal.
func sheetWith(e licences.Element) licences.Template {
	return licences.Template{Width: 100, Height: 100, Elements: []licences.Element{{Kind: "seal", X: 30, Y: 50, W: 40, H: 40}, e}}
}

func text(s string) licences.Element {
	return licences.Element{Kind: "text", X: 10, Y: 10, W: 60, H: 8, Text: s, Size: 12}
}

func picture(s string) licences.Element {
	return licences.Element{Kind: "picture", X: 60, Y: 5, W: 26, H: 32, Text: s}
}

// What a template may not hold is named.
func TestTemplatesThatAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		p    licences.Template
		says string
	}{
		"unknown field":     {sheetWith(text("{籍贯}")), "没有“籍贯”这一项"},
		"braces":            {sheetWith(text("{住址")), "花括号不成对"},
		"off the sheet":     {sheetWith(licences.Element{Kind: "text", X: 90, Y: 1, W: 20, H: 5, Text: "x", Size: 9}), "超出了纸面"},
		"no size":           {sheetWith(licences.Element{Kind: "text", X: 1, Y: 1, W: 20, H: 5, Text: "x"}), "字号"},
		"colour":            {sheetWith(licences.Element{Kind: "text", X: 1, Y: 1, W: 20, H: 5, Text: "x", Size: 9, Colour: "red"}), "颜色"},
		"two seals":         {sheetWith(licences.Element{Kind: "seal", X: 1, Y: 1, W: 20, H: 20}), "现在有2个"},
		"no seal":           {licences.Template{Width: 100, Height: 100, Elements: []licences.Element{text("字")}}, "现在有0个"},
		"no such picture":   {sheetWith(picture("{相片}")), "没有“相片”这一项"},
		"text as picture":   {sheetWith(picture("{住址}")), "不是图片"},
		"picture as text":   {sheetWith(text("{照片}")), "照片、图片"},
		"picture and words": {sheetWith(picture("照片{照片}")), "请写一个图片项目"},
		"kind":              {sheetWith(licences.Element{Kind: "script", X: 1, Y: 1, W: 20, H: 20}), "请选择是什么"},
		"sheet":             {licences.Template{Width: 10, Height: 9000, Elements: sheetWith(text("字")).Elements}, "毫米"},
	} {
		t.Run(name, func(t *testing.T) {
			err := c.p.Check(fixed)
			if err == nil || !says(err, c.says) {
				t.Errorf("%v, want %s", err, c.says)
			}
		})
	}
	if err := sheetWith(picture("{照片}")).Check(fixed); err != nil {
		t.Error(err)
	}
	if err := sheetWith(text("{住址}，{ZZ}，{KZ_ZZ}，{持证主体}，{CZZT}")).Check(fixed); err != nil {
		t.Error(err)
	}
}

func says(err error, what string) bool {
	for _, f := range errs.From(err).Fields {
		if strings.Contains(f.Message, what) {
			return true
		}
	}
	return false
}

// A long value becomes smaller, then breaks, then is refused by its name; a
// character without a glyph is named.
func TestValuesThatDoNotFit(t *testing.T) {
	l := licences.Licence{HolderName: "张三", Fields: map[string]string{"ZZ": strings.Repeat("游溪镇", 4)}}
	if err := licences.DrawLicence(fixed, sheetWith(text("{住址}")), l); err != nil {
		t.Errorf("shrinks: %v", err)
	}
	l.Fields["ZZ"] = strings.Repeat("游溪镇", 30)
	err := licences.DrawLicence(fixed, sheetWith(text("{住址}")), l)
	if !errors.Is(err, licences.ErrOverflow) || !strings.Contains(errs.From(err).Message, "住址") {
		t.Errorf("%v", err)
	}
	tall := text("{住址}")
	tall.H = 40
	if err := licences.DrawLicence(fixed, sheetWith(tall), l); err != nil {
		t.Errorf("breaks: %v", err)
	}
	l.Fields["ZZ"] = "𖿢村"
	err = licences.DrawLicence(fixed, sheetWith(text("{住址}")), l)
	if !errors.Is(err, licences.ErrGlyph) || !strings.Contains(errs.From(err).Message, "𖿢") || !strings.Contains(errs.From(err).Message, "住址") {
		t.Errorf("%v", err)
	}
}
