package org_test

import (
	"testing"

	cityorg "yimen/city/org"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
)

// BenchmarkLoadCity is the budget of the first start: a whole city at most a second.
func BenchmarkLoadCity(b *testing.B) {
	dbtest.Bench(b, sources, func(b *testing.B, d *db.DB) {
		rows, err := cityorg.Rows()
		if err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			b.StopTimer()
			for _, table := range []string{"division", "agency", "outlet", "counter", "post", "staff"} {
				if _, err := d.Conn(ctx).Exec(ctx, "DELETE FROM org_"+table); err != nil {
					b.Fatal(err)
				}
			}
			b.StartTimer()
			if err := module(d).LoadCity(ctx, rows); err != nil {
				b.Fatal(err)
			}
		}
	})
}
