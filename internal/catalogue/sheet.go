package catalogue

import (
	"io"
	"strings"

	"yimen/internal/kit/errs"
	"yimen/internal/kit/tables"
	"yimen/internal/kit/web"
)

// maxSheetFile bounds a file of synonyms or zones, in bytes.
const maxSheetFile = 8 << 20

func fieldAt(row []string, i int) string {
	if i >= len(row) {
		return ""
	}
	return strings.TrimSpace(row[i])
}

// readSheet gives the rows of an xlsx workbook's first sheet, or of a csv file;
// anything else is the error that was handed in.
func readSheet(from io.Reader, unreadable *errs.Error) ([][]string, error) {
	rows, err := tables.Read(from, maxSheetFile)
	if err != nil {
		return nil, unreadable.Because(err)
	}
	return rows, nil
}

// writeSheet writes rows as an xlsx workbook of one sheet, or as csv.
func writeSheet(into io.Writer, format, sheet string, rows [][]string) error {
	if format == "csv" {
		t := web.NewTable(into)
		for _, row := range rows {
			t.Row(row...)
		}
		t.Close()
		return nil
	}
	return tables.Write(into, tables.Sheet{Name: sheet, Rows: rows, Width: 28})
}
