package app

// react says who hears of what, one line each. What must never be seen apart
// from its cause (a case is decided in the transaction in which its workflow
// finishes) a module subscribes to itself when it is made: see cases.New.
func (a *App) react() {
}

// work registers what runs in the background: the modules' jobs and sweeps.
func (a *App) work() {
	a.Audit.Workers(a.Queue)
	a.Store.Workers(a.Queue)
	a.Identity.Workers(a.Queue)
	a.Workflow.Workers(a.Queue)
	a.Catalogue.Workers(a.Queue)
	a.Cases.Workers(a.Queue)
	a.Hall.Workers(a.Queue)
}
