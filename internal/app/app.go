package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"yimen/internal/admin"
	"yimen/internal/assurance"
	"yimen/internal/assurance/presence"
	"yimen/internal/cases"
	"yimen/internal/catalogue"
	"yimen/internal/counter"
	"yimen/internal/designer"
	"yimen/internal/help"
	"yimen/internal/identity"
	"yimen/internal/kit/archive"
	"yimen/internal/kit/audit"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/events"
	"yimen/internal/kit/files"
	"yimen/internal/kit/jobs"
	"yimen/internal/kit/progress"
	"yimen/internal/kit/sealed"
	"yimen/internal/kit/web"
	"yimen/internal/licences"
	"yimen/internal/messages"
	"yimen/internal/notices"
	"yimen/internal/office"
	"yimen/internal/openid"
	"yimen/internal/openid/department"
	"yimen/internal/org"
	"yimen/internal/portal"
	"yimen/internal/proofs"
	"yimen/internal/queue"
	"yimen/internal/seals"
	"yimen/internal/training"
	"yimen/internal/workflow"
)

// Settings are what an App is built from.
type Settings struct {
	Database         string         // sqlite:PATH or postgres://…
	Direct           string         // the same database past a connection pooler; "": Database
	Standby          string         // a streaming standby of it, for reads that may be slightly old; "": none
	StandbyLag       time.Duration  // how old
	Files            string         // file:///DIR or s3://BUCKET
	FilesKey         string         // key file
	MakeKey          bool           // make the key file if it is missing
	MaxConns         int            //
	Role             string         // all, web or worker; "": all
	Workers          int            // 0: the queue's default
	BaseURL          string         // of links and QR codes
	TrustProxy       bool           //
	Demo             bool           // one-click login, page of people to be
	FewSeals         bool           // the sample city makes some of its seals only: for tests
	MetricsKey       string         // bearer token of /metrics; "": open
	SignIn           identity.Rules // what signing in is bound to; zero: the defaults
	Proving          Proving        // how people prove who they are
	Rules            cases.Rules    // what the city may set; BaseURL becomes its PublicURL
	SupervisionDays  int            // working days a supervision order may take; 0: five
	NoticesWhenAsked bool           // their documents are sealed when somebody opens them
	LicenceTrust     licences.Trust // with which a licence may at least stand in for a paper; "" B
	// SheetDays is for how many days a sheet keeps lines that were not issued.
	SheetDays int
	Faces     presence.Rules // of proving by face; the zero value is the default
	Sending   Sending        // how notices leave; the demo keeps them in its outbox
	Clock     clock.Clock    // nil: the machine's, guarded against jumps
	Log       *slog.Logger
}

// App is the whole program, built and not yet running.
type App struct {
	Settings
	time      timekeeper
	DB        *db.DB
	Queue     *jobs.Queue
	Progress  *progress.Tracker
	Bus       *events.Bus
	Audit     *audit.Log
	Archive   *archive.Archive
	Store     *files.Store
	Keys      *sealed.Ring
	Org       *org.Module
	Identity  *identity.Module
	Messages  *messages.Module
	Presence  *presence.Module
	OpenID    *openid.Module
	Client    *department.Module // a department's system that signs in by us; nil outside the demo
	Assurance *assurance.Module
	Workflow  *workflow.Module
	Catalogue *catalogue.Module
	Cases     *cases.Module
	Notices   *notices.Module
	Hall      *queue.Module
	Training  *training.Module
	Proofs    *proofs.Module
	Licences  *licences.Module
	Seals     *seals.Module
	Portal    *portal.Module
	Counter   *counter.Module
	Office    *office.Module
	Designer  *designer.Module
	Admin     *admin.Module
	Help      *help.Module
	Router    *web.Router
}

// Open connects to the database and builds the modules on one another. The
// schema is not looked at: commands decide whether to migrate or to refuse.
func Open(ctx context.Context, s Settings) (*App, error) {
	if s.Clock == nil {
		s.Clock = clock.NewGuard()
	}
	if s.Log == nil {
		s.Log = slog.Default()
	}
	d, err := db.Open(ctx, s.Database, db.Options{MaxConns: s.MaxConns, Log: s.Log,
		Direct: s.Direct, Standby: s.Standby, StandbyLag: s.StandbyLag})
	if err != nil {
		return nil, err
	}
	if s.Role != "" && s.Role != roleAll && d.Engine() != db.Postgres {
		return nil, errors.Join(fmt.Errorf("role %s: several processes need PostgreSQL; the embedded database serves one, in role %s", s.Role, roleAll), d.Close())
	}
	a := &App{Settings: s, DB: d}
	if err := a.wire(ctx); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

// Close lets go of files and database. A started queue is stopped before.
func (a *App) Close() error {
	var err error
	if a.Store != nil {
		err = a.Store.Close()
	}
	return errors.Join(err, a.DB.Close())
}

// settings fills in what the data folder decides.
func (s storage) settings(log *slog.Logger) (Settings, error) {
	dir, err := filepath.Abs(s.Data)
	if err != nil {
		return Settings{}, err
	}
	set := Settings{Database: s.Database.Value(), Direct: s.DatabaseDirect.Value(), Standby: s.DatabaseRead.Value(), StandbyLag: s.DatabaseReadLag,
		Files: s.Files, FilesKey: s.FilesKey, MaxConns: s.MaxConns, Log: log}
	if set.Database == "" {
		set.Database = "sqlite:" + filepath.Join(dir, "yimen.db")
	}
	if set.Files == "" {
		set.Files = "file://" + filepath.ToSlash(filepath.Join(dir, "files"))
	}
	if set.FilesKey == "" {
		set.FilesKey = filepath.Join(dir, "files.key")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return Settings{}, fmt.Errorf("make the data folder: %w", err)
	}
	return set, nil
}

func newLog(w io.Writer, level string, json bool) *slog.Logger {
	var l slog.Level
	if err := l.UnmarshalText([]byte(strings.ToUpper(level))); err != nil {
		l = slog.LevelInfo
	}
	o := &slog.HandlerOptions{Level: l}
	var log *slog.Logger
	if json {
		log = slog.New(slog.NewJSONHandler(w, o))
	} else {
		log = slog.New(slog.NewTextHandler(w, o))
	}
	slog.SetDefault(log)
	return log
}
