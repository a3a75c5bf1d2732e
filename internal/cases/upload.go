package cases

import (
	"context"
	"fmt"
	"io"
	"time"

	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/files"
)

// Uploads stores what pages and API take in, and notes it: an upload that ends
// in no draft and no case (the line broke, the photo was taken again, the draft
// was deleted, the client gave up) is removed by SweepUploads.
type Uploads struct{ m *Module }

// Uploads is the store for files that are not handed in yet.
func (m *Module) Uploads() Uploads { return Uploads{m} }

// Save stores a file under owner; errors are those of files.Store.Save. It
// talks to the store, so it is not to be called inside a transaction.
func (u Uploads) Save(ctx context.Context, name, declared string, r io.Reader, owner string) (files.File, error) {
	f, err := u.m.Files.Save(ctx, name, declared, r, owner)
	if err != nil {
		return f, err
	}
	_, err = u.m.db.Conn(ctx).Exec(ctx, `INSERT INTO cases_upload (file, account, made_at) VALUES ($1, $2, $3)`, f.ID, owner, u.m.now(ctx))
	return f, wrap("note upload", err)
}

// Stat tells about a stored file.
func (u Uploads) Stat(ctx context.Context, id string) (files.File, error) {
	return u.m.Files.Stat(ctx, id)
}

// SweepUploads removes uploads older than Rules.UploadHours, which is longer
// than any form stays open, that neither a case nor a draft nor a reply of their
// owner names. A periodic job.
func (m *Module) SweepUploads(ctx context.Context) error {
	before, after := m.now(ctx).Add(-time.Duration(m.Rules.UploadHours)*time.Hour), ""
	for {
		w := new(db.Where).And("made_at < ?", before).And("file > ?", after)
		limit := w.Arg(sweepBatch)
		var found []uploadRow
		err := m.db.Conn(ctx).Select(ctx, &found, "SELECT file, account FROM cases_upload"+w.SQL()+" ORDER BY file LIMIT "+limit, w.Args()...)
		if err != nil {
			return fmt.Errorf("find uploads: %w", err)
		}
		for _, u := range found {
			after = u.File
			if err := m.sweepUpload(ctx, u); err != nil {
				return fmt.Errorf("sweep upload %s: %w", u.File, err)
			}
		}
		if len(found) < sweepBatch {
			return nil
		}
	}
}

type uploadRow struct {
	File    string `db:"file"`
	Account string `db:"account"`
}

// sweepUpload forgets an upload that was handed in, keeps one that a draft
// still names, and removes any other.
func (m *Module) sweepUpload(ctx context.Context, u uploadRow) error {
	c := m.db.Conn(ctx)
	var handedIn, drafted int
	if err := c.Get(ctx, &handedIn, `SELECT COUNT(*) FROM cases_material WHERE file = $1 AND file <> ''`, u.File); err != nil {
		return err
	}
	if handedIn == 0 {
		// Of whomever: a window's draft passes from clerk to clerk.
		err := c.Get(ctx, &drafted, `SELECT (SELECT COUNT(*) FROM cases_draft WHERE files LIKE $2 OR submission LIKE $2)
			+ (SELECT COUNT(*) FROM cases_reply WHERE account = $1 AND materials LIKE $2)`, u.Account, "%"+u.File+"%")
		if err != nil || drafted > 0 {
			return err
		}
		if err := m.Files.Delete(ctx, u.File); err != nil && errs.KindOf(err) != errs.NotFound {
			return err
		}
	}
	_, err := c.Exec(ctx, `DELETE FROM cases_upload WHERE file = $1`, u.File)
	return err
}
