package backup

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"math/big"
	"os"
	"path/filepath"
	"time"
	"unicode/utf8"

	"github.com/emmansun/gmsm/sm3"
	"github.com/klauspost/compress/zstd"

	"yimen/internal/kit/db"
)

// scanner gives pointers into which a row of these columns is read.
func scanner(columns []db.Column) []any {
	into := make([]any, len(columns))
	for i, c := range columns {
		switch c.Kind {
		case db.Number:
			into[i] = new(sql.NullInt64)
		case db.Truth:
			into[i] = new(sql.NullBool)
		case db.Moment:
			into[i] = new(sql.NullTime)
		default:
			into[i] = new(sql.NullString)
		}
	}
	return into
}

// plain gives the values of a row that was read: nil, int64, bool, string, and
// a moment as text to the nanosecond, the same on both engines.
func plain(row []any) []any {
	values := make([]any, len(row))
	for i, v := range row {
		switch v := v.(type) {
		case *sql.NullInt64:
			if v.Valid {
				values[i] = v.Int64
			}
		case *sql.NullBool:
			if v.Valid {
				values[i] = v.Bool
			}
		case *sql.NullTime:
			if v.Valid {
				values[i] = v.Time.UTC().Format(time.RFC3339Nano)
			}
		case *sql.NullString:
			switch {
			case !v.Valid:
			case utf8.ValidString(v.String):
				values[i] = v.String
			default: // SQLite takes any bytes; JSON would replace them
				values[i] = map[string]string{"base64": base64.StdEncoding.EncodeToString([]byte(v.String))}
			}
		}
	}
	return values
}

// parse turns a line back into values for the database.
func parse(line []byte, columns []db.Column) ([]any, error) {
	var raw []json.RawMessage
	if err := json.Unmarshal(line, &raw); err != nil {
		return nil, err
	}
	if len(raw) != len(columns) {
		return nil, fmt.Errorf("%d values for %d columns", len(raw), len(columns))
	}
	values := make([]any, len(raw))
	for i, c := range columns {
		if string(raw[i]) == "null" {
			continue
		}
		var err error
		switch c.Kind {
		case db.Number:
			values[i], err = as[int64](raw[i])
		case db.Truth:
			values[i], err = as[bool](raw[i])
		case db.Moment:
			values[i], err = as[time.Time](raw[i])
		default:
			values[i], err = text(raw[i])
		}
		if err != nil {
			return nil, fmt.Errorf("column %s: %w", c.Name, err)
		}
	}
	return values, nil
}

func as[T any](raw json.RawMessage) (any, error) {
	var v T
	err := json.Unmarshal(raw, &v)
	return v, err
}

func text(raw json.RawMessage) (any, error) {
	if raw[0] != '{' {
		return as[string](raw)
	}
	var odd struct{ Base64 []byte }
	err := json.Unmarshal(raw, &odd)
	return string(odd.Base64), err
}

// sum adds up the hashes of rows: equal for equal rows in any order.
type sum struct{ total big.Int }

var sumSize = new(big.Int).Lsh(big.NewInt(1), 256)

func (s *sum) add(line []byte) {
	h := sha256.Sum256(line)
	s.total.Add(&s.total, new(big.Int).SetBytes(h[:]))
	s.total.Mod(&s.total, sumSize)
}

func (s *sum) String() string { return hex.EncodeToString(s.total.FillBytes(make([]byte, 32))) }

// encode writes values as a line without its end.
func encode(values any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(values); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// sheet is a file of lines being written.
type sheet struct {
	Part
	f    *os.File
	hash hash.Hash
	z    *zstd.Encoder
}

func newSheet(folder, name string) (*sheet, error) {
	f, err := os.OpenFile(filepath.Join(folder, name+".jsonl.zst"), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	s := &sheet{f: f, hash: sm3.New()}
	s.z, err = zstd.NewWriter(io.MultiWriter(f, s.hash), zstd.WithEncoderConcurrency(1))
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return s, nil
}

func (s *sheet) line(raw []byte) error {
	s.Rows++
	if _, err := s.z.Write(raw); err != nil {
		return err
	}
	_, err := s.z.Write([]byte{'\n'})
	return err
}

// close waits until the file is on the disk.
func (s *sheet) close() error {
	err := s.z.Close()
	if err == nil {
		err = s.f.Sync()
	}
	if at, seekErr := s.f.Seek(0, io.SeekCurrent); seekErr == nil {
		s.Bytes = at
	}
	s.SM3 = hex.EncodeToString(s.hash.Sum(nil))
	return errors.Join(err, s.f.Close())
}

// lines gives each line of a file to fn; a file that is not what the manifest
// says is an error, told after its last line.
func lines(folder, name string, p Part, fn func(line []byte) error) error {
	path := filepath.Join(folder, name+".jsonl.zst")
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	hash := sm3.New()
	z, err := zstd.NewReader(io.TeeReader(f, hash), zstd.WithDecoderConcurrency(1))
	if err != nil {
		return err
	}
	defer z.Close()
	rows := 0
	for r := bufio.NewReaderSize(z, 1<<20); ; rows++ {
		line, err := r.ReadBytes('\n')
		if errors.Is(err, io.EOF) && len(line) == 0 {
			break
		}
		if err != nil {
			return fmt.Errorf("%s is damaged: %w", path, err)
		}
		if err := fn(bytes.TrimSuffix(line, []byte("\n"))); err != nil {
			return fmt.Errorf("%s, line %d: %w", path, rows+1, err)
		}
	}
	if rows != p.Rows || hex.EncodeToString(hash.Sum(nil)) != p.SM3 {
		return fmt.Errorf("%s is not the file the manifest describes", path)
	}
	return nil
}
