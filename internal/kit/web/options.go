package web

import (
	"context"
	"log/slog"
	"mime/multipart"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/a-h/templ"

	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/sealed"
	"yimen/internal/kit/web/ui"
)

// Options are what a Router needs. Only DB is required for sessions and
// idempotency; without it a Router serves pages and API statelessly.
type Options struct {
	Keys  *sealed.Ring // seals stored answers; nil: a throwaway ring (tests)
	DB    *db.DB
	Clock clock.Clock  // nil: clock.Real
	Log   *slog.Logger // nil: slog.Default()

	// Subject names the account of a request, "" for nobody. It keeps
	// idempotency keys of different people apart and forbids caching.
	Subject func(*http.Request) string
	// Beside gives what another module wants to know of whoever's session it
	// is, to be read in one message with the session. It is given the query of
	// the session (columns of Stored; the account is its subject) with the
	// placeholders $1 of its token and $2 of the moment, and gives what makes the
	// reads for a token, and what they then have found: the session, and what
	// SessionData.Beside gives; nil without an account. nil: nothing.
	Beside func(session string) func(token string, now time.Time) (reads []db.Read, found func() (Stored, any))
	// LoginURL is where a page sends somebody who must sign in; "": /login.
	LoginURL string
	// Ready says whether requests can be answered now; nil: pings DB.
	Ready func(context.Context) error

	// Ahead stores the files of a form that carries a key before the
	// transaction begins in which it is handled, in the context it gives; done
	// is called when the request is over. nil: they are stored within.
	Ahead func(context.Context, []*multipart.FileHeader) (_ context.Context, done func())

	// Troubles are what an administrator has to look at although requests are
	// answered, one sentence each: /readyz adds them. nil: none.
	Troubles func(context.Context) []string

	SessionIdle     time.Duration // unused sessions end after this; 0: 30 minutes
	SessionLifetime time.Duration // every session ends after this; 0: 12 hours

	// TrustProxy believes X-Forwarded-For and X-Forwarded-Proto. Set it only
	// behind a gateway that overwrites them.
	TrustProxy bool
	// Secure forces Secure cookies and HSTS; otherwise they follow TLS or, when
	// trusted, X-Forwarded-Proto.
	Secure bool

	BodyLimit int64 // bytes of a request body unless the route says otherwise; 0: 1 MiB

	// What pages show around their content.
	Site   ui.Site
	User   func(*http.Request) *ui.User              // nil or nil result: nobody is signed in
	Nav    func(*http.Request, ui.Face) []ui.NavItem // entries of the header
	FaceOf func(*http.Request) ui.Face               // which face an error page wears; nil: ui.Citizen
	Region func(*http.Request) string                // name of the division the visitor chose
	Help   func(*http.Request) string                // address of what explains the page
	Space  func(*http.Request) *ui.Space             // the way about the reader's own space; nil result: not on this page
	Under  func(*http.Request) templ.Component       // a bar under the header; nil result: none

	Metrics      *prometheus.Registry // nil: a new one with Go and process figures
	MetricsToken string               // if set, /metrics wants it as a bearer token
}

func (o Options) withDefaults() Options {
	if o.Keys == nil {
		o.Keys = sealed.Throwaway()
	}
	if o.Clock == nil {
		o.Clock = clock.Real
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.LoginURL == "" {
		o.LoginURL = "/login"
	}
	if o.SessionIdle == 0 {
		o.SessionIdle = 30 * time.Minute
	}
	if o.SessionLifetime == 0 {
		o.SessionLifetime = 12 * time.Hour
	}
	if o.BodyLimit == 0 {
		o.BodyLimit = 1 << 20
	}
	if o.Subject == nil {
		o.Subject = func(*http.Request) string { return "" }
	}
	if o.FaceOf == nil {
		o.FaceOf = func(*http.Request) ui.Face { return ui.Citizen }
	}
	if o.Ready == nil {
		d := o.DB
		o.Ready = func(ctx context.Context) error {
			if d == nil {
				return nil
			}
			return d.Ping(ctx)
		}
	}
	return o
}
