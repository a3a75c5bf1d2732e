package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"net"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"yimen/internal/kit/errs"
)

// ErrNoRows is told by Get when nothing matches.
var ErrNoRows = sql.ErrNoRows

// Errors of the machine rather than of the input. Nothing was stored.
var (
	ErrLost = errs.Define(errs.Unavailable, "database_lost", "暂时连不上数据库，本次操作没有保存，您填写的内容请勿关闭页面，稍后重试。")
	ErrFull = errs.Define(errs.Unavailable, "disk_full", "存储空间已满，本次操作没有保存，请联系管理员后重试。")
)

// ErrUnsure is told when the connection broke while a transaction was being
// committed: it may be stored or not. What carries an idempotency key may be
// sent again.
var ErrUnsure = errs.Define(errs.Unavailable, "database_unsure", "保存时与数据库的连接中断，不能确定是否已经保存。请不要关闭页面，稍后在本页重新提交，系统不会重复办理。")

// UniqueError tells that a row would have repeated a unique key.
type UniqueError struct {
	On    string // constraint name on PostgreSQL, "table.column, …" on SQLite
	cause error
}

func (e *UniqueError) Error() string { return "unique key repeated: " + e.On }
func (e *UniqueError) Unwrap() error { return e.cause }

// IsUnique says whether err is a repeated unique key.
func IsUnique(err error) bool {
	var u *UniqueError
	return errors.As(err, &u)
}

func mapErr(err error) error {
	if err == nil || errors.Is(err, sql.ErrNoRows) || errors.Is(err, context.Canceled) {
		return err
	}
	var later *laterError
	if errors.As(err, &later) {
		return later.err // mapped already, by its own statement
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return mapPostgres(pg, err)
	}
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		return mapSQLite(lite, err)
	}
	if isLost(err) {
		return ErrLost.Because(err)
	}
	return err
}

func mapPostgres(pg *pgconn.PgError, err error) error {
	switch {
	case pg.Code == "23505":
		return &UniqueError{On: pg.ConstraintName, cause: err}
	case pg.Code == "53100":
		return ErrFull.Because(err)
	case pg.Code == "40P01", pg.Code == "40001", pg.Code == "55P03":
		return ErrBusy.Because(err)
	case strings.HasPrefix(pg.Code, "57P"), strings.HasPrefix(pg.Code, "08"), pg.Code == "53300",
		pg.Code == "25006": // a standby, or a primary that was just demoted: the new one will answer
		return ErrLost.Because(err)
	}
	return err
}

func mapSQLite(lite *sqlite.Error, err error) error {
	switch code := lite.Code(); {
	case code == sqlite3.SQLITE_CONSTRAINT_UNIQUE, code == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
		on := err.Error()
		if i := strings.Index(on, "failed: "); i >= 0 {
			on = on[i+len("failed: "):]
		}
		return &UniqueError{On: on, cause: err}
	case code&0xff == sqlite3.SQLITE_FULL:
		return ErrFull.Because(err)
	case code&0xff == sqlite3.SQLITE_BUSY, code&0xff == sqlite3.SQLITE_LOCKED:
		return ErrBusy.Because(err)
	case code&0xff == sqlite3.SQLITE_IOERR, code&0xff == sqlite3.SQLITE_CANTOPEN,
		code&0xff == sqlite3.SQLITE_READONLY, code&0xff == sqlite3.SQLITE_CORRUPT, code&0xff == sqlite3.SQLITE_NOTADB:
		return ErrLost.Because(err)
	}
	return err
}

func isLost(err error) bool {
	var connect *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &connect) || errors.As(err, &network) ||
		errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) ||
		errors.Is(err, sql.ErrConnDone) || errors.Is(err, driver.ErrBadConn) || // a statement after the one that noticed
		strings.Contains(err.Error(), "database is closed") ||
		strings.Contains(err.Error(), "conn closed") || strings.Contains(err.Error(), "unexpected EOF")
}

// squeezedLength is how much of a statement a log line shows, in bytes: which
// one it was, not the ten thousand placeholders of a bulk load.
const squeezedLength = 300

func squeeze(query string) string {
	head := query[:min(len(query), 4*squeezedLength)] // what indents it is not shown
	s := strings.Join(strings.Fields(head), " ")
	if len(head) == len(query) && len(s) <= squeezedLength {
		return s
	}
	return strings.ToValidUTF8(s[:min(len(s), squeezedLength)], "") + "…"
}
