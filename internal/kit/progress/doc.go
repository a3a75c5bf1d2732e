// Package progress is for work that takes longer than somebody waits for a
// page: a batch of decisions, an import, a change to many items. The page
// starts it and shows a bar; the work goes on in a job, survives a restart and
// ends with a report, one line per thing.
//
//	publish := progress.Define(tracker, "catalogue.bulk", func(ctx context.Context, run *progress.Run, a bulk) error {
//		return run.Each(ctx, a.steps(), func(ctx context.Context, s progress.Step) (string, error) {
//			return "已发布", m.Publish(ctx, s.Key)
//		})
//	})
//	id, err := publish(ctx, progress.Start{Title: "批量发布120个事项", Total: 120}, args)  // part of the caller's transaction
//	return web.Redirect(w, r, progress.URL(id))
//
// Each thing is a transaction of its own, with its line in the report: what is
// done is done, what failed says why, and nothing is done twice when the job
// runs again. The work runs with the rights its owner has at that moment.
//
//	waiting ──► running ──► done
//	   │           ├──► failed   (the work as a whole could not go on)
//	   └───────────┴──► stopped  (by its owner; what was done stays)
package progress
