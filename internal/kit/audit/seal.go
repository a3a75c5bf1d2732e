package audit

import (
	"context"
	"fmt"
	"strings"

	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
)

// maxBatch rows are sealed in one transaction: small enough to hold up no
// writer of SQLite, large enough for a busy second.
const maxBatch = 5000

// Head is the end of the chain. Kept elsewhere, it shows later that the chain
// was not rewritten as a whole.
type Head struct {
	Seq   int64  `db:"seq"`
	Chain string `db:"chain"`
}

// Head gives the newest batch's number and chain value.
func (l *Log) Head(ctx context.Context) (Head, error) {
	var h Head
	if err := l.d.Conn(ctx).Get(ctx, &h, `SELECT seq, chain FROM audit_head WHERE id = 1`); err != nil {
		return h, fmt.Errorf("audit: read head: %w", err)
	}
	return h, nil
}

// Seal puts every row that is not yet sealed into batches.
func (l *Log) Seal(ctx context.Context) error {
	for {
		n, err := l.sealBatch(ctx)
		if err != nil {
			return fmt.Errorf("audit: seal: %w", err)
		}
		if n < maxBatch {
			return nil
		}
	}
}

type leaf struct {
	ID   string `db:"id"`
	Hash string `db:"hash"`
}

func (l *Log) sealBatch(ctx context.Context) (sealed int, err error) {
	var waiting bool
	err = l.d.Conn(ctx).Get(ctx, &waiting, `SELECT EXISTS (SELECT 1 FROM audit_pending)`)
	if err != nil || !waiting {
		return 0, err
	}
	err = l.d.InTx(ctx, func(ctx context.Context) error {
		conn := l.d.Conn(ctx)
		// Takes the lock of the head row; whoever else seals waits here.
		if _, err := conn.Exec(ctx, `UPDATE audit_head SET seq = seq WHERE id = 1`); err != nil {
			return err
		}
		head, err := l.Head(ctx)
		if err != nil {
			return err
		}
		// A pending id whose row is gone is left for Verify to name.
		var rows []leaf
		err = conn.Select(ctx, &rows, `SELECT r.id, r.hash FROM audit_pending p JOIN audit_row r ON r.id = p.row_id
			ORDER BY r.id LIMIT $1`, maxBatch)
		if err != nil {
			return err
		}
		sealed = len(rows)
		if sealed == 0 {
			return nil
		}
		return l.storeBatch(ctx, head, rows)
	})
	return sealed, err
}

// storeBatch writes the batch that follows head.
func (l *Log) storeBatch(ctx context.Context, head Head, rows []leaf) error {
	hashes := make([]string, len(rows))
	for i, r := range rows {
		hashes[i] = r.Hash
	}
	conn, seq, size, root := l.d.Conn(ctx), head.Seq+1, int64(len(rows)), merkleRoot(hashes)
	chain := chainValue(head.Chain, root, seq, size)
	_, err := conn.Exec(ctx, `INSERT INTO audit_batch (seq, size, root, prev, chain, sealed_at) VALUES ($1, $2, $3, $4, $5, $6)`,
		seq, size, root, head.Chain, chain, clock.FromContext(ctx, l.clock).Now())
	if err != nil {
		return err
	}
	if _, err := conn.Exec(ctx, `UPDATE audit_head SET seq = $1, chain = $2 WHERE id = 1`, seq, chain); err != nil {
		return err
	}
	const chunk = 500
	for start := 0; start < len(rows); start += chunk {
		part := rows[start:min(start+chunk, len(rows))]
		if err := storeLeaves(ctx, conn, seq, start, part); err != nil {
			return err
		}
	}
	return nil
}

// storeLeaves moves rows from audit_pending to audit_leaf.
func storeLeaves(ctx context.Context, conn *db.Conn, seq int64, start int, rows []leaf) error {
	var values strings.Builder
	var leaves, ids []any
	for i, r := range rows {
		if i > 0 {
			values.WriteString(", ")
		}
		fmt.Fprintf(&values, "($%d, $%d, $%d, $%d)", 4*i+1, 4*i+2, 4*i+3, 4*i+4)
		leaves = append(leaves, r.ID, seq, int64(start+i), r.Hash)
		ids = append(ids, r.ID)
	}
	_, err := conn.Exec(ctx, `INSERT INTO audit_leaf (row_id, batch, position, hash) VALUES `+values.String(), leaves...)
	if err != nil {
		return err
	}
	var w db.Where
	w.And("row_id IN (?"+strings.Repeat(", ?", len(ids)-1)+")", ids...)
	_, err = conn.Exec(ctx, `DELETE FROM audit_pending`+w.SQL(), w.Args()...)
	return err
}
