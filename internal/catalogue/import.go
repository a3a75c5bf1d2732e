package catalogue

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"

	"github.com/xuri/excelize/v2"

	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
)

// ImportReport says what became of a workbook.
type ImportReport struct {
	Items     int // items in the workbook
	Saved     int // became drafts
	Unchanged int // are as they were
	Errors    []LineError
}

// LineError is what is wrong on one line of a sheet.
type LineError struct {
	Sheet   string `json:"sheet"`
	Line    int    `json:"line"` // as the spreadsheet program counts, 1 is the header; 0: the sheet as a whole
	Column  string `json:"column"`
	Message string `json:"message"`
}

// ErrWorkbook is told for a file that is no workbook, or too large a one.
var ErrWorkbook = errs.Define(errs.Invalid, "item_workbook_unreadable", "文件不是可读取的 xlsx 表格，请用本系统导出的表格修改后再导入。")

// ErrLines is told when a workbook was not imported because lines of it are
// wrong; the report names them.
var ErrLines = errs.Define(errs.Invalid, "item_workbook_lines", "表格中有错误，没有导入任何事项，请按提示逐行修改后重新导入。")

// Bounds of a workbook: twenty times the sample city's.
const (
	maxWorkbook      = 64 << 20
	maxWorkbookUnzip = 512 << 20
)

// Import makes drafts of the items in a workbook as Export writes it. Every
// wrong line is reported. Unless partial, anything wrong is ErrLines beside the
// report and nothing is stored (a caller inside a transaction has to give the
// error on, to undo it); with partial the items without a wrong line are
// stored. Items that have not changed are left alone. Rights and stale edits
// are as for SaveDraft.
func (m *Module) Import(ctx context.Context, from io.Reader, partial bool) (ImportReport, error) {
	raw, err := io.ReadAll(io.LimitReader(from, maxWorkbook+1))
	if err != nil {
		return ImportReport{}, ErrWorkbook.Because(err)
	}
	if len(raw) > maxWorkbook {
		return ImportReport{}, ErrWorkbook.Say("表格超过64MB，请分成几个文件导入。")
	}
	f, err := excelize.OpenReader(bytes.NewReader(raw), excelize.Options{UnzipSizeLimit: maxWorkbookUnzip})
	if err != nil {
		return ImportReport{}, ErrWorkbook.Because(err)
	}
	defer f.Close()
	b := readBook(f)
	if b.unreadable {
		return ImportReport{Items: len(b.items), Errors: b.sorted()}, ErrLines
	}
	report := ImportReport{Items: len(b.items)}
	err = m.DB.InTx(ctx, func(ctx context.Context) error {
		for _, it := range b.items {
			if it.bad {
				continue
			}
			if err := m.importItem(ctx, b, it, &report); err != nil {
				return err
			}
		}
		if len(b.errors) > 0 && !partial {
			report.Saved = 0
			return ErrLines
		}
		return nil
	})
	report.Errors = b.sorted()
	return report, err
}

// importItem stores one item. What is wrong with it is noted; only an error of
// the machine is returned, for it may have spoilt the transaction.
func (m *Module) importItem(ctx context.Context, b *bookReader, it *bookItem, report *ImportReport) error {
	same, err := m.unchanged(ctx, &it.def)
	if err != nil {
		return err
	}
	if same {
		report.Unchanged++
		return nil
	}
	taken, err := m.codesTaken(ctx, &it.def)
	if err != nil {
		return err
	}
	if taken { // asked beforehand: a failed INSERT would end the transaction on PostgreSQL
		b.itemError(it, "base_code", ErrCodeTaken.Message)
		return nil
	}
	_, err = m.SaveDraft(ctx, it.def, it.seen)
	var told *errs.Error
	switch {
	case err == nil:
		report.Saved++
		return nil
	case !errors.As(err, &told) || told.Kind == errs.Internal || told.Kind == errs.Unavailable:
		return err
	case len(told.Fields) == 0 || told.Kind == errs.Conflict:
		b.itemError(it, "code", told.Message)
	default:
		for _, f := range told.Fields {
			b.itemError(it, f.Name, f.Message)
		}
	}
	return nil
}

// unchanged compares with the newest version, whatever way empty lists are written.
func (m *Module) unchanged(ctx context.Context, d *Definition) (bool, error) {
	var row struct {
		Latest     int    `db:"latest"`
		Definition string `db:"definition"`
	}
	err := m.DB.Conn(ctx).Get(ctx, &row, `SELECT i.latest, v.definition FROM catalogue_item i
		JOIN catalogue_version v ON v.item = i.code AND v.n = i.latest WHERE i.code = $1`, d.Code)
	if errors.Is(err, db.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	old, err := decode(d.Code, row.Latest, row.Definition)
	if err != nil {
		return false, err
	}
	a, err := canonical(old)
	if err != nil {
		return false, err
	}
	b, err := canonical(d)
	return a == b, err
}

// canonical writes a definition so that equal ones are equal: without nulls
// and empty lists, members in order of their names.
func canonical(d *Definition) (string, error) {
	raw, err := json.Marshal(d)
	if err != nil {
		return "", err
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return "", err
	}
	out, err := json.Marshal(withoutEmpty(v))
	return string(out), err
}

func withoutEmpty(v any) any {
	switch x := v.(type) {
	case map[string]any:
		for k, inner := range x {
			if list, ok := inner.([]any); inner == nil || ok && len(list) == 0 {
				delete(x, k)
				continue
			}
			x[k] = withoutEmpty(inner)
		}
	case []any:
		for i := range x {
			x[i] = withoutEmpty(x[i])
		}
	}
	return v
}

func (m *Module) codesTaken(ctx context.Context, d *Definition) (bool, error) {
	var n int
	err := m.DB.Conn(ctx).Get(ctx, &n, `SELECT COUNT(*) FROM catalogue_item WHERE base_code = $1 AND seq = $2 AND code <> $3`, d.BaseCode, d.Seq, d.Code)
	return n > 0, err
}
