package catalogue

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

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

// bookReader gathers the items of a workbook and what is wrong with it.
type bookReader struct {
	file       *excelize.File
	items      []*bookItem
	byCode     map[string]*bookItem
	errors     []LineError
	unreadable bool // a sheet or a column is missing: nothing can be said of the items
}

// bookItem is one item, with the lines its parts came from.
type bookItem struct {
	def   Definition
	seen  int64
	line  int
	lines map[string]place // "materials.2" → where it stands
	texts map[string][]textLine
	bad   bool
}

type place struct {
	sheet string
	line  int
}

func readBook(f *excelize.File) *bookReader {
	b := &bookReader{file: f, byCode: map[string]*bookItem{}}
	b.readItems()
	readList(b, sheetBasis, basisColumns, func(it *bookItem, v Basis) (string, error) {
		it.def.Basis = append(it.def.Basis, v)
		return fmt.Sprintf("basis.%d", len(it.def.Basis)-1), nil
	})
	readList(b, sheetMaterials, materialColumns, func(it *bookItem, v Material) (string, error) {
		it.def.Materials = append(it.def.Materials, v)
		return fmt.Sprintf("materials.%d", len(it.def.Materials)-1), nil
	})
	readList(b, sheetQuestions, questionColumns, func(it *bookItem, v Question) (string, error) {
		it.def.Situations = append(it.def.Situations, v)
		return fmt.Sprintf("situations.%d", len(it.def.Situations)-1), nil
	})
	readList(b, sheetOptions, optionColumns, func(it *bookItem, v optionLine) (string, error) {
		i := slices.IndexFunc(it.def.Situations, func(q Question) bool { return q.ID == v.question })
		if i < 0 {
			return "", fmt.Errorf("事项 %s 没有编号为“%s”的问题，请改正问题编号", it.def.Code, v.question)
		}
		q := &it.def.Situations[i]
		q.Options = append(q.Options, v.Option)
		return fmt.Sprintf("situations.%d.options.%d", i, len(q.Options)-1), nil
	})
	readList(b, sheetFAQ, faqColumns, func(it *bookItem, v QA) (string, error) {
		it.def.FAQ = append(it.def.FAQ, v)
		return fmt.Sprintf("faq.%d", len(it.def.FAQ)-1), nil
	})
	readList(b, sheetTexts, textColumns, func(it *bookItem, v textLine) (string, error) {
		if v.what != whatForm && v.what != whatProcess {
			return "", fmt.Errorf("“内容”应为 %s 或 %s，现为“%s”", whatForm, whatProcess, v.what)
		}
		it.texts[v.what] = append(it.texts[v.what], v)
		return map[string]string{whatForm: "form", whatProcess: "process"}[v.what], nil
	})
	for _, it := range b.items {
		b.join(it)
	}
	return b
}

// join puts the pieces of form and process together.
func (b *bookReader) join(it *bookItem) {
	text := func(what string) string {
		parts := it.texts[what]
		slices.SortStableFunc(parts, func(a, b textLine) int { return cmp.Compare(a.part, b.part) })
		var s strings.Builder
		for _, p := range parts {
			s.WriteString(p.text)
		}
		return s.String()
	}
	form := text(whatForm)
	if !json.Valid([]byte(form)) {
		b.itemError(it, "form", "表单不是有效的 JSON，请检查“表单和流程”中该事项的各段。")
		return
	}
	it.def.Form = json.RawMessage(form)
	if err := json.Unmarshal([]byte(text(whatProcess)), &it.def.Process); err != nil {
		b.itemError(it, "process", "流程不是有效的 JSON，请检查“表单和流程”中该事项的各段。")
	}
}

func (b *bookReader) wrong(sheet string, line int, column, format string, args ...any) {
	b.errors = append(b.errors, LineError{sheet, line, column, fmt.Sprintf(format, args...)})
}

// itemError notes an error of a field on the line that the field came from.
func (b *bookReader) itemError(it *bookItem, field, message string) {
	it.bad = true
	at := place{sheetItems, it.line}
	for path := field; path != ""; {
		if p, ok := it.lines[path]; ok {
			at = p
			break
		}
		i := strings.LastIndexByte(path, '.')
		if i < 0 {
			break
		}
		path = path[:i]
	}
	top, _, _ := strings.Cut(field, ".")
	b.wrong(at.sheet, at.line, fieldTitle(top), "%s", message)
}

func (b *bookReader) sorted() []LineError {
	order := []string{sheetItems, sheetBasis, sheetMaterials, sheetQuestions, sheetOptions, sheetFAQ, sheetTexts}
	slices.SortStableFunc(b.errors, func(x, y LineError) int {
		return cmp.Or(cmp.Compare(slices.Index(order, x.Sheet), slices.Index(order, y.Sheet)), cmp.Compare(x.Line, y.Line))
	})
	return b.errors
}

// rows reads a sheet: the place of each titled column, and the lines under the header.
func (b *bookReader) rows(sheet string, wanted []string) (at map[string]int, lines [][]string, ok bool) {
	rows, err := b.file.GetRows(sheet, excelize.Options{RawCellValue: true})
	if err != nil || len(rows) == 0 {
		b.unreadable = true
		b.wrong(sheet, 0, "", "没有工作表“%s”，请用本系统导出的表格修改后再导入。", sheet)
		return nil, nil, false
	}
	at = map[string]int{}
	for i, title := range rows[0] {
		title = strings.TrimSpace(title)
		switch {
		case title == "":
		case !slices.Contains(wanted, title):
			b.unreadable = true
			b.wrong(sheet, 1, title, "不认识这一列，请改正列名或删除该列。")
		default:
			at[title] = i
		}
	}
	for _, title := range wanted {
		if _, there := at[title]; !there {
			b.unreadable = true
			b.wrong(sheet, 1, title, "缺少这一列，请补上。")
		}
	}
	return at, rows[1:], !b.unreadable
}

func cell(row []string, i int) string {
	if i >= len(row) {
		return ""
	}
	return strings.TrimSpace(strings.ReplaceAll(row[i], "\r\n", "\n"))
}

func blankRow(row []string) bool {
	return !slices.ContainsFunc(row, func(s string) bool { return strings.TrimSpace(s) != "" })
}

func (b *bookReader) readItems() {
	at, lines, ok := b.rows(sheetItems, append([]string{titleSeen}, titles(definitionColumns)...))
	if !ok {
		return
	}
	for i, row := range lines {
		if blankRow(row) {
			continue
		}
		it := &bookItem{line: i + 2, lines: map[string]place{}, texts: map[string][]textLine{}}
		it.bad = !fillIn(b, sheetItems, it.line, definitionColumns, at, row, &it.def)
		if s := cell(row, at[titleSeen]); s != "" {
			n, err := strconv.ParseInt(s, 10, 64)
			if err != nil {
				it.bad = true
				b.wrong(sheetItems, it.line, titleSeen, "应为导出时的数字，新增事项请留空，现为“%s”。", s)
			}
			it.seen = n
		}
		if b.byCode[it.def.Code] != nil {
			b.wrong(sheetItems, it.line, titleCode, "事项编号“%s”与第%d行重复，请删去一行。", it.def.Code, b.byCode[it.def.Code].line)
			continue
		}
		b.byCode[it.def.Code] = it
		b.items = append(b.items, it)
	}
}

// fillIn reads the columns of one line; false when any is wrong.
func fillIn[T any](b *bookReader, sheet string, line int, columns []column[T], at map[string]int, row []string, into *T) bool {
	good := true
	for _, c := range columns {
		if err := c.set(into, cell(row, at[c.title])); err != nil {
			good = false
			b.wrong(sheet, line, c.title, "%s：%v。", c.title, err)
		}
	}
	return good
}

// readList reads a sheet whose lines belong to items; add puts a line into its
// item and gives its JSON path there.
func readList[T any](b *bookReader, sheet string, columns []column[T], add func(*bookItem, T) (string, error)) {
	at, lines, ok := b.rows(sheet, append([]string{titleCode}, titles(columns)...))
	if !ok {
		return
	}
	for i, row := range lines {
		if blankRow(row) {
			continue
		}
		line, code := i+2, cell(row, at[titleCode])
		it := b.byCode[code]
		if it == nil {
			b.wrong(sheet, line, titleCode, "“%s”中没有编号为“%s”的事项，请改正编号或添加事项。", sheetItems, code)
			continue
		}
		var v T
		if !fillIn(b, sheet, line, columns, at, row, &v) {
			it.bad = true
			continue
		}
		path, err := add(it, v)
		if err != nil {
			it.bad = true
			b.wrong(sheet, line, "", "%v。", err)
			continue
		}
		it.lines[path] = place{sheet, line}
	}
}
