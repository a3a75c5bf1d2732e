package audit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"yimen/internal/kit/db"
)

// What Verify finds.
const (
	RowChanged   = "row_changed"   // the content does not give the hash it had
	RowRemoved   = "row_removed"   // sealed or pending, but gone
	RowAdded     = "row_added"     // neither sealed nor pending: put there from outside
	BatchBroken  = "batch_broken"  // its leaves, root or chain value do not fit
	BatchMissing = "batch_missing" // its number is left out
	HeadBroken   = "head_broken"   // the newest batch is not the one that was sealed last
)

// maxFindings are named; Report.Found counts them all.
const maxFindings = 1000

// Finding is one thing that is wrong.
type Finding struct {
	Kind  string // RowChanged …
	Row   string // id, for the kinds of rows
	Batch int64  // 0: not in a batch
	Why   string
}

// Report is what Verify saw.
type Report struct {
	Rows     int64     // rows looked at
	Archived int64     // of Rows, those that were put away
	Batches  int64     //
	Unsealed int64     // rows that wait for the next Seal, protected by their own hash only
	Found    int64     // things wrong
	Findings []Finding // the first thousand of them
	Head     Head      // compare with one kept elsewhere
}

// OK says that nothing is wrong.
func (r Report) OK() bool { return r.Found == 0 }

func (r *Report) add(f Finding) {
	r.Found++
	if len(r.Findings) < maxFindings {
		r.Findings = append(r.Findings, f)
	}
}

type batch struct {
	Seq   int64  `db:"seq"`
	Size  int64  `db:"size"`
	Root  string `db:"root"`
	Prev  string `db:"prev"`
	Chain string `db:"chain"`
}

// Verify computes every hash of the log again, one batch at a time, and names
// what does not fit. It may run while others write and seal.
func (l *Log) Verify(ctx context.Context) (Report, error) {
	var r Report
	var err error
	if r.Head, err = l.Head(ctx); err != nil {
		return r, err
	}
	for _, step := range []func(context.Context, *Report) error{l.verifyBatches, l.verifyOrphans, l.verifyPending, l.verifyAdded, l.verifyArchives} {
		if err := step(ctx, &r); err != nil {
			return r, fmt.Errorf("audit: verify: %w", err)
		}
	}
	return r, nil
}

// verifyBatches walks the chain up to the head as it was when Verify began.
func (l *Log) verifyBatches(ctx context.Context, r *Report) error {
	prev, last := "", int64(0)
	for {
		var b batch
		err := l.d.Conn(ctx).Get(ctx, &b, `SELECT seq, size, root, prev, chain FROM audit_batch
			WHERE seq > $1 AND seq <= $2 ORDER BY seq LIMIT 1`, last, r.Head.Seq)
		if errors.Is(err, db.ErrNoRows) {
			break
		}
		if err != nil {
			return err
		}
		missing := b.Seq != last+1
		for seq := last + 1; seq < b.Seq; seq++ {
			r.add(Finding{Kind: BatchMissing, Batch: seq, Why: "no batch has this number"})
		}
		if err := l.verifyBatch(ctx, r, b); err != nil {
			return err
		}
		switch {
		case b.Chain != chainValue(b.Prev, b.Root, b.Seq, b.Size):
			r.add(Finding{Kind: BatchBroken, Batch: b.Seq, Why: "its chain value does not follow from its content"})
		case b.Prev != prev && !missing:
			r.add(Finding{Kind: BatchBroken, Batch: b.Seq, Why: "it does not continue the batch before"})
		}
		prev, last = b.Chain, b.Seq
	}
	for seq := last + 1; seq <= r.Head.Seq; seq++ {
		r.add(Finding{Kind: BatchMissing, Batch: seq, Why: "no batch has this number"})
	}
	if last == r.Head.Seq && prev != r.Head.Chain {
		r.add(Finding{Kind: HeadBroken, Batch: last, Why: "the newest batch is not the one that was sealed last"})
	}
	return nil
}

// sealedRow is a leaf with its row, whose columns are null if it is gone.
type sealedRow struct {
	RowID    string         `db:"row_id"`
	Position int64          `db:"position"`
	LeafHash string         `db:"leaf_hash"`
	Found    sql.NullString `db:"found"`
	RowHash  string         `db:"hash"`
	Form     int64          `db:"form"`
	Entry
}

const rowColumns = `COALESCE(r.id, '') AS id, COALESCE(r.actor, '') AS actor, COALESCE(r.actor_name, '') AS actor_name,
	COALESCE(r.address, '') AS address, COALESCE(r.action, '') AS action, COALESCE(r.object, '') AS object,
	COALESCE(r.object_id, '') AS object_id, COALESCE(r.purpose, '') AS purpose, COALESCE(r.result, '') AS result,
	COALESCE(r.detail, '') AS detail, COALESCE(r.hash, '') AS hash, r.id AS found, COALESCE(r.role, '') AS role, COALESCE(r.form, 0) AS form`

func (l *Log) verifyBatch(ctx context.Context, r *Report, b batch) error {
	rows, err := l.d.Conn(ctx).Rows(ctx, `SELECT l.row_id, l.position, l.hash AS leaf_hash, r.at AS at, `+rowColumns+`
		FROM audit_leaf l LEFT JOIN audit_row r ON r.id = l.row_id WHERE l.batch = $1 ORDER BY l.position`, b.Seq)
	if err != nil {
		return err
	}
	defer rows.Close()
	r.Batches++
	var hashes []string
	var unread error // the first archive that cannot be read
	for rows.Next() {
		row, err := scanSealed(rows)
		if err != nil {
			return err
		}
		hashes = append(hashes, row.LeafHash)
		if !row.Found.Valid && unread == nil {
			if row.Found.Valid, unread = l.putAway(ctx, &row); row.Found.Valid {
				r.Archived++
			}
		}
		switch {
		case !row.Found.Valid:
			why := "sealed, but gone"
			if unread != nil {
				why = unread.Error()
			}
			r.add(Finding{RowRemoved, row.RowID, b.Seq, why})
			continue
		case row.Entry.hash(row.Form) != row.LeafHash:
			r.add(Finding{RowChanged, row.RowID, b.Seq, "its content is not what was sealed"})
		case row.RowHash != row.LeafHash:
			r.add(Finding{RowChanged, row.RowID, b.Seq, "its hash column is not what was sealed"})
		}
		r.Rows++
	}
	if err := rows.Err(); err != nil {
		return err
	}
	switch n := int64(len(hashes)); {
	case n != b.Size:
		r.add(Finding{Kind: BatchBroken, Batch: b.Seq, Why: fmt.Sprintf("sealed with %d rows, has %d", b.Size, n)})
	case merkleRoot(hashes) != b.Root:
		r.add(Finding{Kind: BatchBroken, Batch: b.Seq, Why: "its leaves do not give its root"})
	}
	return nil
}

// verifyOrphans finds leaves of batches that do not exist: the chain was cut
// behind them, or a batch was taken out.
func (l *Log) verifyOrphans(ctx context.Context, r *Report) error {
	var seqs []int64
	err := l.d.Conn(ctx).Select(ctx, &seqs, `SELECT DISTINCT l.batch FROM audit_leaf l
		WHERE NOT EXISTS (SELECT 1 FROM audit_batch b WHERE b.seq = l.batch) ORDER BY l.batch LIMIT $1`, maxFindings)
	if err != nil {
		return err
	}
	for _, seq := range seqs {
		r.add(Finding{Kind: BatchBroken, Batch: seq, Why: "leaves without their batch"})
	}
	return nil
}

// verifyPending checks the rows that wait for the next Seal by their own hash.
func (l *Log) verifyPending(ctx context.Context, r *Report) error {
	rows, err := l.d.Conn(ctx).Rows(ctx, `SELECT p.row_id, 0 AS position, '' AS leaf_hash, r.at AS at, `+rowColumns+`
		FROM audit_pending p LEFT JOIN audit_row r ON r.id = p.row_id ORDER BY p.row_id`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		row, err := scanSealed(rows)
		if err != nil {
			return err
		}
		if !row.Found.Valid {
			r.add(Finding{Kind: RowRemoved, Row: row.RowID, Why: "written, but gone before it was sealed"})
			continue
		}
		if row.Entry.hash(row.Form) != row.RowHash {
			r.add(Finding{Kind: RowChanged, Row: row.RowID, Why: "its content does not give its hash"})
		}
		r.Rows++
		r.Unsealed++
	}
	return rows.Err()
}

// verifyAdded finds rows that Write did not write. One statement sees one
// moment, so a row that is being sealed meanwhile is not taken for one.
func (l *Log) verifyAdded(ctx context.Context, r *Report) error {
	rows, err := l.d.Conn(ctx).Rows(ctx, `SELECT r.id FROM audit_row r
		LEFT JOIN audit_leaf l ON l.row_id = r.id LEFT JOIN audit_pending p ON p.row_id = r.id
		WHERE l.row_id IS NULL AND p.row_id IS NULL ORDER BY r.id`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return err
		}
		r.add(Finding{Kind: RowAdded, Row: id, Why: "not written through the log"})
		r.Rows++
	}
	return rows.Err()
}

func scanSealed(rows interface{ Scan(...any) error }) (sealedRow, error) {
	var s sealedRow
	var at sql.NullTime
	err := rows.Scan(&s.RowID, &s.Position, &s.LeafHash, &at, &s.ID, &s.Actor, &s.ActorName, &s.Address, &s.Action,
		&s.Object, &s.ObjectID, &s.Purpose, &s.Result, &s.Detail, &s.RowHash, &s.Found,
		&s.Role, &s.Form)
	s.At = at.Time.UTC()
	return s, err
}
