package notices

import (
	"context"
	"embed"
	"fmt"
	"log/slog"
	"time"

	"yimen/internal/cases"
	"yimen/internal/identity"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/files"
	"yimen/internal/kit/jobs"
	"yimen/internal/org"
	"yimen/internal/seals"
	"yimen/ofd"
	"yimen/ofd/pdf"
	"yimen/ofd/ses"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations is the schema of the module.
var Migrations = db.Embedded("notices", migrations)

// Deps is what the module stands on.
type Deps struct {
	DB      *db.DB
	Clock   clock.Clock
	Log     *slog.Logger
	Org     *org.Module
	Cases   Notices
	Seals   Seals
	Files   *files.Store
	BaseURL string // of the address in the QR code
}

// Notices gives what a document is to say: cases.
type Notices interface {
	Notice(ctx context.Context, number, id string) (cases.Notice, error)
}

// Seals puts an agency's seal on a document: the module seals.
type Seals interface {
	For(ctx context.Context, agency, purpose string) (seals.Seal, error)
	Seal(ctx context.Context, u seals.Use, pkg *ofd.Package, stamps ...ses.Stamp) (seals.Record, error)
	// SignPDF says by whom PDF files are signed; nil: by nobody yet.
	SignPDF(ctx context.Context) (*pdf.Signature, error)
}

// Module makes the documents of one city. Safe for concurrent use.
type Module struct{ Deps }

// New makes the module.
func New(d Deps) *Module {
	if d.Clock == nil {
		d.Clock = clock.Real
	}
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	return &Module{Deps: d}
}

// Workers registers what runs in the background.
func (m *Module) Workers(q *jobs.Queue) {
	jobs.RegisterPeriodic(q, "notices.seal", 10*time.Second, m.SealDue)
}

// Errors of the module.
var (
	ErrNone   = errs.Define(errs.NotFound, "notice_document_none", "这种文书由窗口当面签字，没有盖章的电子文件，请打印本页。")
	ErrMaking = errs.Define(errs.Conflict, "notice_document_making", "盖章的文件正在制作，请过一会儿再下载。")
	ErrMasked = errs.Define(errs.Denied, "notice_document_whole_numbers", "盖章的文件上有完整的证件号码，只有申请人和经办人可以下载，请查看网页上的文书。")
	ErrGlyphs = errs.Define(errs.Conflict, "notice_document_glyph_missing", "字库里没有文书中的字，不能制作盖章的文件，请联系系统管理员。")
)

func (m *Module) now(ctx context.Context) time.Time {
	return clock.FromContext(ctx, m.Clock).Now().UTC().Truncate(time.Microsecond)
}

// own is the context of the module's own work.
func own(ctx context.Context) context.Context {
	return identity.With(ctx, identity.System("notices"))
}

func wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("notices: %s: %w", what, err)
}
