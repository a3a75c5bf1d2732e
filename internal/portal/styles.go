package portal

import (
	"embed"
	"io/fs"

	"yimen/internal/kit/web/static"
	"yimen/internal/kit/web/ui"
)

//go:embed dist
var dist embed.FS

func init() {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		panic("portal: " + err.Error()) // the folder is embedded above
	}
	static.Add(files)
}

// public is a page on which people look for something, with its own styles.
func public(o ui.PageOpts) ui.PageOpts {
	o = page(o)
	o.Styles = append(o.Styles, "portal.css")
	return o
}
