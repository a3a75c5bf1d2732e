package counter

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/digest"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
)

// Errors of card readers.
var (
	ErrReaderToken = errs.Define(errs.Unauthenticated, "counter_reader_token", "读卡器的令牌无效或已经停用，请在窗口设置中重新连接。")
	ErrReaderCard  = errs.Define(errs.Invalid, "counter_reader_card", "读到的证件号码不完整或校验不通过，请重新放卡。")
)

// maxReading bounds what a reader may send, in bytes.
const maxReading = 16 << 10

// readerLimit lets a reader send as often as cards can be laid on it.
var readerLimit = web.RateLimit("card reader", 120, time.Minute, nil)

// readerHeader carries a reader's token. It is no bearer token of the API: it
// opens nothing but this one address.
const readerHeader = "X-Reader-Token"

// readerEvent is what the program beside a card reader (读卡器桥接程序) sends to
// POST /counter/reader with its token in X-Reader-Token: the number, and the
// name that stands beside it on the card. {"id_no":"…","name":"…"}
type readerEvent struct {
	IDNo string `json:"id_no"`
	Name string `json:"name"`
}

// readerPost takes a card: a visit of the clerk who connected the reader
// begins, and their desk goes there by itself.
func (m *Module) readerPost() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := m.takeCard(r); err != nil {
			web.Refuse(w, r, err)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
}

func (m *Module) takeCard(r *http.Request) error {
	token := r.Header.Get(readerHeader)
	ctx, account, err := m.readerOf(r.Context(), token)
	if err != nil {
		return err
	}
	raw, err := io.ReadAll(io.LimitReader(r.Body, maxReading))
	if err != nil {
		return web.ErrBodyUnreadable
	}
	var card readerEvent
	if err := json.Unmarshal(raw, &card); err != nil {
		return web.ErrBodyUnreadable
	}
	read := recognise(card.IDNo, m.today(ctx))
	if read.Kind != isDocument {
		return ErrReaderCard
	}
	_, err = m.Greet(ctx, Visit{How: "reader", Name: strings.TrimSpace(card.Name), IDType: read.IDType.Code(), IDNo: read.IDNo})
	if err != nil {
		return err
	}
	_, err = m.DB.Conn(ctx).Exec(ctx, `UPDATE counter_reader SET used_at = $1 WHERE token_hash = $2`, m.now(ctx), digest.Of(token))
	return wrap("note use of reader of "+account, err)
}

// readerOf is whom a token was given to, and a context in which they act: with
// their rights as they are now.
func (m *Module) readerOf(ctx context.Context, token string) (context.Context, string, error) {
	var account string
	err := m.DB.Conn(ctx).Get(ctx, &account, `SELECT account FROM counter_reader WHERE token_hash = $1`, digest.Of(token))
	if errors.Is(err, db.ErrNoRows) {
		return ctx, "", ErrReaderToken
	}
	if err != nil {
		return ctx, "", wrap("read reader", err)
	}
	actor, err := m.Identity.Actor(ctx, account) // disabled accounts are an error
	if err != nil {
		return ctx, "", err
	}
	if !actor.Has("case.submit_for") {
		return ctx, "", ErrReaderToken
	}
	return identity.With(ctx, actor), account, nil
}

// readerNext tells the desk where to go when a card was read since the page was
// made (?since=, microseconds): the address of the person; 204 when none was.
func (m *Module) readerNext(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var since int64
	if _, err := fmt.Sscan(r.URL.Query().Get("since"), &since); err != nil {
		return web.ErrNotFound
	}
	v, there, err := m.newest(ctx)
	if err != nil {
		return err
	}
	if !there || v.How != "reader" || v.StartedAt.UnixMicro() <= since {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, err = io.WriteString(w, PersonURL(v.ID))
	return err
}

func (m *Module) hasReader(ctx context.Context) (bool, error) {
	list, err := m.readers(ctx)
	return len(list) > 0, err
}

// reader is a connected card reader, in the list of settings.
type reader struct {
	Hash      string     `db:"token_hash"`
	Name      string     `db:"name"`
	CreatedAt time.Time  `db:"created_at"`
	UsedAt    *time.Time `db:"used_at"`
}

func (m *Module) readers(ctx context.Context) ([]reader, error) {
	var list []reader
	err := m.DB.Conn(ctx).Select(ctx, &list, `SELECT token_hash, name, created_at, used_at FROM counter_reader
		WHERE account = $1 ORDER BY created_at DESC LIMIT 20`, identity.FromContext(ctx).Account)
	return list, wrap("list readers", err)
}

// connect makes a token for a reader of the clerk; it is shown once.
func (m *Module) connect(ctx context.Context, name string) (string, error) {
	raw := make([]byte, 24)
	if _, err := rand.Read(raw); err != nil {
		return "", err
	}
	token := base64.RawURLEncoding.EncodeToString(raw)
	err := m.DB.InTx(ctx, func(ctx context.Context) error {
		_, err := m.DB.Conn(ctx).Exec(ctx, `INSERT INTO counter_reader (token_hash, account, name, created_at) VALUES ($1, $2, $3, $4)`,
			digest.Of(token), identity.FromContext(ctx).Account, name, m.now(ctx))
		if err != nil {
			return wrap("connect reader", err)
		}
		return m.record(ctx, "reader.connect", digest.Of(token)[:12], "")
	})
	return token, err
}

func (m *Module) disconnect(ctx context.Context, hash string) error {
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		n, err := m.DB.Conn(ctx).Exec(ctx, `DELETE FROM counter_reader WHERE token_hash = $1 AND account = $2`,
			hash, identity.FromContext(ctx).Account)
		if err != nil || n == 0 {
			return wrap("disconnect reader", err)
		}
		return m.record(ctx, "reader.disconnect", hash[:12], "")
	})
}
