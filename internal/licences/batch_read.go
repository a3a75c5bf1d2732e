package licences

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"yimen/internal/kit/errs"
	"yimen/internal/kit/tables"
	"yimen/workday"
)

// Bounds of a sheet.
const (
	maxSheetFile = 4 << 20
	maxSheetRows = 1000
)

// Errors of sheets.
var (
	ErrSheetFile   = errs.Define(errs.Invalid, "licence_sheet_file", "文件无法读取：请下载模板填写，存成xlsx表格（或UTF-8编码的csv文件）后上传，不超过4MB。")
	ErrSheetHeader = errs.Define(errs.Invalid, "licence_sheet_header", "第一行的列名和模板对不上，请用这种证照的模板。")
	ErrSheetRows   = errs.Define(errs.Invalid, "licence_sheet_rows", "表里没有要签发的内容，请从第二行起填写，一行一本。")
)

// Columns of a sheet beside those of the type's fields and of a file of stock;
// the last two are of results, and are passed over when they come back.
const (
	colDocument = "依据的文号"
	colResult   = "结果"
)

// sheetColumn is one column of a type's sheet.
type sheetColumn struct {
	title, field string // field: as errors name it
	must         bool
	help         string
}

// sheetColumns are the columns of the sheet from which licences of the type are
// issued.
func (t Type) sheetColumns() []sheetColumn {
	number := sheetColumn{colNumber, "number", false, "留空就按“" + t.Rule.numberWords() + "”自动编"}
	if t.Rule.Number == NumberByHand {
		number.must, number.help = true, "证照上印的编号"
	}
	till := sheetColumn{colTill, "to", false, "留空就按类型规定的期限（" + t.Rule.termWords() + "）；长期有效的填“长期”"}
	if t.Rule.Months == 0 {
		till.must, till.help = true, "有效期的最后一天，写成2026-01-31；长期有效的填“长期”"
	}
	list := []sheetColumn{{colHolder, "holder_name", true, "持证人姓名或单位全称"}, {colHolderNo, "holder_no", true, holderNoHelp[t.Holder]}, number,
		{colFrom, "from", false, "有效期的第一天，写成2026-01-31；留空是签发那天"}, till}
	for _, f := range t.Fields {
		if f.Kind == kindPicture {
			continue // no cell holds one
		}
		title, help := f.Label, ""
		if slices.ContainsFunc(list, func(c sheetColumn) bool { return c.title == title }) || title == colDocument || title == colResult || title == colIdentifier {
			title = "照面上的" + title
		}
		if f.Kind == "date" {
			help = "日期，写成2026-01-31"
		}
		list = append(list, sheetColumn{title, "fields." + f.Name, f.Required, help})
	}
	return append(list, sheetColumn{colDocument, "document", false, "批准签发的文件编号，记入用印记录"})
}

var holderNoHelp = map[string]string{HolderPerson: "18位身份证号码", HolderEnterprise: "18位统一社会信用代码", HolderBoth: "18位身份证号码或统一社会信用代码"}

// WriteSheet writes an empty sheet of a type, with how it is filled in.
func (t Type) WriteSheet(into io.Writer) error {
	header := []string{}
	help := [][]string{{"列名", "必填", "怎么填"}}
	for _, c := range t.sheetColumns() {
		header = append(header, c.title)
		help = append(help, []string{c.title, yes(c.must), c.help})
	}
	help = append(help, []string{}, []string{fmt.Sprintf("一行一本，最多%d行。签发后盖本单位的电子印章，马上生效。", maxSheetRows)})
	return tables.Write(into, tables.Sheet{Name: "签发", Rows: [][]string{header}, Fill: maxSheetRows}, tables.Sheet{Name: "怎么填", Rows: help, Width: 32})
}

// SheetFault is what is wrong with a line.
type SheetFault struct {
	Cell    string `json:"cell,omitempty"` // C5; "" is the line as a whole
	Column  string `json:"column,omitempty"`
	Message string `json:"message"`
}

// Describe is a fault as people read it.
func (f SheetFault) Describe() string {
	if f.Cell == "" {
		return f.Message
	}
	return f.Cell + "“" + f.Column + "”：" + f.Message
}

// sheetLine is a line of a sheet: what it says by the titles of its columns, and
// what is wrong with it.
type sheetLine struct {
	No     int               `json:"-"` // 2 is the first under the header
	Cells  map[string]string `json:"cells"`
	Faults []SheetFault      `json:"faults,omitempty"`
}

// readLines reads the lines of a type's sheet, and where each column stands,
// counted from 1. Errors: ErrSheetFile, ErrSheetHeader, ErrSheetRows.
func (t Type) readLines(from io.Reader) ([]sheetLine, map[string]int, error) {
	rows, err := tables.Read(from, maxSheetFile)
	if err != nil || len(rows) == 0 {
		return nil, nil, ErrSheetFile.Because(err)
	}
	at, err := t.placeColumns(rows[0])
	if err != nil {
		return nil, nil, err
	}
	var list []sheetLine
	for i, row := range rows[1:] {
		line := sheetLine{No: i + 2, Cells: map[string]string{}}
		for title, place := range at {
			if place <= len(row) {
				if text := strings.TrimSpace(row[place-1]); text != "" {
					line.Cells[title] = text
				}
			}
		}
		if len(line.Cells) > 0 {
			list = append(list, line)
		}
	}
	if len(list) == 0 {
		return nil, nil, ErrSheetRows
	}
	if len(list) > maxSheetRows {
		return nil, nil, ErrSheetRows.Say("一次最多签发%d本，表里有%d行，请分成几个表。", maxSheetRows, len(list))
	}
	return list, at, nil
}

func (t Type) placeColumns(header []string) (map[string]int, error) {
	columns, at := t.sheetColumns(), map[string]int{}
	for i, title := range header {
		title = strings.TrimSpace(title)
		known := slices.ContainsFunc(columns, func(c sheetColumn) bool { return c.title == title })
		switch {
		case title == "" || title == colResult || title == colIdentifier: // those of a result that comes back
		case !known:
			return nil, ErrSheetHeader.Say("“%s”（第一行%s）不是“%s”的列，请用这种证照的模板。", title, tables.Cell(i+1, 1), t.Name)
		case at[title] > 0:
			return nil, ErrSheetHeader.Say("“%s”这一列有两个，请删去一个。", title)
		default:
			at[title] = i + 1
		}
	}
	for _, c := range columns {
		if c.must && at[c.title] == 0 {
			return nil, ErrSheetHeader.Say("表头缺少“%s”这一列，请用这种证照的模板。", c.title)
		}
	}
	return at, nil
}

// sheetDay is a day as people and spreadsheets write it.
var sheetDay = regexp.MustCompile(`^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$`)

// asDate rewrites a day to 2026-01-31; what is none stays as it is.
func asDate(text string) string {
	p := sheetDay.FindStringSubmatch(text)
	if p == nil {
		return text
	}
	month, _ := strconv.Atoi(p[2]) // digits
	day, _ := strconv.Atoi(p[3])
	return fmt.Sprintf("%s-%02d-%02d", p[1], month, day)
}

// entry is the licence a line asks for; what cannot be read of it is the error.
func (l sheetLine) entry(t Type) (Entry, error) {
	var bad errs.Fields
	e := Entry{Type: t.ID, Number: l.Cells[colNumber], HolderName: l.Cells[colHolder], HolderNo: l.Cells[colHolderNo], Fields: map[string]string{}}
	day := func(field, text string) workday.Date {
		if text == "" {
			return workday.Date{}
		}
		d, err := workday.ParseDate(asDate(text))
		if err != nil {
			bad.Add(field, "“%s”不是日期，请写成2026-01-31。", text)
		}
		return d
	}
	e.From = day("from", l.Cells[colFrom])
	if till := l.Cells[colTill]; till == "长期" {
		e.forGood = true
	} else {
		e.To = day("to", till)
	}
	kinds := map[string]string{}
	for _, f := range t.Fields {
		kinds["fields."+f.Name] = f.Kind
	}
	for _, c := range t.sheetColumns() {
		if name, ok := strings.CutPrefix(c.field, "fields."); ok {
			e.Fields[name] = l.Cells[c.title]
			if kinds[c.field] == "date" {
				e.Fields[name] = asDate(e.Fields[name])
			}
		}
	}
	return e, bad.Err()
}

// said is a line as it is told from others: the type, and all that it says.
func (l sheetLine) said(t Type, issuer string) string {
	raw, err := json.Marshal(struct {
		Type, Issuer string
		Cells        map[string]string // keys are sorted
	}{t.ID, issuer, l.Cells})
	if err != nil {
		panic(err) // strings can be written
	}
	return string(raw)
}

// fault notes an error that people can be told; another is given back.
func (l *sheetLine) fault(t Type, at map[string]int, err error) error {
	if err == nil {
		return nil
	}
	switch errs.KindOf(err) {
	case errs.Invalid, errs.Conflict, errs.NotFound:
	default:
		return err
	}
	e := errs.From(err)
	if len(e.Fields) == 0 {
		l.Faults = append(l.Faults, SheetFault{Message: e.Message})
	}
	for _, f := range e.Fields {
		x := SheetFault{Message: f.Message}
		for _, c := range t.sheetColumns() {
			if c.field == f.Name {
				x.Column = c.title
				x.Cell = tables.Cell(at[c.title], l.No)
				if at[c.title] == 0 {
					x.Message = "缺少“" + c.title + "”这一列。" + f.Message
				}
			}
		}
		if x.Column != "" && slices.ContainsFunc(l.Faults, func(o SheetFault) bool { return o.Column == x.Column }) {
			continue // one thing at a time
		}
		if f.Name == "holder_no" && strings.ContainsAny(l.Cells[colHolderNo], "Ee+") && strings.Contains(l.Cells[colHolderNo], ".") {
			x.Message = "表格把号码当成了数字，后几位已经丢了。请把这一列设成“文本”格式，重新填写号码。"
		}
		l.Faults = append(l.Faults, x)
	}
	return nil
}

// look checks every line as issuing would, without issuing anything.
func (m *Module) look(ctx context.Context, t Type, issuer string, at map[string]int, lines []sheetLine) error {
	holders, said := map[string]int{}, map[string]int{}
	for i := range lines {
		l := &lines[i]
		e, bad := l.entry(t)
		if err := l.fault(t, at, bad); err != nil {
			return err
		}
		made, _, err := m.checkIssue(ctx, e)
		if err == nil && len(l.Faults) == 0 {
			err = m.mayIssue(ctx, t, made, l.said(t, issuer))
		}
		if err := l.fault(t, at, err); err != nil {
			return err
		}
		if len(l.Faults) > 0 {
			continue
		}
		what := l.said(t, issuer)
		if first := said[what]; first > 0 {
			l.Faults = append(l.Faults, SheetFault{Message: fmt.Sprintf("和第%d行完全一样，只签发第%d行。", first, first)})
			continue
		}
		said[what] = l.No
		if first := holders[made.HolderNo]; first > 0 && t.Unique {
			l.Faults = append(l.Faults, SheetFault{Message: fmt.Sprintf("和第%d行是同一个持证人，这种证照一人（单位）只能有一本有效的。", first)})
			continue
		}
		holders[made.HolderNo] = l.No
	}
	return nil
}
