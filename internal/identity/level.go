package identity

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
)

// Level says how surely it is known who somebody is (实名等级), 0 to 4. A level
// is held by proofs and ends with them; see [Module.Prove].
type Level int

// The levels.
const (
	LevelNone     Level = iota // nothing proven
	LevelPhone                 // a phone that answers
	LevelRegister              // name and number as the person register has them
	LevelPresence              // the person themselves: face, or card at a window
	LevelCA                    // a certificate authority vouches
)

var levelTitles = [...]string{"未认证", "初级", "中级", "高级", "最高级"}

// Valid tells whether it is one of the levels.
func (l Level) Valid() bool { return l >= LevelNone && l <= LevelCA }

// Title is the Chinese name.
func (l Level) Title() string {
	if !l.Valid() {
		return "未知"
	}
	return levelTitles[l]
}

// Method is a way of proving who one is.
type Method string

// The ways the law and the city know. Which of them can be gone here depends on
// what is connected.
const (
	BySMS      Method = "sms"      // a code sent to the phone
	ByRegister Method = "register" // name and number against the person register
	ByBank     Method = "bank"     // name, number, card and phone as a bank has them
	ByCard     Method = "card"     // identity card in a reader at a window
	ByWindow   Method = "window"   // the original document, seen by a clerk
	ByFace     Method = "face"     // a living face against the register's picture
	ByCA       Method = "ca"       // a certificate
)

// methodKind says what a way proves, for how long unless the proof says
// otherwise, and what it is called.
type methodKind struct {
	title string
	level Level
	holds time.Duration
}

const year = 365 * 24 * time.Hour

var methodKinds = map[Method]methodKind{
	BySMS:      {"手机短信验证码", LevelPhone, year},
	ByRegister: {"姓名和证件号码核验", LevelRegister, 5 * year},
	ByBank:     {"银行卡核验", LevelRegister, 5 * year},
	ByCard:     {"窗口读取身份证", LevelPresence, 5 * year},
	ByWindow:   {"窗口核对证件原件", LevelPresence, 5 * year},
	ByFace:     {"人脸核验", LevelPresence, 2 * year},
	ByCA:       {"数字证书", LevelCA, year},
}

// Title is the Chinese name of the way.
func (w Method) Title() string {
	if k, ok := methodKinds[w]; ok {
		return k.title
	}
	return string(w)
}

// Proves is the level the way leads to; 0 for a way nobody knows.
func (w Method) Proves() Level { return methodKinds[w].level }

// ErrLevelTooLow is told to somebody who has not proven enough who they are:
// 403 to clients of the API, the page that leads there to people.
var ErrLevelTooLow = errs.Define(errs.Denied, "level_too_low", "此项操作需要更高的实名等级，请先完成实名核验。")

// Enough tells whether the actor may do by themselves what asks for a level: nil,
// or TooLow. Only applicants have levels; staff answer for whom they serve.
func (a Actor) Enough(least Level) error {
	if a.IsApplicant() && a.Level < least {
		return TooLow(a.Level, least)
	}
	return nil
}

// TooLow is ErrLevelTooLow with the level that is asked for. Given back by the
// handler of a page it leads to /verify and from there back.
func TooLow(held, least Level) error {
	cause := ErrLevelTooLow.Say("此项操作需要%s实名等级，您现在是%s。请先完成实名核验。", least.Title(), held.Title()).Needs(int(least))
	return &web.Detour{Cause: cause, To: func(next string) string { return stepUp(least, next) }}
}

// AtLeast lets in applicants who hold the level now: pages lead others to the
// step-up page and back, the API answers "level_too_low". Staff, whose realm
// is another one, pass.
func AtLeast(l Level) web.Guard {
	return web.Guard{Name: "level " + strconv.Itoa(int(l)), Check: func(r *http.Request) error {
		a := FromContext(r.Context())
		if !a.SignedIn() {
			if err := failureOf(r.Context()); err != nil {
				return err
			}
			return ErrSignIn
		}
		return a.Enough(l)
	}}
}

// StepUp is the address of the page where a level is reached; next is a path
// of this site to go on to, anything else becomes "/".
func (m *Module) StepUp(level Level, next string) string { return stepUp(level, next) }

func stepUp(level Level, next string) string {
	return fmt.Sprintf("/verify?level=%d&next=%s", level, url.QueryEscape(web.SafeNext(next)))
}

// levelsHeld are the ends of the four levels as an account's row has them.
type levelsHeld struct {
	L1 *time.Time `db:"level1_until"`
	L2 *time.Time `db:"level2_until"`
	L3 *time.Time `db:"level3_until"`
	L4 *time.Time `db:"level4_until"`
}

func (h *levelsHeld) columns() []any { return []any{&h.L1, &h.L2, &h.L3, &h.L4} }

// levelAt is, in a query, the highest level that an account holds at a moment.
func levelAt(account, now string) string {
	text := "CASE"
	for level := LevelCA; level > LevelNone; level-- {
		text += fmt.Sprintf(" WHEN %s.level%d_until > %s THEN %d", account, level, now, level)
	}
	return text + " ELSE 0 END"
}

// at is the highest level that holds at a moment.
func (h levelsHeld) at(now time.Time) Level {
	for i, until := range []*time.Time{h.L4, h.L3, h.L2, h.L1} {
		if until != nil && until.After(now) {
			return LevelCA - Level(i)
		}
	}
	return LevelNone
}
