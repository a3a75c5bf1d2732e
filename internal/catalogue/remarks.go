package catalogue

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
)

// Remark is what a reviewer says about one field of a version.
type Remark struct {
	ID         string    `db:"id"`
	Item       string    `db:"item"`
	N          int       `db:"n"`
	Field      string    `db:"field"` // JSON path, as in a Finding
	Text       string    `db:"words"`
	Author     string    `db:"author"`
	AuthorName string    `db:"author_name"`
	At         time.Time `db:"at"`
	DoneBy     string    `db:"done_by"` // who has dealt with it, ""
}

// ErrRemark is told for a remark that is not there any more.
var ErrRemark = errs.Define(errs.NotFound, "item_remark_unknown", "没有找到这条意见，可能已经处理，请刷新页面。")

// AddRemark notes something about a field of the version on its way. It needs
// the right to review. errs.ErrInvalid, ErrItemUnknown, ErrRight.
func (m *Module) AddRemark(ctx context.Context, r Remark) error {
	r.Text = strings.TrimSpace(r.Text)
	if n := utf8.RuneCountInString(r.Text); n == 0 || n > 500 {
		return errs.ErrInvalid.Field("remark", "请填写意见，不超过500个字。")
	}
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		row, err := m.lockItem(ctx, r.Item)
		if err != nil {
			return err
		}
		who := identity.FromContext(ctx)
		if !who.Can(RightReview, row.place()) {
			return ErrRight
		}
		r.ID, r.N, r.Author, r.AuthorName, r.At = db.NewID(), row.newest(), who.Account, who.Name, m.now(ctx)
		_, err = m.DB.Conn(ctx).ExecNamed(ctx, `INSERT INTO catalogue_remark (id, item, n, field, words, author, author_name, at, done_by)
			VALUES (:id, :item, :n, :field, :words, :author, :author_name, :at, '')`, r)
		return err
	})
}

// SettleRemark says that a remark has been dealt with. It needs the right to
// edit or to review. ErrRemark, ErrRight.
func (m *Module) SettleRemark(ctx context.Context, item, id string) error {
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		row, err := m.lockItem(ctx, item)
		if err != nil {
			return err
		}
		who := identity.FromContext(ctx)
		if !who.Can(RightEdit, row.place()) && !who.Can(RightReview, row.place()) {
			return ErrRight
		}
		n, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE catalogue_remark SET done_by = $1 WHERE id = $2 AND item = $3 AND done_by = ''`, who.Name, id, item)
		if err == nil && n == 0 {
			return ErrRemark
		}
		return err
	})
}

// Remarks lists what was said about an item and is not dealt with, in the
// order in which it was said. Who may see the item is the caller's question.
func (m *Module) Remarks(ctx context.Context, item string) ([]Remark, error) {
	var list []Remark
	err := m.DB.Conn(ctx).Select(ctx, &list, `SELECT * FROM catalogue_remark WHERE item = $1 AND done_by = '' ORDER BY at, id LIMIT 200`, item)
	return list, err
}
