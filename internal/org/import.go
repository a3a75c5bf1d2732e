package org

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"yimen/internal/kit/errs"
)

// maxImport is the size of the largest file taken: a province's villages.
const maxImport = 64 << 20

// ImportReport says what became of a file.
type ImportReport struct {
	Rows   int // data lines read
	Loaded int // rows stored; 0 when anything was wrong and partial was not asked for
	Errors []LineError
}

// LineError is what is wrong with one line. Line 1 is the header.
type LineError struct {
	Line    int
	Field   string // column; "" is the line as a whole
	Message string
}

// Errors of files.
var (
	ErrImportKind   = errs.Define(errs.Invalid, "org_import_kind", "导入类型应为 divisions（区划）、agencies（机关单位）、outlets（网点）或 staff（人员）。")
	ErrImportFile   = errs.Define(errs.Invalid, "org_import_file", "文件无法读取，请用 CSV 格式（UTF-8 或 GB18030 编码）保存后重试。")
	ErrImportHeader = errs.Define(errs.Invalid, "org_import_header", "表头缺少必需的列，请对照模板补齐后重试。")
)

// importer is one kind of file.
type importer struct {
	required []string // columns that must be there
	optional []string
	parse    func(*importing, line)
}

var importers = map[string]importer{
	"divisions": {[]string{"code", "name"}, []string{"short_name", "kind", "parent", "quasi", "valid_from", "valid_to", "successor", "trust", "source"}, importDivision},
	"agencies":  {[]string{"code", "name", "division", "kind"}, []string{"short_name", "uscc", "dept", "parent", "phone", "complaint", "trust"}, importAgency},
	"outlets":   {[]string{"code", "name", "kind", "division", "address", "phone", "complaint", "hours"}, []string{"trust"}, importOutlet},
	"staff":     {[]string{"id", "name", "post"}, []string{"agency", "outlet", "active", "phone"}, importStaff},
}

// importing is a file on its way in.
type importing struct {
	at     *snapshot         // what is there already
	file   map[string]string // keys of the file, with the parent a division names: rows may refer to each other
	taken  map[string]bool   // keys and pairs met so far
	may    func(division string) bool
	rows   Rows
	errors []LineError
}

// line is one row of the file, by column.
type line struct {
	no     int
	fields map[string]string
	failed *bool
}

// ImportOptions say how a file is loaded.
type ImportOptions struct {
	Partial bool                       // load the right lines although others are wrong
	Try     bool                       // check only, load nothing
	May     func(division string) bool // whether the importer keeps what stands there; nil: everything
}

// Import loads a CSV file of divisions, agencies, outlets or staff: new codes
// are added, known ones replaced. Every line is checked; if any is wrong
// nothing is loaded, unless partial: then all right lines are. The report
// names every wrong line. Errors of the file itself: ErrImportKind,
// ErrImportFile, ErrImportHeader.
func (m *Module) Import(ctx context.Context, kind string, r io.Reader, o ImportOptions) (ImportReport, error) {
	imp, ok := importers[kind]
	if !ok {
		return ImportReport{}, ErrImportKind
	}
	lines, bad, err := readLines(r, imp)
	if err != nil {
		return ImportReport{}, err
	}
	report := ImportReport{Rows: len(lines) + len(bad)}
	err = m.edit(ctx, func(ctx context.Context) error {
		at, err := m.read(ctx)
		if err != nil {
			return err
		}
		in := newImporting(at, o.May)
		in.errors = bad
		in.parse(imp, lines)
		slices.SortStableFunc(in.errors, func(a, b LineError) int { return a.Line - b.Line })
		report.Errors = in.errors
		if o.Try || len(in.errors) > 0 && !o.Partial {
			return nil
		}
		report.Loaded = in.rows.count()
		if err := m.insertRows(ctx, in.rows, replace); err != nil {
			return err
		}
		return m.record(ctx, "org.import", kind, "", fmt.Sprintf("rows=%d loaded=%d errors=%d", report.Rows, report.Loaded, len(report.Errors)))
	})
	if err != nil {
		report.Loaded = 0
	}
	return report, err
}

func newImporting(at *snapshot, may func(division string) bool) *importing {
	if may == nil {
		may = func(string) bool { return true }
	}
	return &importing{at: at, file: map[string]string{}, taken: map[string]bool{}, may: may}
}

func (in *importing) parse(imp importer, lines []line) {
	for _, l := range lines {
		in.file[l.key()] = l.fields["parent"]
	}
	for _, l := range lines {
		imp.parse(in, l)
	}
}

func (r Rows) count() int { return len(r.Divisions) + len(r.Agencies) + len(r.Outlets) + len(r.Staff) }

// readLines reads the whole file. Lines with too few or too many columns come
// back as errors.
func readLines(r io.Reader, imp importer) ([]line, []LineError, error) {
	raw, err := io.ReadAll(io.LimitReader(r, maxImport+1))
	if err != nil {
		return nil, nil, fmt.Errorf("read import: %w", err)
	}
	if len(raw) > maxImport {
		return nil, nil, ErrImportFile.Say("文件超过%d MB，请分成几个文件导入。", maxImport>>20)
	}
	text, err := decode(raw)
	if err != nil {
		return nil, nil, err
	}
	c := csv.NewReader(bytes.NewReader(text))
	c.FieldsPerRecord = -1
	header, err := c.Read()
	if err != nil {
		return nil, nil, ErrImportFile.Because(err)
	}
	if err := checkHeader(header, imp); err != nil {
		return nil, nil, err
	}
	return dataLines(c, header)
}

// decode gives UTF-8 without a byte order mark; what is none is taken as
// GB18030, in which Chinese spreadsheets save.
func decode(raw []byte) ([]byte, error) {
	raw = bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
	if utf8.Valid(raw) {
		return raw, nil
	}
	text, err := simplifiedchinese.GB18030.NewDecoder().Bytes(raw)
	if err != nil || bytes.ContainsRune(text, utf8.RuneError) {
		return nil, ErrImportFile
	}
	return text, nil
}

func checkHeader(header []string, imp importer) error {
	for i := range header {
		header[i] = strings.TrimSpace(header[i])
	}
	for _, column := range imp.required {
		if !slices.Contains(header, column) {
			return ErrImportHeader.Say("表头缺少“%s”列，请对照模板补齐后重试。", column)
		}
	}
	for _, column := range header {
		if !slices.Contains(imp.required, column) && !slices.Contains(imp.optional, column) {
			return ErrImportHeader.Say("表头的“%s”列无法识别，请删除该列或对照模板更正。", column)
		}
	}
	return nil
}

func dataLines(c *csv.Reader, header []string) (lines []line, bad []LineError, err error) {
	for {
		record, err := c.Read()
		if errors.Is(err, io.EOF) {
			return lines, bad, nil
		}
		var wrong *csv.ParseError
		if errors.As(err, &wrong) {
			// After a stray quote nobody knows where the next line begins.
			return lines, append(bad, LineError{Line: wrong.StartLine, Message: "引号不配对，此行及以后的内容无法读取，请修改后重新导入。"}), nil
		}
		if err != nil {
			return nil, nil, ErrImportFile.Because(err)
		}
		no, _ := c.FieldPos(0)
		if len(record) != len(header) {
			bad = append(bad, LineError{Line: no, Message: fmt.Sprintf("应有%d列，实有%d列，请补齐或删除多余的列。", len(header), len(record))})
			continue
		}
		l := line{no: no, fields: make(map[string]string, len(header)), failed: new(bool)}
		for i, column := range header {
			l.fields[column] = strings.TrimSpace(record[i])
		}
		lines = append(lines, l)
	}
}

func (l line) key() string {
	if id, ok := l.fields["id"]; ok {
		return id
	}
	return l.fields["code"]
}

// or is a field, or what stands for an empty one.
func (l line) or(column, fallback string) string {
	if v := l.fields[column]; v != "" {
		return v
	}
	return fallback
}
