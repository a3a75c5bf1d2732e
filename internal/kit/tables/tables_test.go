package tables_test

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"yimen/internal/kit/tables"
)

func TestWhatIsWrittenIsRead(t *testing.T) {
	rows := [][]string{{"姓名", "号码"}, {"李立伟", "440232199001010033"}, {"", "=1+1"}}
	var b bytes.Buffer
	if err := tables.Write(&b, tables.Sheet{Name: "表", Rows: rows, Fill: 10}, tables.Sheet{Name: "说明", Rows: [][]string{{"怎么填"}}}); err != nil {
		t.Fatal(err)
	}
	got, err := tables.Read(bytes.NewReader(b.Bytes()), 1<<20)
	if err != nil || !reflect.DeepEqual(got[:3], rows) {
		t.Errorf("%q, %v", got, err)
	}
	if got, err := tables.Read(strings.NewReader("\ufeff姓名,号码\n李立伟\n"), 1<<20); err != nil || got[0][0] != "姓名" || len(got[1]) != 1 {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := tables.Read(bytes.NewReader(b.Bytes()), 100); !errors.Is(err, tables.ErrTooLarge) {
		t.Errorf("too large: %v", err)
	}
	if _, err := tables.Read(strings.NewReader("PK\x03\x04 no workbook"), 1<<20); err == nil {
		t.Error("a broken workbook is read")
	}
	if c := tables.Cell(28, 3); c != "AB3" {
		t.Error(c)
	}
}

// A day that the spreadsheet keeps as a number is read as a day.
func TestDaysAreRead(t *testing.T) {
	f := excelize.NewFile()
	style, err := f.NewStyle(&excelize.Style{NumFmt: 14})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.SetCellValue("Sheet1", "A1", 46053), f.SetCellStyle("Sheet1", "A1", "A1", style)); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	got, err := tables.Read(&b, 1<<20)
	if err != nil || got[0][0] != "2026/1/31" {
		t.Errorf("%q, %v", got, err)
	}
}
