package web

import (
	"encoding/csv"
	"net/http"
	"net/url"
	"strings"
)

// Table is a CSV file on its way to a spreadsheet.
type Table struct{ out *csv.Writer }

// StartTable sends a table to be saved under a name (结果.csv), with its header.
// From here on no error can be told any more.
func StartTable(w http.ResponseWriter, name string, header ...string) *Table {
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", "attachment; filename*=UTF-8''"+url.PathEscape(name))
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
