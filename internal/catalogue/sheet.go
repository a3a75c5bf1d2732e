package catalogue

import (
	"bytes"
	"encoding/csv"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"

	"yimen/internal/kit/errs"
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
	raw, err := io.ReadAll(io.LimitReader(from, maxSheetFile+1))
	if err != nil || len(raw) > maxSheetFile {
		return nil, unreadable.Because(err)
	}
	if !bytes.HasPrefix(raw, []byte("PK")) {
		r := csv.NewReader(bytes.NewReader(raw))
		r.FieldsPerRecord = -1
		rows, err := r.ReadAll()
		if err != nil {
			return nil, unreadable.Because(err)
		}
		return rows, nil
	}
	f, err := excelize.OpenReader(bytes.NewReader(raw), excelize.Options{UnzipSizeLimit: 16 * maxSheetFile})
	if err != nil {
		return nil, unreadable.Because(err)
	}
	defer f.Close()
	rows, err := f.GetRows(f.GetSheetName(0))
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
	f := excelize.NewFile()
	defer f.Close()
	if err := f.SetSheetName("Sheet1", sheet); err != nil {
		return err
	}
	for i, row := range rows {
		at, err := excelize.CoordinatesToCellName(1, i+1)
		if err != nil {
			return err
		}
		if err := f.SetSheetRow(sheet, at, &row); err != nil {
			return err
		}
	}
	if err := f.SetColWidth(sheet, "A", "C", 28); err != nil {
		return err
	}
	return f.Write(into)
}
