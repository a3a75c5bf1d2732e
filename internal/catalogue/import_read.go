package catalogue

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

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
	b.wrong(at.sheet, at.line, FieldTitle(top), "%s", message)
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
