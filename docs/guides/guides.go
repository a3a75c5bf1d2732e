// Package guides holds the guides for readers, as files: the repository shows
// them, and the program's help pages (internal/help) are made from them, so
// that there is one text for both.
package guides

import "embed"

// Files are the guides, one Markdown file for each sort of reader.
//
//go:embed *.md
var Files embed.FS
