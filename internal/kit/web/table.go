package web

import (
	"cmp"
	"encoding/csv"
	"io"
	"mime"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
)

// The media types of what is given away as a file; the system's own list knows
// one of them at most.
var attachmentTypes = map[string]string{
	".csv":  "text/csv; charset=utf-8",
	".ofd":  "application/ofd",
	".pdf":  "application/pdf",
	".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

// Attach makes the answer a file to be saved under a name (结果.xlsx), whose
// ending tells what it is.
func Attach(w http.ResponseWriter, name string) { attachAs(w, "attachment", name) }

func attachAs(w http.ResponseWriter, how, name string) {
	w.Header().Set("Content-Type", cmp.Or(attachmentTypes[path.Ext(name)], mime.TypeByExtension(path.Ext(name)), "application/octet-stream"))
	w.Header().Set("Content-Disposition", how+"; filename*=UTF-8''"+url.PathEscape(name))
}

// Give sends a file of somebody's own to be saved under a name.
func Give(w http.ResponseWriter, name string, data []byte) { giveAs(w, "attachment", name, data) }

// GiveInline sends one that the browser may show.
func GiveInline(w http.ResponseWriter, name string, data []byte) { giveAs(w, "inline", name, data) }

func giveAs(w http.ResponseWriter, how, name string, data []byte) {
	attachAs(w, how, name)
	w.Header().Set("Content-Length", strconv.Itoa(len(data)))
	w.Header().Set("Cache-Control", "private, no-store")
	_, _ = w.Write(data) // the reader has gone: nobody to tell
}

// Table is a CSV file on its way to a spreadsheet.
type Table struct{ out *csv.Writer }

// StartTable sends a table to be saved under a name (结果.csv), with its header.
// From here on no error can be told any more.
func StartTable(w http.ResponseWriter, name string, header ...string) *Table {
	Attach(w, name)
	return NewTable(w, header...)
}

// NewTable begins a table in a file, or in an answer whose header is written.
func NewTable(w io.Writer, header ...string) *Table {
	_, _ = w.Write([]byte("\xef\xbb\xbf")) // spreadsheets would take it for GBK
	t := &Table{csv.NewWriter(w)}
	if len(header) > 0 {
		_ = t.out.Write(header)
	}
	return t
}

// Row adds a line. A text that a spreadsheet would compute is marked as text.
func (t *Table) Row(cells ...string) {
	for i, c := range cells {
		if c != "" && strings.ContainsRune("=+-@\t\r", rune(c[0])) {
			cells[i] = "'" + c
		}
	}
	_ = t.out.Write(cells) // the reader has gone: nobody to tell
}

// Close sends what is left.
func (t *Table) Close() { t.out.Flush() }
