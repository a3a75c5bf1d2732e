package db

import (
	"context"
	"fmt"
	"strconv"
	"strings"
)

// mostArgs is how many values one statement of InsertRows holds: well under
// the 32,766 of SQLite and the 65,535 of PostgreSQL.
const mostArgs = 6000

// InsertRows inserts many rows with few statements, each row with a value for
// every column; suffix is what follows the values (ON CONFLICT …), or "".
// Nothing happens for no rows. More rows than one statement holds are inserted
// by several: call it in a transaction.
func (c *Conn) InsertRows(ctx context.Context, table string, columns []string, suffix string, rows [][]any) error {
	return c.insertRows(table, columns, suffix, rows, func(query string, args []any) error {
		if _, err := c.Exec(ctx, query, args...); err != nil {
			return fmt.Errorf("insert into %s: %w", table, err)
		}
		return nil
	})
}

// InsertRowsLater is InsertRows by Later.
func (c *Conn) InsertRowsLater(ctx context.Context, table string, columns []string, suffix string, rows [][]any) error {
	return c.insertRows(table, columns, suffix, rows, func(query string, args []any) error {
		return c.Later(ctx, "insert into "+table, query, args...)
	})
}

// InsertAnswering is InsertRows for rows that answer, such as those that no
// conflict kept out: what suffix asks for (… RETURNING key) is appended to the
// slice dest points to. In a transaction only.
func InsertAnswering[T any](ctx context.Context, c *Conn, dest *[]T, table string, columns []string, suffix string, rows [][]any) error {
	return c.insertRows(table, columns, suffix, rows, func(query string, args []any) error {
		var part []T
		if err := c.Select(ctx, &part, query, args...); err != nil {
			return fmt.Errorf("insert into %s: %w", table, err)
		}
		*dest = append(*dest, part...)
		return nil
	})
}

func (c *Conn) insertRows(table string, columns []string, suffix string, rows [][]any, run func(query string, args []any) error) error {
	width := len(columns)
	if width == 0 || width > mostArgs {
		return fmt.Errorf("insert into %s: %d columns", table, width)
	}
	for len(rows) > 0 {
		n := min(mostArgs/width, len(rows))
		args := make([]any, 0, n*width)
		for i, row := range rows[:n] {
			if len(row) != width {
				return fmt.Errorf("insert into %s: row %d has %d values for %d columns", table, i, len(row), width)
			}
			args = append(args, row...)
		}
		if err := run(c.insertText(table, columns, suffix, n), args); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

// insertText writes the statement for n rows. On SQLite the placeholders are
// ?: it looks up every $n by name in a list, which is quadratic in a statement
// this long.
func (c *Conn) insertText(table string, columns []string, suffix string, n int) string {
	var b strings.Builder
	b.WriteString("INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ") VALUES ")
	numbered, arg := c.d.engine == Postgres, 0
	for row := range n {
		if row > 0 {
			b.WriteByte(',')
		}
		sep := byte('(')
		for range columns {
			b.WriteByte(sep)
			sep = ','
			if arg++; numbered {
				b.WriteByte('$')
				b.WriteString(strconv.Itoa(arg))
			} else {
				b.WriteByte('?')
			}
		}
		b.WriteByte(')')
	}
	if suffix != "" {
		b.WriteString(" " + suffix)
	}
	return b.String()
}
