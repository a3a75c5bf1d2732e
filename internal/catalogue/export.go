package catalogue

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"unicode"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
)

// Export writes the newest version of every item the actor may see the drafts
// of into one workbook, which Import reads back.
func (m *Module) Export(ctx context.Context, to io.Writer) error {
	f := excelize.NewFile()
	defer f.Close()
	b := &bookWriter{file: f, sheets: map[string]*sheetWriter{}}
	b.open(sheetItems, append([]string{titleSeen}, titles(definitionColumns)...))
	for _, s := range []struct {
		name   string
		titles []string
	}{
		{sheetBasis, titles(basisColumns)}, {sheetMaterials, titles(materialColumns)}, {sheetQuestions, titles(questionColumns)},
		{sheetOptions, titles(optionColumns)}, {sheetFAQ, titles(faqColumns)}, {sheetTexts, titles(textColumns)},
	} {
		b.open(s.name, append([]string{titleCode}, s.titles...))
	}
	if err := m.eachNewest(ctx, b.item); err != nil {
		return err
	}
	if err := b.finish(); err != nil {
		return fmt.Errorf("catalogue: write workbook: %w", err)
	}
	if err := f.Write(to); err != nil {
		return fmt.Errorf("catalogue: write workbook: %w", err)
	}
	return nil
}

// eachNewest reads the newest versions in the actor's scope, page by page.
func (m *Module) eachNewest(ctx context.Context, fn func(d *Definition, edit int64)) error {
	scope := identity.FromContext(ctx).Scope(RightViewDraft)
	for after := ""; ; {
		var w db.Where
		scope.Where(&w, identity.Columns{Division: "i.division", Agency: "i.agency", Dept: "i.dept"})
		w.And("i.code > ?", after)
		var rows []struct {
			Code       string `db:"code"`
			Edit       int64  `db:"edit"`
			Latest     int    `db:"latest"`
			Definition string `db:"definition"`
		}
		err := m.DB.Conn(ctx).Select(ctx, &rows, `SELECT i.code, i.edit, i.latest, v.definition FROM catalogue_item i
			JOIN catalogue_version v ON v.item = i.code AND v.n = i.latest`+w.SQL()+` ORDER BY i.code LIMIT `+w.Arg(db.MaxLimit), w.Args()...)
		if err != nil {
			return err
		}
		for _, r := range rows {
			d, err := decode(r.Code, r.Latest, r.Definition)
			if err != nil {
				return err
			}
			fn(d, r.Edit)
			after = r.Code
		}
		if len(rows) < db.MaxLimit {
			return nil
		}
	}
}

func titles[T any](columns []column[T]) []string {
	list := make([]string, len(columns))
	for i, c := range columns {
		list[i] = c.title
	}
	return list
}

// bookWriter writes sheets row by row and keeps the first error.
type bookWriter struct {
	file   *excelize.File
	sheets map[string]*sheetWriter
	order  []string
	err    error
}

type sheetWriter struct {
	*excelize.StreamWriter
	line int
}

func (b *bookWriter) open(name string, header []string) {
	if b.err != nil {
		return
	}
	if len(b.order) == 0 {
		b.err = b.file.SetSheetName(b.file.GetSheetName(0), name)
	} else {
		_, b.err = b.file.NewSheet(name)
	}
	if b.err != nil {
		return
	}
	var s *excelize.StreamWriter
	if s, b.err = b.file.NewStreamWriter(name); b.err != nil {
		return
	}
	if b.err = s.SetColWidth(1, len(header), 18); b.err != nil {
		return
	}
	b.sheets[name] = &sheetWriter{StreamWriter: s}
	b.order = append(b.order, name)
	b.row(name, header)
}

// row writes text cells: they are never formulas, whatever they begin with.
func (b *bookWriter) row(sheet string, cells []string) {
	if b.err != nil {
		return
	}
	s := b.sheets[sheet]
	s.line++
	values := make([]any, len(cells))
	for i, c := range cells {
		if utf8.RuneCountInString(c) > excelize.TotalCellChars {
			b.err = fmt.Errorf("line %d of sheet %s: %d characters do not fit a cell", s.line, sheet, utf8.RuneCountInString(c))
			return
		}
		values[i] = c
	}
	b.err = s.SetRow("A"+strconv.Itoa(s.line), values)
}

func (b *bookWriter) finish() error {
	for _, name := range b.order {
		if b.err == nil {
			b.err = b.sheets[name].Flush()
		}
	}
	return b.err
}

func cells[T any](columns []column[T], v *T) []string {
	list := make([]string, len(columns))
	for i, c := range columns {
		list[i] = c.get(v)
	}
	return list
}

func listRows[T any](b *bookWriter, sheet, code string, columns []column[T], list []T) {
	for i := range list {
		b.row(sheet, append([]string{code}, cells(columns, &list[i])...))
	}
}

func (b *bookWriter) item(d *Definition, edit int64) {
	b.row(sheetItems, append([]string{strconv.FormatInt(edit, 10)}, cells(definitionColumns, d)...))
	listRows(b, sheetBasis, d.Code, basisColumns, d.Basis)
	listRows(b, sheetMaterials, d.Code, materialColumns, d.Materials)
	listRows(b, sheetQuestions, d.Code, questionColumns, d.Situations)
	for _, q := range d.Situations {
		options := make([]optionLine, len(q.Options))
		for i, o := range q.Options {
			options[i] = optionLine{o, q.ID}
		}
		listRows(b, sheetOptions, d.Code, optionColumns, options)
	}
	listRows(b, sheetFAQ, d.Code, faqColumns, d.FAQ)
	process, err := json.Marshal(d.Process)
	if err != nil && b.err == nil {
		b.err = err
	}
	listRows(b, sheetTexts, d.Code, textColumns, append(pieces(whatForm, string(d.Form)), pieces(whatProcess, string(process))...))
}

// pieces cuts a text into what cells can hold.
func pieces(what, text string) []textLine {
	var list []textLine
	runes := []rune(text)
	for part := 1; len(runes) > 0; part++ {
		n := min(cellRunes, len(runes))
		// Blanks at the ends of a cell get lost on the way: none may stand there.
		for n > 1 && n < len(runes) && (unicode.IsSpace(runes[n-1]) || unicode.IsSpace(runes[n])) {
			n--
		}
		list = append(list, textLine{what, part, string(runes[:n])})
		runes = runes[n:]
	}
	return list
}
