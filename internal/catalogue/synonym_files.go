package catalogue

import (
	"context"
	"errors"
	"io"
	"strconv"
	"strings"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
)

// The columns of a file of synonyms. The third is for those who read it and is
// not read back.
const (
	columnWord   = "说法"
	columnTarget = "指向"
	columnName   = "事项名称"
	sheetWords   = "同义词"
)

// maxSynonyms bounds the lines of a file.
const maxSynonyms = 20_000

// Errors about files of synonyms.
var (
	ErrSynonymFile  = errs.Define(errs.Invalid, "synonym_file_unreadable", "文件无法读取：请上传 xlsx 表格或 csv 文件，第一行写“说法”和“指向”。")
	ErrSynonymLines = errs.Define(errs.Invalid, "synonym_file_lines", "文件中有错误，没有导入，请按提示逐行修改后重新导入。")
)

// SynonymReport says what became of a file.
type SynonymReport struct {
	Lines   int // that hold something
	Added   int
	Present int // were there already
	Errors  []LineError
}

// ImportSynonyms adds the synonyms of an xlsx or csv file; what is there
// already stays. Every wrong line is reported. Unless partial, anything wrong is
// ErrSynonymLines and nothing is stored. ErrSynonymFile, ErrSiteRight.
func (m *Module) ImportSynonyms(ctx context.Context, from io.Reader, partial bool) (SynonymReport, error) {
	if err := m.mayEditSite(ctx); err != nil {
		return SynonymReport{}, err
	}
	rows, err := readSheet(from, ErrSynonymFile)
	if err != nil {
		return SynonymReport{}, err
	}
	list, lines, err := synonymsOf(rows)
	if err != nil {
		return SynonymReport{}, err
	}
	report, err := m.addSynonyms(ctx, list, partial)
	for i, e := range report.Errors {
		report.Errors[i].Sheet, report.Errors[i].Line = sheetWords, lines[e.Line-1]
	}
	return report, err
}

// synonymsOf reads the rows, and which line each came from.
func synonymsOf(rows [][]string) (list []Synonym, lines []int, err error) {
	if len(rows) == 0 {
		return nil, nil, ErrSynonymFile
	}
	word, target := -1, -1
	for i, title := range rows[0] {
		switch strings.TrimSpace(strings.TrimPrefix(title, "\ufeff")) {
		case columnWord:
			word = i
		case columnTarget:
			target = i
		}
	}
	if word < 0 || target < 0 {
		return nil, nil, ErrSynonymFile
	}
	for i, row := range rows[1:] {
		said, means := fieldAt(row, word), cell(row, target)
		if said == "" && means == "" {
			continue
		}
		s := Synonym{Word: said, Phrase: means}
		if codePattern.MatchString(strings.ToUpper(means)) {
			s.Item, s.Phrase = strings.ToUpper(means), ""
		}
		list, lines = append(list, s), append(lines, i+2)
	}
	if len(list) > maxSynonyms {
		return nil, nil, ErrSynonymFile.Say("一次最多导入%d行，请分成几个文件。", maxSynonyms)
	}
	return list, lines, nil
}

// addSynonyms adds the list in one transaction. Errors of a line are reported
// by its place in the list, from 1; only an error of the machine is returned,
// and ErrSynonymLines.
func (m *Module) addSynonyms(ctx context.Context, list []Synonym, partial bool) (SynonymReport, error) {
	report := SynonymReport{Lines: len(list)}
	err := m.DB.InTx(ctx, func(ctx context.Context) error {
		have, err := m.knownSynonyms(ctx)
		if err != nil {
			return err
		}
		var fresh []Synonym
		for i, s := range list {
			problem, err := have.add(&s)
			switch {
			case err != nil:
				return err
			case problem != nil:
				for _, f := range problem.Fields {
					report.Errors = append(report.Errors, LineError{Line: i + 1, Column: synonymColumn(f.Name), Message: f.Message})
				}
			case s.ID == "":
				report.Present++
			default:
				s.ChangedAt, s.ChangedBy = m.now(ctx), identity.FromContext(ctx).Account
				fresh = append(fresh, s)
			}
		}
		if len(report.Errors) > 0 && !partial {
			return ErrSynonymLines
		}
		report.Added = len(fresh)
		return m.insertSynonyms(ctx, fresh)
	})
	return report, err
}

func synonymColumn(field string) string {
	if field == "word" {
		return columnWord
	}
	return columnTarget
}

func (m *Module) insertSynonyms(ctx context.Context, fresh []Synonym) error {
	if len(fresh) == 0 {
		return nil
	}
	for from := 0; from < len(fresh); from += loadChunk {
		part := fresh[from:min(from+loadChunk, len(fresh))]
		_, err := m.DB.Conn(ctx).ExecNamed(ctx, `INSERT INTO catalogue_synonym (id, word, item, phrase, changed_at, changed_by)
			VALUES (:id, :word, :item, :phrase, :changed_at, :changed_by)`, part)
		if err != nil {
			return err
		}
	}
	return m.siteChanged(ctx, "synonym.import", "", strconv.Itoa(len(fresh))+"条")
}

// knownWords is what stands in the table and in the catalogue, for a list that
// is checked line by line.
type knownWords struct {
	items map[string]bool
	pairs map[[2]string]bool
	swaps map[string]string
}

func (m *Module) knownSynonyms(ctx context.Context) (*knownWords, error) {
	k := &knownWords{map[string]bool{}, map[[2]string]bool{}, map[string]string{}}
	var codes []string
	if err := m.DB.Conn(ctx).Select(ctx, &codes, `SELECT code FROM catalogue_item`); err != nil {
		return nil, err
	}
	for _, c := range codes {
		k.items[c] = true
	}
	var list []Synonym
	if err := m.DB.Conn(ctx).Select(ctx, &list, `SELECT * FROM catalogue_synonym`); err != nil {
		return nil, err
	}
	for _, s := range list {
		k.note(s)
	}
	return k, nil
}

func (k *knownWords) note(s Synonym) {
	k.pairs[[2]string{s.Word, s.Target()}] = true
	if s.Phrase != "" {
		k.swaps[s.Word] = s.Phrase
	}
}

// add gives the synonym an ID when it is new, and says what is wrong with it.
func (k *knownWords) add(s *Synonym) (problem *errs.Error, err error) {
	if err := s.shape(); err != nil {
		var e *errs.Error
		if errors.As(err, &e) {
			return e, nil
		}
		return nil, err
	}
	if k.pairs[[2]string{s.Word, s.Target()}] {
		return nil, nil
	}
	if s.Item != "" && !k.items[s.Item] {
		return errs.ErrInvalid.Field("target", noSuchItem(s.Item)), nil
	}
	if s.Phrase != "" && k.swaps[s.Word] != "" {
		return errs.ErrInvalid.Field("word", "“"+s.Word+"”已有规范写法“"+k.swaps[s.Word]+"”，请先修改原来那条。"), nil
	}
	s.ID = db.NewID()
	k.note(*s)
	return nil, nil
}

// ExportSynonyms writes all of them as xlsx or csv, in the shape Import reads.
func (m *Module) ExportSynonyms(ctx context.Context, into io.Writer, format string) error {
	if err := m.mayEditSite(ctx); err != nil {
		return err
	}
	var list []Synonym
	if err := m.DB.Conn(ctx).Select(ctx, &list, `SELECT * FROM catalogue_synonym ORDER BY item, phrase, word`); err != nil {
		return err
	}
	if err := m.nameTargets(ctx, list); err != nil {
		return err
	}
	rows := [][]string{{columnWord, columnTarget, columnName}}
	for _, s := range list {
		rows = append(rows, []string{s.Word, s.Target(), s.ItemName})
	}
	return writeSheet(into, format, sheetWords, rows)
}
