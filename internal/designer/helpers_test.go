package designer

import (
	"yimen/internal/kit/db"
	"yimen/internal/kit/progress"
)

var pageOfAll = db.Page{Limit: 200}

func startOf(c bulkChange) progress.Start {
	return progress.Start{Title: c.words(), Total: len(c.Items), Back: bulkPath}
}
