package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"

	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/sealed"
)

// KeyField is the form field, KeyHeader the header that carries an
// idempotency key.
const (
	KeyField  = "idempotency_key"
	KeyHeader = "Idempotency-Key"
)

// answerBody is sealed: what a client was answered tells of people.
var answerBody = sealed.Define("web_idempotency", "id", "body")

const keepAnswers = 7 * 24 * time.Hour

// Errors of idempotency keys.
var (
	ErrKeyReused     = errs.Define(errs.Invalid, "idempotency_key_reused", "这个提交编号已用于另一份内容，请刷新页面后重新提交。")
	ErrKeyUnreadable = errs.Define(errs.Invalid, "idempotency_key_unreadable", "提交编号无法识别，应为1至255个可见字符，请刷新页面后重新提交。")
)

// errNotKept undoes the transaction of an answer that is not stored.
var errNotKept = errors.New("answer not kept")

// errAnswered undoes a request whose key a process of the release before had
// taken: that one inserted its row first and knew nothing of our lock.
var errAnswered = errors.New("answered meanwhile under the same key")

// Idempotent makes a POST that carries a key take effect once. The handler
// runs inside ONE transaction together with the row of its answer; the same
// key from the same account on the same path gives the first answer again
// (status, Location, Content-Type, body) without running anything, a second
// one that comes meanwhile waits for it. Another body under the key is
// ErrKeyReused. An answer of 400 or more, or an error, undoes everything and
// is not stored, so that the person can mend and send again.
//
// So inside such a handler every InTx joins: a handler that catches the error
// of one and still answers below 400 keeps what had been written before it.
//
// Router.Post and Op apply it; it is exported for Handle.
func (rt *Router) Idempotent(h Handler) Handler { return rt.idempotent(h) }

func (rt *Router) idempotent(h Handler) Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if rt.o.DB == nil || r.Method != http.MethodPost {
			return h(w, r)
		}
		key, err := readKey(r)
		if err != nil {
			return err
		}
		if key == "" {
			return h(w, r)
		}
		body, err := hashBody(r)
		if err != nil {
			return err
		}
		if heads := uploads(r); len(heads) > 0 && rt.o.Ahead != nil {
			ctx, done := rt.o.Ahead(r.Context(), heads)
			defer done()
			r = r.WithContext(ctx)
		}
		got, err := rt.runPatiently(r, answerID(rt.subject(r), r, key), body, h)
		if err != nil {
			return err
		}
		got.send(w)
		return nil
	}
}

// uploads are the files of a form that was read.
func uploads(r *http.Request) []*multipart.FileHeader {
	var list []*multipart.FileHeader
	if r.MultipartForm != nil {
		for _, name := range slices.Sorted(maps.Keys(r.MultipartForm.File)) {
			list = append(list, r.MultipartForm.File[name]...)
		}
	}
	return list
}

// subject is whose key it is. Somebody unknown is told apart by address, so
// that a key like "1" does not show one stranger another's answer.
func (rt *Router) subject(r *http.Request) string {
	if s := rt.o.Subject(r); s != "" {
		return "account:" + s
	}
	return "address:" + ClientAddr(r)
}

// Attempts at a keyed request that the database broke off, with a pause before
// each. A deadlock or one lost connection is over by then; while a standby takes
// over, or the database is gone, the visitor is told.
var pauses = []time.Duration{50 * time.Millisecond, 500 * time.Millisecond}

// runPatiently is runOnce, tried again where PostgreSQL broke it off. The key
// makes that safe, even if a commit was not answered: the next attempt finds
// the answer stored, or nothing.
func (rt *Router) runPatiently(r *http.Request, id, body string, h Handler) (*answer, error) {
	raw := r.Body
	for _, pause := range pauses {
		got, err := rt.runOnce(r, id, body, h)
		if err == nil || rt.o.DB.Engine() != db.Postgres || !brokenOff(err) {
			return got, err
		}
		if again, ok := raw.(*kept); ok {
			again.rewind()
		}
		select {
		case <-r.Context().Done():
			return nil, err
		case <-time.After(pause):
		}
	}
	return rt.runOnce(r, id, body, h)
}

func brokenOff(err error) bool {
	return errors.Is(err, db.ErrBusy) || errors.Is(err, db.ErrLost) || errors.Is(err, db.ErrUnsure) || errors.Is(err, errAnswered)
}

// kept is a body that was read whole and can be read again.
type kept struct{ *bytes.Reader }

func (kept) Close() error { return nil }
func (k kept) rewind()    { _, _ = k.Seek(0, io.SeekStart) } // of bytes in memory: cannot fail

// runOnce runs the handler or finds its stored answer.
func (rt *Router) runOnce(r *http.Request, id, body string, h Handler) (*answer, error) {
	var got *answer
	err := rt.o.DB.InTx(r.Context(), func(ctx context.Context) error {
		if err := rt.takeTurn(ctx, id); err != nil {
			return err
		}
		stored, err := rt.storedAnswer(ctx, id, body)
		if err != nil || stored != nil {
			got = stored
			return err
		}
		got = &answer{header: http.Header{}}
		if err := h(got, r.WithContext(ctx)); err != nil {
			return err
		}
		if got.status == 0 {
			got.status = http.StatusOK
		}
		if got.status >= 400 {
			return errNotKept
		}
		return rt.storeAnswer(ctx, id, body, got)
	})
	if err != nil && !errors.Is(err, errNotKept) {
		return nil, err
	}
	return got, nil
}

// takeTurn makes a second request with the key wait until the first has
// committed. On SQLite a transaction has the one writer from its beginning. On
// PostgreSQL a lock travels with BEGIN and with the question for the answer,
// which sees what is committed when its turn comes: after the lock.
func (rt *Router) takeTurn(ctx context.Context, id string) error {
	if rt.o.DB.Engine() != db.Postgres {
		return nil
	}
	sum := sha256.Sum256([]byte("web_idempotency " + id))
	return rt.o.DB.Conn(ctx).Later(ctx, "take idempotency key", `SELECT pg_advisory_xact_lock($1)`, int64(binary.BigEndian.Uint64(sum[:8])))
}

// storeAnswer writes the row of the key, which travels with the COMMIT.
func (rt *Router) storeAnswer(ctx context.Context, id, body string, a *answer) error {
	kept := map[string]string{}
	for _, name := range []string{"Location", "Content-Type"} {
		if v := a.header.Get(name); v != "" {
			kept[name] = v
		}
	}
	header, err := json.Marshal(kept)
	if err != nil {
		return fmt.Errorf("store answer: %w", err)
	}
	tell := func(err error) error {
		switch {
		case err == nil:
			return nil
		case db.IsUnique(err):
			return errAnswered
		}
		return fmt.Errorf("store answer: %w", err)
	}
	return rt.o.DB.Conn(ctx).LaterOr(ctx, tell, `INSERT INTO web_idempotency (id, body_hash, status, header, body, created_at) VALUES ($1, $2, $3, $4, $5, $6)`,
		id, body, a.status, string(header), rt.o.Keys.Seal(answerBody, id, packer.pack(a.body.Bytes())), rt.o.Clock.Now())
}

// storedAnswer gives the answer that was given to the key, or nil.
func (rt *Router) storedAnswer(ctx context.Context, id, body string) (*answer, error) {
	var row struct {
		BodyHash string `db:"body_hash"`
		Status   int    `db:"status"`
		Header   string `db:"header"`
		Body     string `db:"body"`
	}
	err := rt.o.DB.Conn(ctx).Get(ctx, &row, `SELECT body_hash, status, header, body FROM web_idempotency WHERE id = $1`, id)
	if errors.Is(err, db.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read stored answer: %w", err)
	}
	if row.BodyHash != body {
		return nil, ErrKeyReused
	}
	kept := map[string]string{}
	if err := json.Unmarshal([]byte(row.Header), &kept); err != nil {
		return nil, fmt.Errorf("read stored answer: %w", err)
	}
	plain, err := rt.o.Keys.Open(answerBody, id, row.Body)
	if err != nil {
		return nil, fmt.Errorf("read stored answer: %w", err)
	}
	raw, err := packer.unpack(plain)
	if err != nil {
		return nil, fmt.Errorf("read stored answer: %w", err)
	}
	a := &answer{status: row.Status, header: http.Header{"Idempotency-Replayed": {"true"}}}
	for name, v := range kept {
		a.header.Set(name, v)
	}
	a.body.Write(raw)
	return a, nil
}

// packing makes answers short: they are half of what a case leaves in the database.
type packing struct {
	w *zstd.Encoder
	r *zstd.Decoder
}

var packer = newPacking()

func newPacking() packing {
	w, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(2), zstd.WithEncoderCRC(false)) // the seal tells what is damaged
	if err != nil {
		panic("web: " + err.Error())
	}
	r, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(2))
	if err != nil {
		panic("web: " + err.Error())
	}
	return packing{w, r}
}

func (p packing) pack(body []byte) string { return string(p.w.EncodeAll(body, nil)) }

// unpack also reads the base64 of the release before.
func (p packing) unpack(stored string) ([]byte, error) {
	if !strings.HasPrefix(stored, "\x28\xb5\x2f\xfd") { // how zstd begins, and base64 never does
		return base64.StdEncoding.DecodeString(stored)
	}
	return p.r.DecodeAll([]byte(stored), nil)
}

// answer records what a handler writes, to be sent after the commit.
type answer struct {
	status int
	header http.Header
	body   bytes.Buffer
}

func (a *answer) Header() http.Header { return a.header }

func (a *answer) WriteHeader(status int) {
	if a.status == 0 && status >= 200 {
		a.status = status
	}
}

func (a *answer) Write(b []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(b)
}

func (a *answer) send(w http.ResponseWriter) {
	for name, values := range a.header {
		w.Header()[name] = values
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body.Bytes()) // the reader has gone: it will ask again with its key
}

// readKey finds the key in the header or in the form.
func readKey(r *http.Request) (string, error) {
	key := r.Header.Get(KeyHeader)
	if key == "" && isForm(r) {
		if err := parseBody(r); err != nil {
			return "", err
		}
		key = r.PostForm.Get(KeyField)
	}
	if len(key) > 255 || strings.ContainsFunc(key, func(c rune) bool { return c <= ' ' || c > '~' }) {
		return "", ErrKeyUnreadable
	}
	return key, nil
}

func isForm(r *http.Request) bool {
	return isMultipart(r) || strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded")
}

func answerID(subject string, r *http.Request, key string) string {
	sum := sha256.Sum256([]byte(subject + "\n" + r.Method + " " + r.URL.Path + "\n" + key))
	return hex.EncodeToString(sum[:])
}

// hashBody reads the whole body before any transaction starts, and hashes
// what it says: a browser that sends a form again draws new multipart borders.
func hashBody(r *http.Request) (string, error) {
	h := sha256.New()
	io.WriteString(h, r.URL.RawQuery+"\n")
	if isForm(r) {
		if err := parseBody(r); err != nil {
			return "", err
		}
		if err := hashForm(h, r); err != nil {
			return "", ErrBodyUnreadable.Because(err)
		}
		return hex.EncodeToString(h.Sum(nil)), nil
	}
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return "", bodyError(err)
	}
	h.Write(raw)
	r.Body = &kept{bytes.NewReader(raw)}
	return hex.EncodeToString(h.Sum(nil)), nil
}

func hashForm(h hash.Hash, r *http.Request) error {
	fields := map[string][]string{}
	for name, values := range r.PostForm {
		if name != KeyField {
			fields[name] = values
		}
	}
	if err := json.NewEncoder(h).Encode(fields); err != nil { // keys sorted
		return err
	}
	if r.MultipartForm == nil {
		return nil
	}
	names := make([]string, 0, len(r.MultipartForm.File))
	for name := range r.MultipartForm.File {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, head := range r.MultipartForm.File[name] {
			fmt.Fprintf(h, "%q %q %d\n", name, head.Filename, head.Size)
			f, err := head.Open()
			if err != nil {
				return err
			}
			_, err = io.Copy(h, f)
			f.Close()
			if err != nil {
				return err
			}
		}
	}
	return nil
}
