package rowtext

import (
	"bytes"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"
	"unicode/utf8"

	"yimen/internal/kit/db"
)

// Scanner gives pointers into which a row of these columns is read.
func Scanner(columns []db.Column) []any {
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

// Plain gives the values of a row that was read: nil, int64, bool, string, and
// a moment as text to the nanosecond, the same on both engines.
func Plain(row []any) []any {
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

// Parse turns a line back into values for the database.
func Parse(line []byte, columns []db.Column) ([]any, error) {
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

// Encode writes values as a line without its end.
func Encode(values any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(values); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
