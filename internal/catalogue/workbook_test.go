package catalogue

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"yimen/internal/kit/errs"
)

func (w *world) export(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	must(t, w.Export(w.editor(), &out))
	return out.Bytes()
}

// change opens a workbook, edits it and gives it back.
func change(t *testing.T, book []byte, edit func(f *excelize.File)) []byte {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(book))
	must(t, err)
	defer f.Close()
	edit(f)
	var out bytes.Buffer
	must(t, f.Write(&out))
	return out.Bytes()
}

// at gives the cell of a column's title on a line.
func at(t *testing.T, f *excelize.File, sheet, title string, line int) string {
	t.Helper()
	rows, err := f.GetRows(sheet)
	must(t, err)
	i := slices.Index(rows[0], title)
	if i < 0 {
		t.Fatalf("sheet %s has no column %s", sheet, title)
	}
	name, err := excelize.CoordinatesToCellName(i+1, line)
	must(t, err)
	return name
}

// TestWorkbookRoundTrip: what is exported is what is imported, in another city
// as a draft, in the same one as nothing to do.
func TestWorkbookRoundTrip(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		long := another("SG11003", "440111003000", "山林权属调解", func(d *Definition) {
			d.Fee = Fee{Charged: true, Item: "=1+1", Standard: "10元", Basis: "某文", Online: true}
			d.Form = longForm(t)
			d.Situations[0].Options[0].Defaults = map[string]any{"handled_by": "self", "area": 12.5}
		})
		w.load(t, sample(), long)
		book := w.export(t)
		report, err := w.Import(w.editor(), bytes.NewReader(book), false)
		must(t, err)
		if report.Items != 2 || report.Unchanged != 2 || report.Saved != 0 || len(report.Errors) != 0 {
			t.Fatalf("into the same city: %+v", report)
		}
		before, err := w.Version(w.ctx, "SG11003", 1)
		must(t, err)
		for _, statement := range []string{`DELETE FROM catalogue_act`, `DELETE FROM catalogue_item_tag`, `DELETE FROM catalogue_version`, `DELETE FROM catalogue_item`} {
			_, err := w.DB.Conn(w.ctx).Exec(w.ctx, statement)
			must(t, err)
		}
		book = change(t, book, func(f *excelize.File) {
			must(t, f.SetCellStr(sheetItems, at(t, f, sheetItems, titleSeen, 2), ""))
			must(t, f.SetCellStr(sheetItems, at(t, f, sheetItems, titleSeen, 3), ""))
		})
		report, err = w.Import(w.editor(), bytes.NewReader(book), false)
		must(t, err)
		if report.Saved != 2 || len(report.Errors) != 0 {
			t.Fatalf("into an empty city: %+v", report)
		}
		sheet, err := w.Sheet(w.editor(), "SG11003")
		must(t, err)
		a, err := canonical(&before.Definition)
		must(t, err)
		b, err := canonical(&sheet.Newest.Definition)
		must(t, err)
		if a != b || sheet.Newest.State != Draft || len(sheet.Findings) != 0 {
			t.Errorf("state %s, findings %v\nwas %s\nis  %s", sheet.Newest.State, sheet.Findings, a, b)
		}
	})
}

// longForm is a form longer than a cell.
func longForm(t *testing.T) json.RawMessage {
	t.Helper()
	var schema map[string]any
	must(t, json.Unmarshal([]byte(sampleForm), &schema))
	properties := schema["properties"].(map[string]any)
	for i := range 600 {
		properties[fmt.Sprintf("note_%d", i)] = map[string]any{"type": "string", "title": fmt.Sprintf("说明%d请 如 实 填 写", i), "x-order": 1000 + i}
	}
	raw, err := json.Marshal(schema)
	must(t, err)
	if len([]rune(string(raw))) < cellRunes {
		t.Fatalf("the form has only %d characters", len(raw))
	}
	return raw
}

func TestAnEditInTheWorkbookBecomesADraft(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.load(t, sample(), another("SG11003", "440111003000", "山林权属调解", nil))
		book := change(t, w.export(t), func(f *excelize.File) {
			must(t, f.SetCellStr(sheetItems, at(t, f, sheetItems, "咨询电话", 2), "0751-8889999"))
		})
		report, err := w.Import(w.editor(), bytes.NewReader(book), false)
		must(t, err)
		if report.Saved != 1 || report.Unchanged != 1 {
			t.Fatalf("%+v", report)
		}
		sheet, err := w.Sheet(w.editor(), "SG11001")
		must(t, err)
		if sheet.Newest.N != 2 || sheet.Newest.Definition.Consult != "0751-8889999" || !slices.Equal(sheet.History[0].Changed, []string{"咨询电话"}) {
			t.Errorf("version %d, %s, changed %v", sheet.Newest.N, sheet.Newest.Definition.Consult, sheet.History[0].Changed)
		}
		// The same workbook again is now stale, and says so on its line.
		book = change(t, book, func(f *excelize.File) {
			must(t, f.SetCellStr(sheetItems, at(t, f, sheetItems, "咨询电话", 2), "0751-8887777"))
		})
		report, err = w.Import(w.editor(), bytes.NewReader(book), false)
		if !errors.Is(err, ErrLines) || len(report.Errors) != 1 || report.Errors[0].Line != 2 || !strings.Contains(report.Errors[0].Message, "咨询电话") {
			t.Errorf("stale: %+v", report)
		}
	})
}

// TestWrongLinesAreNamed: every one, with its sheet and line; nothing is
// stored, or with partial what is right.
func TestWrongLinesAreNamed(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.load(t, sample(), another("SG11003", "440111003000", "山林权属调解", nil), another("SG11004", "440111004000", "毛竹采伐", nil))
		book := change(t, w.export(t), func(f *excelize.File) {
			set := func(sheet, title string, line int, value string) {
				must(t, f.SetCellStr(sheet, at(t, f, sheet, title, line), value))
			}
			set(sheetItems, "到现场次数", 2, "两次")
			set(sheetItems, "是否网办", 2, "可能")
			set(sheetItems, "事项名称", 4, "毛竹采伐许可")
			set(sheetMaterials, "必要性", 8, "看情况") // the third material of SG11003
			set(sheetMaterials, titleCode, 16, "SG99999")
			set(sheetOptions, "问题编号", 9, "ghost")
		})
		want := []string{
			sheetItems + " 2 到现场次数", sheetItems + " 2 是否网办", sheetMaterials + " 16 事项编号", sheetOptions + " 9 ",
		}
		report, err := w.Import(w.editor(), bytes.NewReader(book), false)
		if !errors.Is(err, ErrLines) {
			t.Fatal(err)
		}
		var got []string
		for _, e := range report.Errors {
			got = append(got, fmt.Sprint(e.Sheet, " ", e.Line, " ", e.Column))
			if e.Message == "" {
				t.Errorf("%+v says nothing", e)
			}
		}
		if !slices.Equal(got, want) || report.Saved != 0 {
			t.Errorf("saved %d\ngot  %q\nwant %q", report.Saved, got, want)
		}
		if sheet, _ := w.Sheet(w.editor(), "SG11004"); sheet.Newest.N != 1 {
			t.Error("something was stored")
		}
		report, err = w.Import(w.editor(), bytes.NewReader(book), true)
		must(t, err)
		if sheet, _ := w.Sheet(w.editor(), "SG11004"); sheet.Newest.N != 2 || report.Saved != 1 {
			t.Errorf("partial: saved %d, version %d", report.Saved, sheet.Newest.N)
		}
	})
}

// TestShapeErrorsPointAtTheirLine: what SaveDraft refuses is told on the line
// of the list it came from.
func TestShapeErrorsPointAtTheirLine(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.load(t, sample(), another("SG11003", "440111003000", "山林权属调解", nil))
		book := change(t, w.export(t), func(f *excelize.File) {
			must(t, f.SetCellStr(sheetMaterials, at(t, f, sheetMaterials, "必要性", 9), "看情况"))
			must(t, f.SetCellStr(sheetItems, at(t, f, sheetItems, "办件类型", 3), "快"))
		})
		report, err := w.Import(w.editor(), bytes.NewReader(book), false)
		if !errors.Is(err, ErrLines) || len(report.Errors) != 2 || report.Errors[0].Line != 3 || report.Errors[1].Sheet != sheetMaterials || report.Errors[1].Line != 9 {
			t.Errorf("%+v", report.Errors)
		}
	})
}

func TestNotAWorkbook(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		if _, err := w.Import(w.editor(), strings.NewReader("code,name"), false); !errors.Is(err, ErrWorkbook) || errs.KindOf(err) != errs.Invalid {
			t.Errorf("text: %v", err)
		}
		var empty bytes.Buffer
		f := excelize.NewFile()
		must(t, f.Write(&empty))
		report, err := w.Import(w.editor(), &empty, true)
		if !errors.Is(err, ErrLines) || len(report.Errors) != 7 || report.Errors[0].Line != 0 {
			t.Errorf("an empty workbook: %+v, %v", report, err)
		}
		// A stranger's export holds nothing, and his import is refused line by line.
		w.load(t, sample())
		book := w.export(t)
		var out bytes.Buffer
		stranger := w.as("stranger", "D12", RightViewDraft, RightEdit)
		must(t, w.Export(stranger, &out))
		if report, err := w.Import(stranger, &out, false); err != nil || report.Items != 0 {
			t.Errorf("a stranger's export: %+v, %v", report, err)
		}
		book = change(t, book, func(f *excelize.File) {
			must(t, f.SetCellStr(sheetItems, at(t, f, sheetItems, "事项名称", 2), "我的"))
		})
		if report, err := w.Import(stranger, bytes.NewReader(book), true); err != nil || len(report.Errors) != 1 || report.Saved != 0 {
			t.Errorf("a stranger's import: %+v, %v", report, err)
		}
	})
}
