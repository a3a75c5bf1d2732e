package proofs_test

import (
	"context"
	"fmt"
	"testing"

	"yimen/internal/catalogue"
	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/proofs"
)

// On both engines: commitments are kept, listed page by page where one may look,
// counted, checked once, and bar.
func TestCommitmentsOnBothEngines(t *testing.T) {
	each(t, func(w *world) {
		boss := as("boss", county, proofs.VerbVerify)
		w.must(w.d.InTx(boss, func(ctx context.Context) error {
			for i := range 5 {
				g := proofs.Given{Need: catalogue.Material{ID: "m", Name: "证明"}, Item: "SG1", ItemName: "入学", Case: fmt.Sprintf("26%014d", i), Name: "赵秀兰", IDNo: "44023219900101001X",
					Agency: "440232-d11", AgencyName: "县人社局", Division: county, Receiving: county}
				if err := w.Commit(ctx, g); err != nil {
					return err
				}
			}
			return w.TakeBack(ctx, "26"+fmt.Sprintf("%014d", 0), []string{"m"})
		}))
		first, next, err := w.Commitments(boss, proofs.CommitmentsOpen, db.Page{Limit: 3})
		w.must(err)
		second, end, err := w.Commitments(boss, proofs.CommitmentsOpen, db.Page{Limit: 3, After: next})
		w.must(err)
		if len(first) != 3 || len(second) != 1 || end != "" || second[0].ID == first[2].ID {
			t.Errorf("%d and %d, then %q", len(first), len(second), end)
		}
		if list, _, err := w.Commitments(as("far", "440224000000", proofs.VerbVerify), proofs.CommitmentsOpen, db.Page{Limit: 3}); err != nil || len(list) > 0 {
			t.Errorf("%+v (%v)", list, err)
		}
		c, err := w.Verify(boss, first[0].ID, proofs.Verification{Finding: proofs.CommitmentUntrue, Report: "查询不一致", Measures: "责令改正"})
		w.must(err)
		if c.BarredUntil.String() != "2027-11-18" || c.IDNo != "44023219900101001X" {
			t.Errorf("%+v", c)
		}
		if err := w.Barred(boss, "44023219900101001x"); errs.From(err).Code != proofs.ErrBarred.Code {
			t.Errorf("%v", err)
		}
		f, err := w.CommitmentFigures(boss)
		w.must(err)
		if f != (proofs.CommitmentFigures{Given: 5, Checked: 1, Untrue: 1, Taken: 1}) {
			t.Errorf("%+v", f)
		}
		done, _, err := w.Commitments(boss, proofs.CommitmentsUntrue, db.Page{Limit: 3})
		w.must(err)
		if len(done) != 1 {
			t.Errorf("%+v", done)
		}
		_, err = w.Repair(boss, c.ID, "已经改正，验收合格")
		w.must(err)
		w.must(w.Barred(boss, "44023219900101001X"))
		w.must(w.LateCommitments(identity.With(boss, identity.System("proofs"))))
	})
}
