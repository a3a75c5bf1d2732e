package apptest_test

import (
	"bytes"
	"context"
	"testing"

	"yimen/internal/app"
	"yimen/internal/app/apptest"
	"yimen/internal/cases"
)

func TestASampleCityIsFilled(t *testing.T) {
	s := apptest.New(t)
	ctx := context.Background()
	var out bytes.Buffer
	result, err := s.Fill(ctx, app.FillOptions{Cases: 400, Seed: 1, Out: &out, Raw: true})
	if err != nil {
		t.Fatal(err)
	}
	if result.Stored != 400 || len(result.Differences) != 0 || result.CasesLookedAt == 0 || result.RawPerSecond <= 0 {
		t.Errorf("%+v", result)
	}
	if !bytes.Contains(out.Bytes(), []byte("cases written")) {
		t.Errorf("no progress is shown: %s", &out)
	}
	// Started again, it makes what is missing, and nothing when nothing is.
	for _, want := range []int{420, 420} {
		if result, err = s.Fill(ctx, app.FillOptions{Cases: want, Seed: 1}); err != nil || result.Stored != want || len(result.Differences) != 0 {
			t.Fatalf("%+v, %v", result, err)
		}
	}
	// Lists, search and pages read them as any other.
	s.As("manager-440200000000").Get("/office/cases").Status(200)
	list, err := s.Cases.Some(ctx, apptest.Start.AddDate(-1, 0, 0), apptest.Start.AddDate(0, -3, 0), 5)
	if err != nil || len(list) == 0 {
		t.Fatalf("%v, %v", list, err)
	}
	s.As("manager-440200000000").Get("/office/cases/" + list[0]).Status(200).Must("办件")
	if n, err := s.Cases.Count(ctx, cases.Query{}); err == nil && n != 0 {
		t.Errorf("nobody sees %d cases", n)
	}
}
