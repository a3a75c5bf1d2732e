package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/config"
	"yimen/internal/kit/errs"
	"yimen/internal/org"
)

// withApp runs fn on an App whose schema is this release's.
func withApp(ctx context.Context, s storage, log *slog.Logger, fn func(a *App) error) error {
	set, err := s.settings(log)
	if err != nil {
		return err
	}
	a, err := Open(ctx, set)
	if err != nil {
		return err
	}
	err = a.check(ctx)
	if err == nil {
		err = fn(a)
	}
	return errors.Join(err, a.Close())
}

type migrateCmd struct {
	Storage storage `embed:""`
}

// Run migrates and prints where the schema stands.
func (c migrateCmd) Run(ctx context.Context, out io.Writer, log *slog.Logger) error {
	set, err := c.Storage.settings(log)
	if err != nil {
		return err
	}
	a, err := Open(ctx, set)
	if err != nil {
		return err
	}
	err = a.Migrate(ctx)
	if err == nil {
		s, schemaErr := a.DB.Schema(ctx, sources)
		err = schemaErr
		fmt.Fprintf(out, "schema %d\n", s.Current)
	}
	return errors.Join(err, a.Close())
}

type accountCmd struct {
	Storage  storage       `embed:""`
	Name     string        `help:"Account name." required:""`
	Title    string        `help:"Name of the person, as pages show it."`
	Role     string        `help:"Role, for example system_admin, security_admin, audit_admin, item_editor." required:""`
	Division string        `help:"Division the role holds in; empty: everywhere."`
	Agency   string        `help:"Agency the role holds in; empty: any."`
	Password config.Secret `help:"@FILE, or the password (others on the machine see it in the process list); empty: read from standard input." placeholder:"PASSWORD"`
}

// Run makes a staff account with one role. Who can run it holds the database,
// so it is how a new city gets its three administrators.
func (c accountCmd) Run(ctx context.Context, out io.Writer, log *slog.Logger) error {
	password, err := readPassword(c.Password.Value(), os.Stdin)
	if err != nil {
		return err
	}
	title := c.Title
	if title == "" {
		title = c.Name
	}
	return withApp(ctx, c.Storage, log, func(a *App) error {
		ctx := identity.With(ctx, identity.System("command"))
		_, err := a.Identity.CreateAccount(ctx, identity.NewAccount{
			Name: c.Name, Kind: identity.KindStaff, DisplayName: title, Password: password, FirstPassword: true, Division: c.Division, Agency: c.Agency,
			Roles: []identity.RoleAt{{Role: c.Role, At: identity.Reach{Division: c.Division, Agency: c.Agency,
				Everywhere: c.Division == "" && c.Agency == ""}}},
		})
		if err != nil {
			return plain(err)
		}
		fmt.Fprintf(out, "account %s made with role %s\n", c.Name, c.Role)
		return nil
	})
}

type tokenCmd struct {
	Storage storage       `embed:""`
	Account string        `help:"Account name." required:""`
	TTL     time.Duration `help:"How long the token is good." default:"1h"`
}

// Run prints a bearer token. It needs the database, so only who operates the
// machine can make one.
func (c tokenCmd) Run(ctx context.Context, out io.Writer, log *slog.Logger) error {
	return withApp(ctx, c.Storage, log, func(a *App) error {
		token, err := a.Identity.Token(identity.With(ctx, identity.System("command")), c.Account, c.TTL)
		if err != nil {
			return plain(err)
		}
		_, err = fmt.Fprintln(out, token)
		return err
	})
}

type importCmd struct {
	Storage storage `embed:""`
	Kind    string  `arg:"" enum:"divisions,agencies,outlets,staff,items,licences" help:"divisions, agencies, outlets, staff (CSV), items (XLSX) or licences (stock: CSV, or ZIP with pictures)."`
	File    string  `arg:"" type:"existingfile" help:"The file."`
	Partial bool    `help:"Load the right rows even when others are wrong."`
}

// Run imports a file, prints every wrong line, and loads nothing unless all
// lines are right or --partial is given.
func (c importCmd) Run(ctx context.Context, out io.Writer, log *slog.Logger) error {
	f, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer f.Close()
	return withApp(ctx, c.Storage, log, func(a *App) error {
		ctx := identity.With(ctx, identity.System("import"))
		switch c.Kind {
		case "items":
			return a.importItems(ctx, f, c.Partial, out)
		case "licences":
			return a.importLicences(ctx, f, c.Partial, out)
		}
		report, err := a.Org.Import(ctx, c.Kind, f, org.ImportOptions{Partial: c.Partial})
		if err != nil {
			return plain(err)
		}
		return printReport(out, report)
	})
}

// importLicences takes stock over as the page does: all lines or none. Each names
// its issuer, since nobody's own agency stands behind a command.
func (a *App) importLicences(ctx context.Context, f *os.File, partial bool, out io.Writer) error {
	if partial {
		return errors.New("licences are taken over all or none; leave out --partial")
	}
	size, err := f.Stat()
	if err != nil {
		return err
	}
	done, err := a.Licences.ImportFile(ctx, f, size.Size(), false)
	if err != nil {
		return plain(err)
	}
	for _, e := range done.Wrong {
		fmt.Fprintln(out, e.Describe())
	}
	fmt.Fprintf(out, "%d rows, %d loaded, %d wrong, %d pictures named, %d files named by no line\n", done.Rows, done.Stored, len(done.Wrong), done.Pictures, done.Idle)
	if len(done.Wrong) > 0 {
		return errors.New("nothing was loaded; mend the lines above")
	}
	return nil
}

func printReport(out io.Writer, r org.ImportReport) error {
	for _, e := range r.Errors {
		fmt.Fprintf(out, "line %d: %s: %s\n", e.Line, e.Field, e.Message)
	}
	fmt.Fprintf(out, "%d rows, %d loaded, %d wrong\n", r.Rows, r.Loaded, len(r.Errors))
	if len(r.Errors) > 0 && r.Loaded == 0 {
		return errors.New("nothing was loaded; mend the lines above, or give --partial to load the others")
	}
	return nil
}

type verifyCmd struct {
	Files verifyFilesCmd `cmd:"" default:"withargs" help:"Verify the seals and signatures of documents, step by step."`
	Audit verifyAuditCmd `cmd:"" help:"Check the audit chain."`
	Cases verifyCasesCmd `cmd:"" help:"Read every case and name those that are damaged."`
}

type verifyAuditCmd struct {
	Storage storage `embed:""`
}

type verifyCasesCmd struct {
	Storage storage `embed:""`
	Mend    bool    `help:"Compute damaged due dates anew from dates and ledger."`
}

// plain gives the sentence of an error for people, or the error itself.
func plain(err error) error {
	e := errs.From(err)
	if e.Kind == errs.Internal {
		return err
	}
	msg := e.Message
	for _, f := range e.Fields {
		msg += "\n  " + f.Name + ": " + f.Message
	}
	return fmt.Errorf("%s (%s)", msg, e.Code)
}
