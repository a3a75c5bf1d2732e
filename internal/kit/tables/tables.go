// Package tables reads and writes the sheets that people fill in and send us:
// xlsx workbooks, or csv.
package tables

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"
)

// ErrTooLarge says that a file has more bytes than it may have.
var ErrTooLarge = errors.New("tables: file is too large")

// unpacked is how many times its size a workbook may have unpacked.
const unpacked = 16

// Read gives the rows of an xlsx workbook's first sheet, or of a csv file in
// UTF-8, as they are shown: days as 2026/1/31. Rows may have different lengths.
// Errors: ErrTooLarge, and whatever makes the file unreadable.
func Read(from io.Reader, limit int64) ([][]string, error) {
	raw, err := io.ReadAll(io.LimitReader(from, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(raw)) > limit {
		return nil, ErrTooLarge
	}
	if !bytes.HasPrefix(raw, []byte("PK")) {
		r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(raw, []byte("\ufeff"))))
		r.FieldsPerRecord = -1
		return r.ReadAll()
	}
	f, err := excelize.OpenReader(bytes.NewReader(raw), excelize.Options{UnzipSizeLimit: unpacked * limit, ShortDatePattern: "yyyy/m/d"})
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return f.GetRows(f.GetSheetName(0))
}

// Sheet is one sheet of a workbook.
type Sheet struct {
	Name  string
	Rows  [][]string
	Width float64 // of the columns, in characters; 0 is 20
	// Fill is how many rows below the last are text too, for people to fill in:
	// a spreadsheet would shorten long numbers otherwise.
	Fill int
}

// Write writes sheets as an xlsx workbook. Every cell is text.
func Write(into io.Writer, sheets ...Sheet) error {
	f := excelize.NewFile()
	defer f.Close()
	text, err := f.NewStyle(&excelize.Style{NumFmt: 49, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	if err != nil {
		return fmt.Errorf("tables: %w", err)
	}
	for i, s := range sheets {
		if i == 0 {
			err = f.SetSheetName("Sheet1", s.Name)
		} else {
			_, err = f.NewSheet(s.Name)
		}
		if err == nil {
			err = s.write(f, text)
		}
		if err != nil {
			return fmt.Errorf("tables: sheet %s: %w", s.Name, err)
		}
	}
	return f.Write(into)
}

func (s Sheet) write(f *excelize.File, text int) error {
	columns := 1
	for i, row := range s.Rows {
		columns = max(columns, len(row))
		if err := f.SetSheetRow(s.Name, fmt.Sprintf("A%d", i+1), &row); err != nil {
			return err
		}
	}
	last, err := excelize.CoordinatesToCellName(columns, max(1, len(s.Rows)+s.Fill))
	if err != nil {
		return err
	}
	if err := f.SetCellStyle(s.Name, "A1", last, text); err != nil {
		return err
	}
	end, err := excelize.ColumnNumberToName(columns)
	if err != nil {
		return err
	}
	width := s.Width
	if width == 0 {
		width = 20
	}
	return f.SetColWidth(s.Name, "A", end, width)
}

// Cell names a cell as people find it: column and row from 1 give B3.
func Cell(column, row int) string {
	name, err := excelize.CoordinatesToCellName(column, row)
	if err != nil {
		return ""
	}
	return name
}
