package assurance

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"sync"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"
	"golang.org/x/net/html"

	"yimen/internal/identity"
	"yimen/internal/kit/audit"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/internal/kit/sealed"
	"yimen/internal/kit/web"
	"yimen/internal/kit/webtest"
	"yimen/internal/messages"
	"yimen/internal/org"
)

var sources = []db.Source{audit.Migrations, web.Migrations, org.Migrations, identity.Migrations, messages.Migrations, Migrations}

// Wednesday, 18 November 2026, 10:00 in Beijing.
var start = time.Date(2026, 11, 18, 2, 0, 0, 0, time.UTC)

const (
	password = "Yimen-2026"
	phone    = "13812345678"
	other    = "13812345679"
	name     = "赵秀兰"
	number   = "440232196503070029"
	stranger = "440232196411040017" // in the register as 盘小妹, without an account
)

type nobody struct{}

func (nobody) Send(context.Context, messages.Outgoing) (string, error) { return "", nil }

// asked is a register that counts what it is asked.
type asked struct {
	mu sync.Mutex
	n  int
	SampleRegister
}

func (a *asked) Match(ctx context.Context, name, idNo string) (bool, error) {
	a.mu.Lock()
	a.n++
	a.mu.Unlock()
	return a.SampleRegister.Match(ctx, name, idNo)
}

// world is the module with one villager, a clerk and a register, behind a small
// site.
type world struct {
	*Module
	t        *testing.T
	clock    *clock.Fake
	id       *identity.Module
	register *asked
	system   context.Context
	villager string // account
	rt       *web.Router
	keys     *sealed.Ring
}

func each(t *testing.T, fn func(t *testing.T, w *world)) {
	t.Helper()
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) { fn(t, newWorld(t, d)) })
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := &world{t: t, clock: clock.NewFake(start), register: &asked{SampleRegister: SampleRegister{DB: d}}, keys: sealed.Throwaway()}
	w.system = identity.With(context.Background(), identity.System("test"))
	log := audit.New(d, w.clock)
	w.id = identity.New(identity.Deps{DB: d, Keys: w.keys, Clock: w.clock, Audit: log,
		Hash: &argon2id.Params{Memory: 64, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32}})
	m := messages.New(messages.Deps{DB: d, Keys: w.keys, Clock: w.clock, Identity: w.id, Org: org.New(org.Deps{DB: d}), Audit: log, SMS: nobody{}, BaseURL: "https://yimen.test"})
	var err error
	w.Module, err = New(Deps{DB: d, Clock: w.clock, Audit: log, Identity: w.id, Messages: m, Register: w.register, BaseURL: "https://yimen.test"})
	w.must(err)
	w.must(w.register.Load(w.system, []Resident{{name, number}, {"盘小妹", stranger}}))
	w.villager, err = w.id.CreateAccount(w.system, identity.NewAccount{Name: "villager", Kind: identity.KindPerson, DisplayName: name, IDType: "111",
		IDNo: number, Phone: phone, Password: password})
	w.must(err)
	w.rt = web.NewRouter(web.Options{DB: d, Clock: w.clock, Log: slog.New(slog.DiscardHandler), Subject: identity.Subject})
	w.rt.Use(w.id.Middleware)
	w.id.Routes(w.rt)
	w.Routes(w.rt)
	show := func(rw http.ResponseWriter, r *http.Request) error {
		a := identity.FromContext(r.Context())
		_, err := rw.Write([]byte("[" + a.Login + " " + a.Level.Title() + "]"))
		return err
	}
	w.rt.Get("/", web.Public, show)
	w.rt.Get("/high", identity.AtLeast(identity.LevelRegister), show)
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// browser is somebody's browser without a session.
func (w *world) browser() *webtest.Client { return webtest.New(w.t, w.rt).NoRedirect() }

// in is the villager's, signed in.
func (w *world) in() *webtest.Client {
	w.t.Helper()
	c := w.browser()
	c.PostForm("/login", url.Values{"account": {"villager"}, "password": {password}}).Status(303)
	return c
}

// proven gives the villager a phone that is known to be theirs.
func (w *world) proven() {
	w.t.Helper()
	w.must(w.id.Prove(w.system, identity.Proof{Account: w.villager, Method: identity.BySMS}))
}

var sixDigits = regexp.MustCompile(`\d{6}`)

// code is the newest code sent to a telephone, "" when none was.
func (w *world) code(to string) string {
	w.t.Helper()
	var rows []struct {
		ID      string `db:"id"`
		Address string `db:"address"`
		Text    string `db:"text"`
	}
	w.must(w.DB.Conn(w.system).Select(w.system, &rows, `SELECT id, address, text FROM messages_delivery ORDER BY id DESC`))
	for _, column := range sealed.Columns() {
		if column.Table != "messages_delivery" || column.Name != "address" {
			continue
		}
		for _, r := range rows {
			address, err := w.keys.Open(column, r.ID, r.Address)
			w.must(err)
			if address == to {
				return sixDigits.FindString(r.Text)
			}
		}
	}
	return ""
}

// level is what the villager holds.
func (w *world) level() identity.Level {
	w.t.Helper()
	l, err := w.id.LevelOf(w.system, w.villager)
	w.must(err)
	return l
}

// clientOf is a browser between password and code.
type clientOf struct{ *webtest.Client }

// pageAt is an answer with the hashes it took.
type pageAt struct {
	page   *webtest.Page
	hashes int64
}

func textOf(n *html.Node) string { return webtest.TextOf(n) }

// alertOf is what the summary of errors says.
func alertOf(p *webtest.Page) string {
	text := ""
	for _, n := range p.Find("[role=alert]") {
		text += webtest.TextOf(n)
	}
	return text
}
