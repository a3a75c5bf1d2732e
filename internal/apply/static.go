package apply

import (
	"embed"
	"io/fs"

	"yimen/internal/kit/web/static"
)

//go:embed dist
var dist embed.FS

func init() {
	sub, err := fs.Sub(dist, "dist")
	if err != nil {
		panic("apply: " + err.Error())
	}
	static.Add(sub)
}
