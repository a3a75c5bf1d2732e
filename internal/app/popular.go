package app

import (
	"context"
	"time"

	"yimen/internal/catalogue"
	"yimen/internal/kit/jobs"
)

// usesOf is how far back an application counts for what is popular.
const usesOf = 180 * 24 * time.Hour

// countUsesHourly tells the catalogue, which stands below the cases, what is
// applied for most and where.
func (a *App) countUsesHourly() {
	jobs.RegisterPeriodic(a.Queue, "catalogue.popular", time.Hour, a.countUses)
}

func (a *App) countUses(ctx context.Context) error {
	uses, err := a.Cases.Uses(ctx, a.Clock.Now().Add(-usesOf))
	if err != nil {
		return err
	}
	list := make([]catalogue.Use, len(uses))
	for i, u := range uses {
		list[i] = catalogue.Use(u)
	}
	return a.Catalogue.KeepPopular(ctx, list)
}
