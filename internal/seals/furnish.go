package seals

import (
	"context"
	"slices"
	"strings"
	"time"

	"yimen/internal/identity"
	"yimen/internal/org"
)

// Furnish is the job that gives every agency of the sample city its seals. It
// goes on where it stopped: what is there is left alone.
type Furnish struct {
	Few bool // only of the city's own agencies and of the county where the stories play: for tests
}

// Kind implements jobs.Job.
func (Furnish) Kind() string { return "seals.furnish" }

// Furnished says how far the sample city's seals are: agencies that have theirs,
// of how many.
func (m *Module) Furnished(ctx context.Context) (done, of int, err error) {
	list, err := m.Org.Agencies(ctx)
	if err != nil {
		return 0, 0, err
	}
	err = m.DB.Conn(ctx).Get(ctx, &done, `SELECT COUNT(DISTINCT agency) FROM seals_seal`)
	return done, len(list), wrap("count furnished", err)
}

// BeginFurnish asks for the seals of the sample city, within the transaction of
// ctx.
func (m *Module) BeginFurnish(ctx context.Context, few bool) error {
	return m.Jobs.Insert(ctx, Furnish{Few: few})
}

// furnish makes what is missing, the seat of the city first, then the county of
// the minority, where the sample city's stories play.
func (m *Module) furnish(ctx context.Context, j Furnish) error {
	ctx = identity.With(ctx, identity.System("sample"))
	if err := m.EnsureAuthority(ctx); err != nil {
		return err
	}
	agencies, err := m.Org.Agencies(ctx)
	if err != nil {
		return err
	}
	slices.SortStableFunc(agencies, func(a, b org.Agency) int {
		if x := first(a) - first(b); x != 0 {
			return x
		}
		return strings.Compare(a.Code, b.Code)
	})
	var have []string
	if err := m.DB.Conn(ctx).Select(ctx, &have, `SELECT DISTINCT agency FROM seals_seal`); err != nil {
		return wrap("read furnished", err)
	}
	done := make(map[string]bool, len(have))
	for _, code := range have {
		done[code] = true
	}
	made := 0
	for _, a := range agencies {
		if done[a.Code] || j.Few && first(a) > 1 {
			continue
		}
		if made++; made > atOnce {
			return m.Jobs.Insert(ctx, j)
		}
		if err := m.FurnishAgency(ctx, a); err != nil {
			return err
		}
		if !j.Few {
			time.Sleep(pause) // on SQLite others want to write too
		}
	}
	return nil
}

// atOnce is how many agencies one job furnishes: the next goes on, so that a
// process that is to stop waits a second and not minutes.
const atOnce = 20

// pause is left between two agencies.
const pause = 20 * time.Millisecond

// first is in which order agencies get theirs.
func first(a org.Agency) int {
	switch {
	case a.Level <= org.City:
		return 0
	case strings.HasPrefix(a.Division, "440232"):
		return 1
	}
	return int(a.Level) + 1
}

// FurnishAgency gives one agency its seals, from the application to use, in one
// transaction.
func (m *Module) FurnishAgency(ctx context.Context, a org.Agency) error {
	want := []Application{{Kind: Official, Purposes: []string{AnyLicence, ForNotice, ForProof, ForDocument}}}
	if a.Dept != "" {
		want = []Application{{Kind: Official, Purposes: []string{ForDocument}}, {Kind: Licence, Line: "电子证照专用章", Purposes: []string{AnyLicence, ForProof}},
			{Kind: Business, Line: "行政审批专用章", Purposes: []string{ForNotice}}}
	}
	today := m.today(ctx)
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		for _, x := range want {
			x.Agency, x.From, x.Until, x.Custodian = a.Code, today, today.Add(5*365), custodianOf(a)
			s, err := m.Apply(ctx, x)
			if err != nil {
				return err
			}
			for _, act := range []Act{{Move: MoveApprove}, {Move: MoveRecord, RecordNo: "样例" + s.ESID}, {Move: MoveMake}, {Move: MoveHandOut}, {Move: MoveActivate}} {
				if _, err := m.Do(ctx, s.ID, act); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// custodianOf is the sample city's keeper of an agency's seals.
func custodianOf(a org.Agency) string {
	if a.Level > org.City && strings.HasPrefix(a.Division, "440232") {
		return "seals-440232"
	}
	return "seals-440200"
}
