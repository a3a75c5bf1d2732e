package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"yimen/internal/assurance/presence"
	"yimen/internal/cases"
	"yimen/internal/identity"
	"yimen/internal/kit/config"
	"yimen/internal/licences"
)

// Version is the release, set by the linker.
var Version = "dev"

// commands is the command line. Every flag --x-y is also YIMEN_X_Y and the
// key x-y of the settings file.
type commands struct {
	Config     string        `help:"Settings file (TOML, key = value)." placeholder:"FILE" env:"YIMEN_CONFIG"`
	Log        string        `help:"Log level: debug, info, warn, error." enum:"debug,info,warn,error" default:"info"`
	LogJSON    bool          `help:"Write the log as JSON lines." name:"log-json"`
	Demo       demoCmd       `cmd:"" help:"Start the sample city (made on the first start, then kept)."`
	Serve      serveCmd      `cmd:"" help:"Start a production server. No sample data, no default account."`
	Migrate    migrateCmd    `cmd:"" help:"Bring the database to this release's schema."`
	Account    accountCmd    `cmd:"" help:"Make an account, for the first administrators of a new city."`
	Password   passwordCmd   `cmd:"" help:"Set an account's password; its sessions and tokens end."`
	Lock       lockCmd       `cmd:"" help:"Stop an account at once, or let it in again (--undo)."`
	Token      tokenCmd      `cmd:"" help:"Print a bearer token of an account for the JSON API."`
	Import     importCmd     `cmd:"" help:"Load divisions, agencies, outlets, staff (CSV), items (XLSX) or licences (CSV, ZIP)."`
	Load       loadCmd       `cmd:"" help:"Play an hour, a day or a year on a sample city over HTTP, measure it and audit it."`
	SigningKey signingKeyCmd `cmd:"" help:"Make the next key that signs tokens for connected systems; --now when the present one may have leaked."`
	Verify     verifyCmd     `cmd:"" help:"Verify sealed documents (verify FILE…), or the audit chain, or the cases, and name what was changed."`
	Archive    archiveCmd    `cmd:"" help:"Put a past year's histories and audit rows into the file store, or list what was; they stay readable."`
	Keys       keysCmd       `cmd:"" help:"Keys of the personal columns: list them, or rotate."`
	Backup     backupCmd     `cmd:"" help:"Back up the whole city into a folder while it is served."`
	Restore    restoreCmd    `cmd:"" help:"Restore a backup into an empty database, of either engine, and verify it."`
	Version    versionCmd    `cmd:"" help:"Print the release."`
}

// storage are the settings that say where everything is kept.
type storage struct {
	Data            string        `help:"Folder of the embedded database, files and keys." default:"data" placeholder:"DIR"`
	Database        config.Secret `help:"sqlite:PATH or postgres://…; @FILE reads the address from a file. Default: sqlite in the data folder." placeholder:"URL"`
	DatabaseDirect  config.Secret `help:"The same PostgreSQL, past a connection pooler in transaction mode: for migrations and for being told of new jobs. Default: as database." placeholder:"URL"`
	DatabaseRead    config.Secret `help:"A streaming standby of the PostgreSQL, for pages that may show what was true a few seconds ago. While it is gone or too far behind, they are read from database." placeholder:"URL"`
	DatabaseReadLag time.Duration `help:"How far behind the standby may be." default:"5s"`
	Files           string        `help:"file:///DIR or s3://BUCKET?…. Default: a folder in the data folder." placeholder:"URL"`
	FilesKey        string        `help:"Key file of the stored files (16 bytes, made on the first demo start). Default: in the data folder." placeholder:"FILE"`
	MaxConns        int           `help:"PostgreSQL connections." default:"24"`
}

// listening are the settings of a server.
type listening struct {
	Addr         string        `help:"Address to listen on." default:"127.0.0.1:8080"`
	BaseURL      string        `help:"The address people use, for QR codes and links. Default: http://ADDR." placeholder:"URL"`
	TrustProxy   bool          `help:"Believe X-Forwarded-For and X-Forwarded-Proto: only behind your own gateway."`
	Role         string        `help:"What this process does, where several stand on one PostgreSQL: web answers requests and leaves the background jobs to others, worker does the jobs and answers nothing but /healthz, /readyz and /metrics." enum:"all,web,worker" default:"all"`
	Workers      int           `help:"Background jobs run at the same time." default:"8"`
	StopTimeout  time.Duration `help:"How long running requests and jobs may take to finish at shutdown." default:"30s"`
	TrustClock   bool          `help:"Start although the machine's clock is earlier than the last work recorded: it was wrong then and is right now."`
	MetricsToken config.Secret `help:"If set, /metrics wants it as a bearer token." placeholder:"TOKEN"`
}

// rules are the numbers that the law leaves to the city, or that local rules
// differ in.
type rules struct {
	City             string        `help:"12-digit code of the city whose calendar colours the lights." default:"440200000000"`
	AreaCode         string        `help:"Area code of landline numbers typed without one." default:"0751"`
	OfficeCloses     time.Duration `help:"What comes in online after this time of day counts as received the next working day." default:"17h30m"`
	CorrectionDays   int           `help:"Working days an applicant has to correct." default:"15"`
	ExtensionDays    int           `help:"Most working days of an extension (行政许可法 art. 42)." default:"10"`
	SupervisionDays  int           `help:"Working days a supervision order about a proof off the list may take." default:"5"`
	YellowDays       int           `help:"Yellow light from this many working days left." default:"3"`
	RedDays          int           `help:"Red light from this many working days left." default:"1"`
	ArchiveAfter     int           `help:"Natural days from closing to filing away." default:"30"`
	DraftDays        int           `help:"Natural days an application that is not sent and not touched is kept; who began it is told a week before." default:"90"`
	FaceDistance     float64       `help:"Most distance of a face from the register's photograph, 0.50 at the highest." default:"0.45"`
	FaceTries        int           `help:"Most tries a day to prove oneself by face." default:"10"`
	UploadHours      int           `help:"Hours an uploaded file that belongs to no application is kept." default:"48"`
	NoticesWhenAsked bool          `help:"Seal the document of a notice when somebody first opens it, not as soon as it is issued: saves storage."`
	SheetDays        int           `help:"Natural days for which a sheet of licences to be issued keeps the lines that were not." default:"30"`
	LicenceTrust     string        `help:"Lowest level of trust with which an electronic licence stands in for a paper: A issued here, B confirmed by its issuer, C scanned at a window. What its holder brought (D) never does." enum:"A,B,C" default:"B"`
}

func (r rules) apply(s *Settings) {
	s.Rules = cases.Rules{City: r.City, AreaCode: r.AreaCode, OfficeCloses: r.OfficeCloses, CorrectionDays: r.CorrectionDays,
		ExtensionDays: r.ExtensionDays, YellowDays: r.YellowDays, RedDays: r.RedDays, ArchiveAfter: r.ArchiveAfter,
		DraftDays: r.DraftDays, UploadHours: r.UploadHours}
	s.SupervisionDays = r.SupervisionDays
	s.NoticesWhenAsked = r.NoticesWhenAsked
	s.SheetDays = r.SheetDays
	s.LicenceTrust = licences.Trust(r.LicenceTrust)
	s.Faces = presence.Rules{Distance: r.FaceDistance, Tries: r.FaceTries}
}

// signing are the numbers of signing in. What is laxer than the law is refused
// at the start.
type signing struct {
	PasswordLength      int           `help:"Least characters of the passwords of staff; at least 8." default:"10"`
	PasswordLengthAdmin int           `help:"Of the three administrators; at least 12." default:"12"`
	PasswordHistory     int           `help:"So many last passwords of staff do not come back; at least 5." default:"5"`
	PasswordDays        int           `help:"Days after which staff change their password; at most 90." default:"90"`
	PasswordWarnDays    int           `help:"Days before that they are told." default:"7"`
	LoginFailures       int           `help:"Wrong passwords in a row before an account name is locked; at most 5." default:"5"`
	LoginLock           time.Duration `help:"How long it is locked; at least 10m." default:"15m"`
	StaffIdle           time.Duration `help:"A session of staff ends when unused for so long; at most 30m." default:"30m"`
	AdminIdle           time.Duration `help:"One of an administrator; at most 10m." default:"10m"`
	FirstPasswordFor    time.Duration `help:"How long a password set by somebody else, or handed out at a window, can be signed in with; at most 168h." default:"72h"`
	LogRetention        int           `help:"Days for which sign-ins are kept; at least 180. The audit is kept for good." default:"200"`
	StaffDevices        bool          `help:"Staff too are told when their account is signed in to with a browser not seen before." default:"true" negatable:""`
	CloseDays           int           `help:"Days in which the closing of an account can be taken back; at most 15." default:"15"`
}

func (x signing) apply(s *Settings) error {
	s.SignIn = identity.Rules{PasswordLength: x.PasswordLength, AdminPasswordLength: x.PasswordLengthAdmin, PasswordHistory: x.PasswordHistory,
		PasswordDays: x.PasswordDays, PasswordWarnDays: x.PasswordWarnDays, MaxFailures: x.LoginFailures, LockFor: x.LoginLock,
		StaffIdle: x.StaffIdle, AdminIdle: x.AdminIdle, FirstFor: x.FirstPasswordFor, CloseDays: x.CloseDays, LogDays: x.LogRetention,
		StaffDevices: x.StaffDevices}
	return s.SignIn.Check()
}

// Main runs the command line and gives the exit code: 0 done, 1 failed, 2 the
// command line cannot be understood, or a file to be verified cannot be read.
func Main(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var c commands
	file, err := config.File(configPath(args))
	if err != nil {
		fmt.Fprintln(stderr, "yimen:", err)
		return 2
	}
	exit := -1
	parser, err := kong.New(&c, file, kong.Name("yimen"), kong.UsageOnError(),
		kong.Description("一门: a city's government service as one program."),
		kong.DefaultEnvars(config.Prefix), kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { exit = code }),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.BindTo(stdout, (*io.Writer)(nil)))
	if err != nil {
		fmt.Fprintln(stderr, "yimen:", err)
		return 2
	}
	if unknown := config.Unknown(parser.Model, os.Environ()); len(unknown) > 0 {
		fmt.Fprintf(stderr, "yimen: unknown environment variable %s\n", strings.Join(unknown, ", "))
		return 2
	}
	run, err := parser.Parse(args)
	if exit >= 0 {
		return exit
	}
	if err != nil {
		fmt.Fprintln(stderr, "yimen:", err)
		return 2
	}
	log := newLog(stderr, c.Log, c.LogJSON)
	err = run.Run(log)
	var code exitCode
	if errors.As(err, &code) {
		return int(code)
	}
	if err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(stderr, "yimen:", err)
		return 1
	}
	return 0
}

// configPath finds --config before kong parses, because the file feeds the parse.
func configPath(args []string) string {
	for i, a := range args {
		if path, ok := strings.CutPrefix(a, "--config="); ok {
			return path
		}
		if a == "--config" && i+1 < len(args) {
			return args[i+1]
		}
	}
	return os.Getenv(config.Prefix + "_CONFIG")
}

type versionCmd struct{}

// Run prints the release.
func (versionCmd) Run(out io.Writer) error {
	_, err := fmt.Fprintln(out, "yimen", Version)
	return err
}
