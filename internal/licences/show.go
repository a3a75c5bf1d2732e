package licences

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/emmansun/gmsm/sm3"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/sealed"
)

// Mode is how much of a licence its holder lets others see by a code.
type Mode string

// The modes.
const (
	ShowLeast Mode = "least" // 出示: what it takes to believe it
	ShowAll   Mode = "all"   // 共享: all it says, to somebody named for something named
)

// Name is the mode in words.
func (w Mode) Name() string {
	if w == ShowAll {
		return "共享全部内容"
	}
	return "出示"
}

// How long things last.
const (
	codeLife    = time.Minute      // from making a code to reading it
	renewBefore = 10 * time.Second // a page asks for the next code so long before
	showingLife = 10 * time.Minute // the holder begins anew afterwards
	leastLife   = time.Minute      // the reader's browser sees it again so long
	allLife     = 10 * time.Minute // the same for what is shared
)

var (
	columnRecipient = sealed.Define("licences_showing", "id", "recipient")
	columnPurpose   = sealed.Define("licences_showing", "id", "purpose")
)

// Errors of showing.
var (
	ErrShowingOver = errs.Define(errs.Conflict, "licence_showing_over", "这次出示已经结束，请回到证照页面重新出示。")
	ErrCode        = errs.Define(errs.NotFound, "licence_code", "这个二维码不能用：可能已经过期，或者不是本平台的。请让对方刷新后重新扫码。")
	ErrCodeUsed    = errs.Define(errs.NotFound, "licence_code_used", "这个二维码已经被看过一次，不能再用。请让对方出示新的二维码。")
	ErrCodeLapsed  = errs.Define(errs.NotFound, "licence_code_lapsed", "这个二维码已经过期（每个只有60秒）。请让对方出示新的二维码。")
)

// Showing is a licence that its holder shows now.
type Showing struct {
	ID        string    `db:"id"`
	Licence   string    `db:"licence"`
	Account   string    `db:"account"`
	Mode      Mode      `db:"mode"`
	Recipient string    `db:"recipient"` // ShowAll: who is to see it
	Purpose   string    `db:"purpose"`   // and what for
	EndsAt    time.Time `db:"ends_at"`

	No       int        `db:"code_no"` // of the code that counts
	Key      string     `db:"code_key"`
	LapsesAt time.Time  `db:"lapses_at"`
	ReadAt   *time.Time `db:"read_at"` // when the code was read
}

const selectShowing = `SELECT id, licence, account, mode, recipient, purpose, ends_at, code_no, code_key, lapses_at, read_at FROM licences_showing`

// Choice is what the holder wants to show.
type Choice struct {
	Mode      Mode
	Recipient string
	Purpose   string
}

// read sees that the choice is whole.
func (c *Choice) read() error {
	var bad errs.Fields
	c.Recipient, c.Purpose = strings.TrimSpace(c.Recipient), strings.TrimSpace(c.Purpose)
	switch c.Mode {
	case ShowLeast:
		c.Recipient, c.Purpose = "", ""
	case ShowAll:
		if n := utf8.RuneCountInString(c.Recipient); n < 2 || n > 60 {
			bad.Add("recipient", "请写明给谁看，2到60个字，比如：韶关市第一中学。")
		}
		if n := utf8.RuneCountInString(c.Purpose); n < 2 || n > 100 {
			bad.Add("purpose", "请写明做什么用，2到100个字，比如：办理入学登记。")
		}
	default:
		bad.Add("mode", "请选择给对方看多少。")
	}
	return bad.Err()
}

// Show begins to show one of the actor's own licences; NewCode gives what is to
// be read. Errors: ErrUnknown, errs.ErrInvalid with fields mode, recipient, purpose.
func (m *Module) Show(ctx context.Context, identifier string, c Choice) (Showing, error) {
	l, err := m.Own(ctx, identifier)
	if err != nil {
		return Showing{}, err
	}
	if err := c.read(); err != nil {
		return Showing{}, err
	}
	now := m.now(ctx)
	s := Showing{ID: db.NewID(), Licence: l.ID, Account: identity.FromContext(ctx).Account, Mode: c.Mode, Recipient: c.Recipient, Purpose: c.Purpose,
		EndsAt: now.Add(showingLife), LapsesAt: now}
	return s, m.DB.InTx(ctx, func(ctx context.Context) error {
		_, err := m.DB.Conn(ctx).Exec(ctx, `INSERT INTO licences_showing (id, licence, account, mode, recipient, purpose, made_at, ends_at, code_no, code_key, lapses_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, '', $7)`, s.ID, s.Licence, s.Account, string(s.Mode),
			m.Keys.Seal(columnRecipient, s.ID, s.Recipient), m.Keys.Seal(columnPurpose, s.ID, s.Purpose), now, s.EndsAt)
		if err != nil {
			return wrap("store showing", err)
		}
		return m.record(ctx, "licence.show", l.Identifier, "", string(s.Mode))
	})
}

// showing reads one by a column.
func (m *Module) showing(ctx context.Context, column, value string) (Showing, error) {
	var s Showing
	err := m.DB.Conn(ctx).Get(ctx, &s, selectShowing+` WHERE `+column+` = $1`, value)
	if errors.Is(err, db.ErrNoRows) {
		return s, ErrUnknown
	}
	if err != nil {
		return s, wrap("read showing", err)
	}
	return s, wrap("open showing", m.Keys.Reveal(s.ID, sealed.Value{Column: columnRecipient, Text: &s.Recipient}, sealed.Value{Column: columnPurpose, Text: &s.Purpose}))
}

// ownShowing is one of the actor's, of that licence. Errors: ErrUnknown.
func (m *Module) ownShowing(ctx context.Context, identifier, id string) (Showing, Shown, error) {
	l, err := m.Own(ctx, identifier)
	if err != nil {
		return Showing{}, l, err
	}
	s, err := m.showing(ctx, "id", id)
	if err == nil && (s.Account != identity.FromContext(ctx).Account || s.Licence != l.ID) {
		err = ErrUnknown
	}
	return s, l, err
}

// NewCode makes the code of one of the actor's showings that counts from now on,
// in the place of the one before. It is a random number of 128 bits, and kept by
// its digest only. Errors: ErrUnknown, ErrShowingOver.
func (m *Module) NewCode(ctx context.Context, s Showing) (Showing, string, error) {
	now := m.now(ctx)
	if !now.Before(s.EndsAt) {
		return s, "", ErrShowingOver
	}
	var random [16]byte
	rand.Read(random[:])
	code := base64.RawURLEncoding.EncodeToString(random[:])
	s.No, s.Key, s.LapsesAt, s.ReadAt = s.No+1, keyOf(code), now.Add(codeLife), nil
	n, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE licences_showing SET code_no = code_no + 1, code_key = $2, lapses_at = $3, read_at = NULL
		WHERE id = $1 AND account = $4`, s.ID, s.Key, s.LapsesAt, identity.FromContext(ctx).Account)
	if err == nil && n == 0 {
		return s, "", ErrUnknown
	}
	return s, code, wrap("store code", err)
}

func keyOf(code string) string {
	sum := sm3.Sum([]byte(code))
	return hex.EncodeToString(sum[:])
}

// Reading is one time that somebody read a code.
type Reading struct {
	ID         string    `db:"id"`
	Licence    string    `db:"licence"`
	Showing    string    `db:"showing"`
	Key        string    `db:"code_key"`
	Mode       Mode      `db:"mode"`
	Account    string    `db:"account"`
	Reader     string    `db:"reader"`
	Agency     string    `db:"agency"`
	AgencyName string    `db:"agency_name"`
	Address    string    `db:"address"`
	At         time.Time `db:"at"`
	Until      time.Time `db:"until_at"`
}

const selectReading = `SELECT id, licence, showing, code_key, mode, account, reader, agency, agency_name, address, at, until_at FROM licences_reading`

// Who is the reader in words, for the holder.
func (r Reading) Who() string {
	switch {
	case r.AgencyName != "":
		return r.AgencyName + r.Reader
	case r.Account != "":
		return r.Reader + "（已登录）"
	}
	return "没有登录的人"
}

// readings are the last ones of a licence, the newest first; of one showing if
// it is named.
func (m *Module) readings(ctx context.Context, licence, showing string) ([]Reading, error) {
	w := new(db.Where).And("licence = ?", licence)
	if showing != "" {
		w.And("showing = ?", showing)
	}
	var list []Reading
	err := m.DB.Conn(ctx).Select(ctx, &list, selectReading+w.SQL()+` ORDER BY id DESC LIMIT 50`, w.Args()...)
	return list, wrap("list readings", err)
}

// Readings are who read a code of one of the actor's own licences, the newest
// first, fifty at most. Errors: ErrUnknown.
func (m *Module) Readings(ctx context.Context, identifier string) ([]Reading, error) {
	l, err := m.Own(ctx, identifier)
	if err != nil {
		return nil, err
	}
	return m.readings(ctx, l.ID, "")
}

// CodeOf finds the code in what a scanner has read: the address in the picture,
// or the code alone.
func CodeOf(read string) string {
	read = strings.TrimSpace(read)
	if i := strings.LastIndex(read, shownURL+"/"); i >= 0 {
		read = read[i+len(shownURL)+1:]
	}
	code, _, _ := strings.Cut(read, "?")
	return code
}

// Presenter is the account that shows a code now: somebody who is signed in on
// their own telephone. Nothing is used up; that is Read's. Errors as Read.
func (m *Module) Presenter(ctx context.Context, code string) (string, error) {
	s, err := m.showing(ctx, "code_key", keyOf(code))
	return s.Account, s.readable(err, m.now(ctx))
}
