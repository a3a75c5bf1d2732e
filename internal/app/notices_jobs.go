package app

import (
	"context"
	"strconv"
	"time"

	"yimen/internal/admin"
	"yimen/internal/identity"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/jobs"
	"yimen/internal/messages"
	"yimen/workday"
)

// tellOfGivenUp has the administrators told of jobs that are not tried any more.
func (a *App) tellOfGivenUp() {
	jobs.RegisterPeriodic(a.Queue, "jobs.given_up", 10*time.Minute, a.givenUp)
}

// givenUp tells whoever looks after the system what was given up, kind by kind,
// once a day as long as nobody has run it again or put it away.
func (a *App) givenUp(ctx context.Context) error {
	stuck, err := a.Queue.FailuresByKind(ctx)
	if err != nil {
		return err
	}
	today := workday.DateOf(clock.FromContext(ctx, a.Clock).Now(), clock.Beijing)
	return a.Messages.Gather(ctx, func(ctx context.Context) error {
		var who []string
		for _, s := range stuck {
			if s.GivenUp == 0 {
				continue
			}
			if who == nil {
				if who, err = a.Identity.Holders(ctx, identity.VerbSystemView); err != nil {
					return err
				}
			}
			for _, account := range who {
				err := a.Messages.Send(ctx, messages.Notice{To: account, Template: "job.given_up", Link: "/admin/jobs?kind=" + s.Kind,
					Vars: vars{"job": admin.JobName(s.Kind), "count": strconv.Itoa(s.GivenUp)},
					Key:  "job:given_up:" + s.Kind + ":" + today.String() + ":" + account})
				if err != nil {
					return err
				}
			}
		}
		return nil
	})
}
