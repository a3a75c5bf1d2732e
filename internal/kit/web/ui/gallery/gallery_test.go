package gallery

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"yimen/internal/kit/web"
	"yimen/internal/kit/webtest"
)

// The page shows every part that package ui offers: a new one without an
// example is not documented.
func TestEveryPartIsShown(t *testing.T) {
	shown := source
	for _, part := range []string{"Tabs", "Progress", "Tree", "SideBySide", "Dialog", "DialogButton", "Loading", "Skeleton", "Stats", "Stat", "KeyList",
		"Bars", "Line", "BarList", "Spark", "Donut", "Heat", "Field", "ErrorSummary", "Alert", "StateBadge", "Light", "CopyNumber", "Steps", "Timeline",
		"DefList", "Table", "Pager", "Empty", "EmptyWith", "NoRight", "Failed", "QRLabel"} {
		if !strings.Contains(shown, "@ui."+part+"(") && !strings.Contains(shown, "ui."+part+"(") {
			t.Errorf("no example shows ui.%s", part)
		}
	}
	calls := regexp.MustCompile(`(?m)^templ (ex[A-Za-z]+)\(`).FindAllStringSubmatch(source, -1)
	if len(calls) != len(Examples()) {
		t.Errorf("%d examples written, %d shown", len(calls), len(Examples()))
	}
	for _, e := range Examples() {
		var b bytes.Buffer
		if err := e.Part.Render(t.Context(), &b); err != nil || b.Len() == 0 {
			t.Errorf("%s draws %d bytes, %v", e.ID, b.Len(), err)
		}
		if src := e.Source(); !strings.Contains(src, "@") && !strings.Contains(src, "<") || strings.Contains(src, "\ntempl ") {
			t.Errorf("%s shows as its source %q", e.ID, src)
		}
	}
}

func TestEveryLook(t *testing.T) {
	rt := web.NewRouter(web.Options{})
	rt.Get("/admin/parts", web.Public, Show)
	c := webtest.New(t, rt)
	for _, l := range looks {
		p := c.Get("/admin/parts"+l.Query).Status(200).Must("界面部件", "写法", "@ui.Field(", "--ym-ink")
		if !strings.Contains(l.Query, "theme=dark") {
			p.None("html.ym-theme-dark")
		}
	}
	c.Get("/admin/parts?face=elder&size=3&theme=contrast").One("html.ym-theme-contrast")
	c.Get("/admin/parts?face=elder&size=3").One("html.ym-size-3")
	c.Get("/admin/parts?theme=dark").One("html.ym-theme-dark")
	c.Get("/admin/parts?theme=<x>").One("html.ym-theme-auto")
}
