package licences

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
	"yimen/workday"
)

// Bounds of a file of stock.
const (
	maxStock = 8 << 20
	maxRows  = 5000
)

// Errors of files.
var (
	ErrStockFile   = errs.Define(errs.Invalid, "licence_stock_file", "文件无法读取，请用CSV格式（UTF-8或GB18030编码）保存后重试，不超过8 MB。")
	ErrStockHeader = errs.Define(errs.Invalid, "licence_stock_header", "表头缺少必需的列，请对照模板补齐后重试。")
	ErrStockRows   = errs.Define(errs.Invalid, "licence_stock_rows", "一次最多导入5000本，请分成几个文件。")
)

// Columns of a file of stock; any other is a field of the type, by its label.
const (
	colType, colNumber, colIdentifier        = "证照类型", "证照编号", "证照标识"
	colHolder, colHolderNo                   = "持证主体", "持证主体代码"
	colIssuer, colIssuedOn, colFrom, colTill = "颁发机构", "颁发日期", "有效期起", "有效期止"
	colTrust                                 = "可信等级"
	colScan                                  = "扫描件" // of an archive
)

// StockColumns are the columns of the template, those that must be there first.
var StockColumns = []string{colType, colNumber, colHolder, colHolderNo, colIssuedOn, colTrust, colIssuer, colIdentifier, colFrom, colTill}

const neededColumns = 6

// Imported says what became of a file.
type Imported struct {
	Rows   int
	Stored int // all or none
	Wrong  []LineError

	Pictures int // of an archive, that lines name
	Idle     int // that none does
}

// LineError is what is wrong with one line; line 1 is the header.
type LineError struct {
	Line    int
	Column  string // "" is the line as a whole
	Message string
}

// Import takes a file of stock over: every line, or none when one is wrong.
// With try it only looks. Errors: ErrStockFile, ErrStockHeader, ErrStockRows;
// what is wrong with lines stands in the answer.
func (m *Module) Import(ctx context.Context, r io.Reader, try bool) (Imported, error) {
	return m.importStock(ctx, r, nil, try)
}

// ImportArchive is Import of a ZIP file with the sheet (CSV) and the pictures that
// its lines name by their paths in it: in the column of a field that is a picture,
// and in 扫描件 (several, parted by semicolons) the scans of the paper. The pictures
// of one line at a time are in memory; no transaction is open while they are read.
// size is in bytes. Errors: those of Import.
func (m *Module) ImportArchive(ctx context.Context, r io.ReaderAt, size int64, try bool) (Imported, error) {
	a, err := openArchive(r, size)
	if err != nil {
		return Imported{}, err
	}
	sheet, err := a.sheet.Open()
	if err != nil {
		return Imported{}, ErrStockFile.Because(err)
	}
	defer sheet.Close()
	return m.importStock(ctx, sheet, a, try)
}

// ImportFile is Import or ImportArchive, by how the file begins.
func (m *Module) ImportFile(ctx context.Context, file interface {
	io.Reader
	io.ReaderAt
}, size int64, try bool) (Imported, error) {
	begin := make([]byte, 4)
	if _, err := file.ReadAt(begin, 0); err == nil && (string(begin) == "PK\x03\x04" || string(begin) == "PK\x05\x06") {
		return m.ImportArchive(ctx, file, size, try)
	}
	return m.Import(ctx, file, try)
}

func (m *Module) importStock(ctx context.Context, r io.Reader, a *archive, try bool) (Imported, error) {
	header, lines, err := readStock(r, StockColumns[:neededColumns])
	if err != nil {
		return Imported{}, err
	}
	aside, err := newSpool()
	if err != nil {
		return Imported{}, err
	}
	defer aside.close()
	done := Imported{Rows: len(lines)}
	list, types := make([]stock, 0, len(lines)), map[string]Type{}
	for i, line := range lines {
		x, t, wrong, err := m.lookAtLine(ctx, a, i+2, header, line)
		if err != nil {
			return done, err
		}
		types[t.ID] = t
		done.Wrong = append(done.Wrong, wrong...)
		done.Pictures += len(x.pictures) + len(x.scans)
		if x.laid, err = aside.lay(&x.Licence); err != nil {
			return done, err
		}
		list = append(list, x)
	}
	if a != nil {
		done.Idle = a.idle()
	}
	if len(done.Wrong) > 0 || try {
		return done, nil
	}
	err = m.DB.InTx(ctx, func(ctx context.Context) error {
		for i := range list {
			x := &list[i]
			err := aside.take(&x.Licence, x.laid)
			if err == nil {
				err = m.put(ctx, types[x.Type], &x.Licence)
			}
			if err != nil {
				wrong, other := lineErrors(i+2, err)
				done.Wrong = wrong
				return errors.Join(errStopped, other)
			}
			x.Licence = Licence{} // its pictures are stored
		}
		return nil
	})
	if errors.Is(err, errStopped) && done.Wrong != nil {
		return done, nil
	}
	if err == nil {
		done.Stored = len(list)
	}
	return done, err
}

// stock is a checked line whose pictures were put aside.
type stock struct {
	Licence
	laid laid
}

// lookAtLine checks one line with its pictures; a is nil where there is a sheet
// alone.
func (m *Module) lookAtLine(ctx context.Context, a *archive, no int, header, line []string) (x stock, t Type, wrong []LineError, err error) {
	n, bad := stockLine(header, line)
	if t, err = m.Type(ctx, strings.TrimSpace(n.Type)); err != nil && !errors.Is(err, ErrTypeUnknown) {
		return x, t, nil, err
	}
	var lost error
	if a != nil {
		lost = a.attach(t, no, &n)
	}
	l, refused := m.checkAs(ctx, t, n)
	for _, e := range []error{bad, lost, refused} {
		found, err := lineErrors(no, e)
		if err != nil {
			return x, t, nil, err
		}
		wrong = append(wrong, found...)
	}
	return stock{Licence: l}, t, wrong, nil
}

// errStopped undoes an import whose line cannot be stored.
var errStopped = errors.New("licences: import stopped")

// lineErrors is an error as something wrong with a line, or the error when it
// is not the line's.
func lineErrors(line int, err error) ([]LineError, error) {
	if err == nil {
		return nil, nil
	}
	switch errs.KindOf(err) {
	case errs.Invalid, errs.Conflict, errs.NotFound, errs.Denied:
	default:
		return nil, err
	}
	e := errs.From(err)
	if len(e.Fields) == 0 {
		return []LineError{{line, "", e.Message}}, nil
	}
	list := make([]LineError, len(e.Fields))
	for i, f := range e.Fields {
		list[i] = LineError{line, columnOf[f.Name], f.Message}
	}
	return list, nil
}

var columnOf = map[string]string{"type": colType, "number": colNumber, "identifier": colIdentifier, "holder_name": colHolder, "holder_no": colHolderNo,
	"issuer": colIssuer, "issued_on": colIssuedOn, "scan": colScan, "from": colFrom, "to": colTill, "trust": colTrust,
	"id": colID, "name": colTypeName, "kind": colKind, "category": colCategory, "holder": colHolderType, "dept": colDept, "code": colCode}

// readStock reads a file whose header has certain columns.
func readStock(r io.Reader, needed []string) (header []string, lines [][]string, err error) {
	raw, err := io.ReadAll(io.LimitReader(r, maxStock+1))
	if err != nil || len(raw) > maxStock || len(raw) == 0 {
		return nil, nil, ErrStockFile.Because(err)
	}
	raw = bytes.TrimPrefix(raw, []byte("\ufeff"))
	if !utf8.Valid(raw) {
		if raw, err = simplifiedchinese.GB18030.NewDecoder().Bytes(raw); err != nil {
			return nil, nil, ErrStockFile.Because(err)
		}
	}
	c := csv.NewReader(bytes.NewReader(raw))
	all, err := c.ReadAll() // refuses lines of another length
	if err != nil || len(all) == 0 {
		return nil, nil, ErrStockFile.Because(err)
	}
	header, lines = all[0], all[1:]
	for i := range header {
		header[i] = strings.TrimSpace(header[i])
	}
	for _, must := range needed {
		if !slices.Contains(header, must) {
			return nil, nil, ErrStockHeader.Say("表头缺少“%s”这一列，请对照模板补齐后重试。", must)
		}
	}
	if len(lines) > maxRows {
		return nil, nil, ErrStockRows
	}
	return header, lines, nil
}

// stockLine reads a line; days that cannot be read are its error.
func stockLine(header, line []string) (Entry, error) {
	var bad errs.Fields
	n := Entry{Fields: map[string]string{}}
	day := func(column, text string) workday.Date {
		if text == "" || text == "长期" {
			return workday.Date{}
		}
		d, err := workday.ParseDate(text)
		if err != nil {
			bad.Add(fieldOf(column), "“%s”不是日期，请写成2026-01-31。", text)
		}
		return d
	}
	for i, column := range header {
		text := strings.TrimSpace(line[i])
		switch column {
		case colType:
			n.Type = text
		case colNumber:
			n.Number = text
		case colIdentifier:
			n.Identifier = text
		case colHolder:
			n.HolderName = text
		case colHolderNo:
			n.HolderNo = text
		case colIssuer:
			n.Issuer = text
		case colIssuedOn:
			n.IssuedOn = day(column, text)
		case colFrom:
			n.From = day(column, text)
		case colTill:
			n.To = day(column, text)
		case colTrust:
			n.Trust = Trust(strings.ToUpper(text))
			if n.Trust == TrustA {
				bad.Add("trust", "存量证照不能填A级，A级只由本系统签发；颁发机构确认过的填B。")
			}
		default:
			n.Fields[column] = text
		}
	}
	return n, bad.Err()
}

func fieldOf(column string) string {
	for field, c := range columnOf {
		if c == column {
			return field
		}
	}
	return column
}

// Describe is a line error as people read it.
func (e LineError) Describe() string {
	if e.Column == "" {
		return fmt.Sprintf("第%d行：%s", e.Line, e.Message)
	}
	return fmt.Sprintf("第%d行“%s”：%s", e.Line, e.Column, e.Message)
}

// pictureWords tells how many pictures came with the lines; "" none.
func (d Imported) pictureWords() string {
	if d.Pictures == 0 {
		return ""
	}
	return fmt.Sprintf("、图片%d张", d.Pictures)
}
