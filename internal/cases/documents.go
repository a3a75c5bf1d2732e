package cases

import (
	"context"
	"fmt"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
)

// Document is a notice beside the case it was made in.
type Document struct {
	NoticeRow
	Number   string // of the case
	ItemName string
}

type documentRow struct {
	noticeRow
	Number   string `db:"number"`
	ItemName string `db:"item_name"`
}

// Documents lists the notices of all the actor's own cases, the newest first:
// receipts, notices, decisions. next is "" at the end. Errors: db.ErrCursor.
func (m *Module) Documents(ctx context.Context, p db.Page) (list []Document, next string, err error) {
	a := identity.FromContext(ctx)
	mine, args := own(a)
	w := new(db.Where).And("? <> '' AND ("+mine+")", append([]any{a.Account}, args...)...)
	var at time.Time
	var id string
	if after, err := p.Key(&at, &id); err != nil {
		return nil, "", err
	} else if after {
		w.And("(n.made_at, n.id) < (?, ?)", at, id)
	}
	limit := w.Arg(p.Size() + 1)
	var rows []documentRow
	err = m.db.Conn(ctx).Select(ctx, &rows, `SELECT n.id, n.case_id, n.kind, n.agency, n.year, n.doc_no, n.content, n.made_at, c.number, c.item_name
		FROM cases_notice n JOIN cases_case c ON c.id = n.case_id`+w.SQL()+" ORDER BY n.made_at DESC, n.id DESC LIMIT "+limit, w.Args()...)
	if err != nil {
		return nil, "", fmt.Errorf("list documents: %w", err)
	}
	rows, next = db.Cut(rows, p, func(r documentRow) []any { return []any{r.MadeAt, r.ID} })
	for _, r := range rows {
		if err := r.reveal(m.Keys); err != nil {
			return nil, "", err
		}
		n, err := r.notice()
		if err != nil {
			return nil, "", err
		}
		list = append(list, Document{n.NoticeRow, r.Number, r.ItemName})
	}
	return list, next, nil
}
