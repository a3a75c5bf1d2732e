package app

import (
	"context"
	"slices"
	"strings"

	"yimen/city"
	cityorg "yimen/city/org"
	"yimen/internal/admin"
	"yimen/internal/cases"
	"yimen/internal/catalogue"
	"yimen/internal/counter"
	"yimen/internal/designer"
	"yimen/internal/help"
	"yimen/internal/identity"
	"yimen/internal/kit/archive"
	"yimen/internal/kit/audit"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/events"
	"yimen/internal/kit/files"
	"yimen/internal/kit/jobs"
	"yimen/internal/kit/progress"
	"yimen/internal/kit/sealed"
	"yimen/internal/licences"
	"yimen/internal/messages"
	"yimen/internal/notices"
	"yimen/internal/office"
	"yimen/internal/openid"
	"yimen/internal/openid/department"
	"yimen/internal/org"
	"yimen/internal/portal"
	"yimen/internal/proofs"
	"yimen/internal/queue"
	"yimen/internal/seals"
	"yimen/internal/seals/vault"
	"yimen/internal/training"
	"yimen/internal/workflow"
	"yimen/workday"
)

// wire builds every part on those below it, lowest first.
func (a *App) wire(ctx context.Context) error {
	var err error
	if a.Queue, err = jobs.New(a.DB, jobs.Options{Log: a.Log, Clock: a.Clock, Workers: a.Workers, InsertOnly: a.Role == roleWeb}); err != nil {
		return err
	}
	a.keepTime()
	a.Bus = events.New(a.Queue)
	a.Audit = audit.New(a.DB, a.Clock)
	a.Audit.ActsAs(identity.ActsAs)
	a.Store, err = files.Open(ctx, files.Options{URL: a.Files, KeyFile: a.FilesKey, CreateKey: a.MakeKey}, a.DB, a.Clock)
	if err != nil {
		return err
	}
	root, err := sealed.KeyFile(a.FilesKey, a.MakeKey)
	if err != nil {
		return err
	}
	a.Keys = sealed.New(a.DB, root, a.Clock)
	a.Archive = archive.New(a.DB, a.Store, a.Clock, db.Years(sources), func(ctx context.Context) error { return audit.ProtectYears(ctx, a.DB) })
	a.Audit.ReadFrom(a.Archive)
	a.Org = org.New(org.Deps{DB: a.DB, Clock: a.Clock, Audit: a.Audit, Who: who})
	a.Identity = identity.New(identity.Deps{DB: a.DB, Clock: a.Clock, Log: a.Log, Audit: a.Audit, Demo: a.Demo, HomeOf: homeOf, Events: a.Bus,
		Rules: a.SignIn, Enterprises: a.enterprises(), Keys: a.Keys, Hash: a.Proving.Hash, Files: a.Store})
	a.Progress = progress.New(a.DB, a.Queue, a.Clock, a.Log, progress.Options{
		Owner: func(ctx context.Context) string { return identity.FromContext(ctx).Account }, As: a.actingAs})
	sms, mail, err := a.Sending.senders(a.Demo)
	if err != nil {
		return err
	}
	a.Messages = messages.New(messages.Deps{DB: a.DB, Keys: a.Keys, Clock: a.Clock, Jobs: a.Queue, Identity: a.Identity, Org: a.Org, Audit: a.Audit,
		SMS: sms, Mail: mail, Outbox: a.Demo, BaseURL: a.BaseURL, Limits: a.Sending.Limits})
	if err := a.wireAssurance(); err != nil {
		return err
	}
	if err := a.wireFaces(); err != nil {
		return err
	}
	a.OpenID = openid.New(openid.Deps{DB: a.DB, Clock: a.Clock, Log: a.Log, Jobs: a.Queue, Events: a.Bus, Identity: a.Identity, Messages: a.Messages,
		Audit: a.Audit, Issuer: strings.TrimRight(a.BaseURL, "/"), Sealer: a.Keys})
	if a.Demo {
		a.Client = department.New(department.Deps{OpenID: a.OpenID, Issuer: a.BaseURL, Clock: a.Clock, Log: a.Log})
	}
	a.Workflow = workflow.New(workflow.Deps{DB: a.DB, Clock: a.Clock, Events: a.Bus,
		Agencies: agencies{a.Org}, Accounts: a.Identity, Covers: a.covers, Calendar: a.calendar})
	a.Seals = seals.New(seals.Deps{DB: a.DB, Clock: a.Clock, Log: a.Log, Org: a.Org, Accounts: a.Identity, Audit: a.Audit, Jobs: a.Queue,
		Vault: vault.NewStore(a.DB, a.Keys, a.Clock), Demo: a.Demo, BaseURL: a.BaseURL})
	a.Licences = licences.New(licences.Deps{DB: a.DB, Keys: a.Keys, Clock: a.Clock, Org: a.Org, Audit: a.Audit, Accounts: a.Identity, People: a.Assurance.Register,
		Seals: a.Seals, Files: a.Store, Works: a.Progress, BaseURL: a.BaseURL, Demo: a.Demo, Least: a.LicenceTrust, SheetDays: a.SheetDays, Grants: grants{a}, Issued: a.tellIssued, Changed: a.tellChanged})
	a.Licences.Witness = a.Seals
	a.Catalogue = catalogue.New(catalogue.Deps{DB: a.DB, Clock: a.Clock, Org: a.Org, Audit: a.Audit, BaseURL: a.BaseURL,
		RegionOf: a.regionCode})
	a.Proofs = proofs.New(proofs.Deps{DB: a.DB, Clock: a.Clock, Org: a.Org, Audit: a.Audit, Items: a.Catalogue, Events: a.Bus,
		Identity: a.Identity, Messages: a.Messages, Keys: a.Keys, Store: a.Store, RegionOf: a.regionCode, Days: a.SupervisionDays,
		Licences: a.Licences, People: a.Assurance.Register, Log: a.Log, Sources: a.registers()})
	if a.Proofs.Rules, err = city.LookUps(); err != nil {
		return err
	}
	a.Catalogue.Proofs = a.Proofs
	a.Training = training.New(training.Deps{DB: a.DB, Clock: a.Clock, Org: a.Org, Audit: a.Audit, Store: a.Store, Items: a.Catalogue,
		Identity: a.Identity, Messages: a.Messages})
	a.Rules.PublicURL = a.BaseURL
	a.Cases = cases.New(cases.Deps{DB: a.DB, Clock: a.Clock, Events: a.Bus, Org: a.Org,
		Catalogue: a.Catalogue, Workflow: a.Workflow, Files: a.Store, Accounts: a.Identity, Archive: a.Archive,
		Keys: a.Keys, Audit: a.Audit, Licences: a.Licences, Promises: a.Proofs, LookUps: a.Proofs, Training: a.Training, Rules: a.Rules})
	a.Catalogue.LookUp = a.Cases.LookUpOwn
	a.Proofs.Granted = func(ctx context.Context, number string) (bool, error) {
		c, err := a.Cases.Find(ctx, number)
		return c.Outcome == cases.Granted, err
	}
	a.Proofs.ToApplicant = a.tellApplicant
	a.Notices = notices.New(notices.Deps{DB: a.DB, Clock: a.Clock, Log: a.Log, Org: a.Org, Cases: a.Cases, Seals: a.Seals, Files: a.Store, BaseURL: a.BaseURL})
	a.Cases.Sealer, a.Licences.Archive = a.Notices, a.Notices
	a.Hall = queue.New(queue.Deps{DB: a.DB, Keys: a.Keys, Clock: a.Clock, Org: a.Org, Cases: a.Cases, Audit: a.Audit, Demo: a.Demo, BaseURL: a.BaseURL})
	newcomer, err := newcomerOf(a.Demo)
	if err != nil {
		return err
	}
	a.Portal = portal.New(portal.Deps{Audit: a.Audit, Cases: a.Cases, Catalogue: a.Catalogue, Org: a.Org, Identity: a.Identity,
		Store: a.Store, Clock: a.Clock, Wizard: a.wizard(), Queue: a.Hall, Demo: a.Demo, Newcomer: newcomer, Messages: a.Messages,
		Licences: a.Licences, Proofs: a.Proofs})
	a.Counter = counter.New(counter.Deps{DB: a.DB, Keys: a.Keys, Clock: a.Clock, Audit: a.Audit, Cases: a.Cases, Catalogue: a.Catalogue,
		Org: a.Org, Identity: a.Identity, Store: a.Store, Hall: a.Hall, Licences: a.Licences, Training: a.Training, Codes: a.Assurance, Wizard: a.wizard()})
	a.Office = office.New(office.Deps{DB: a.DB, Audit: a.Audit, Progress: a.Progress, Messages: a.Messages, Cases: a.Cases, Workflow: a.Workflow, Catalogue: a.Catalogue, Org: a.Org,
		Identity: a.Identity, Store: a.Store, Licences: a.Licences, Proofs: a.Proofs, Clock: a.Clock})
	elements, err := dictionary()
	if err != nil {
		return err
	}
	a.Designer = designer.New(designer.Deps{DB: a.DB, Clock: a.Clock, Catalogue: a.Catalogue, Org: a.Org, Works: a.Progress, Elements: elements})
	a.Admin = admin.New(admin.Deps{DB: a.DB, Identity: a.Identity, Org: a.Org, Cases: a.Cases, Audit: a.Audit, Queue: a.Queue, Clock: a.Clock,
		Progress: a.Progress, Store: a.Store, Troubles: a.troubles})
	a.Help = help.New(help.Deps{DB: a.DB, Clock: a.Clock, Demo: a.Demo})
	a.joinClosing()
	a.react()
	a.work()
	a.route()
	return nil
}

// calendar gives the working days of a division, the city's for "".
func (a *App) calendar(ctx context.Context, division string) *workday.Calendar {
	return a.Org.Calendar(ctx, division)
}

// covers gives the accounts of colleagues on leave for whom somebody stands in
// today, or who have lent them rights.
func (a *App) covers(ctx context.Context, actor identity.Actor) ([]string, error) {
	today := workday.DateOf(clock.FromContext(ctx, a.Clock).Now(), clock.Beijing)
	ids := actor.Lenders()
	away, err := a.Org.ActsFor(ctx, actor.Staff, today)
	if err != nil || len(away) == 0 {
		return ids, err
	}
	accounts, err := a.Identity.ByStaff(ctx, away)
	if err != nil {
		return nil, err
	}
	for _, x := range away {
		if account, ok := accounts[x]; ok && !slices.Contains(ids, account.ID) {
			ids = append(ids, account.ID)
		}
	}
	return ids, nil
}

// agencies answers workflow's questions about bodies from the organisation.
type agencies struct{ org *org.Module }

// AgencyOf implements workflow.Agencies.
func (x agencies) AgencyOf(ctx context.Context, dept string, level int, division string) (string, error) {
	a, err := x.org.CompetentAgency(ctx, dept, org.Level(level), division)
	return a.Code, err
}

// Place implements workflow.Agencies.
func (x agencies) Place(ctx context.Context, agency string) (identity.Place, error) {
	a, err := x.org.Agency(ctx, agency)
	return identity.Place{Division: a.Division, Agency: a.Code, Dept: a.Dept}, err
}

// actingAs is the context of an account's own act, with the rights it has now.
func (a *App) actingAs(ctx context.Context, account string) (context.Context, error) {
	actor, err := a.Identity.Actor(ctx, account)
	return identity.With(ctx, actor), err
}

// who tells the organisation, which stands below identity, who is editing it.
func who(ctx context.Context) (account, name, addr string) {
	actor := identity.FromContext(ctx)
	return actor.Account, actor.Name, actor.Address
}

// enterprises is the city's register of enterprises: the demo's is made up, and
// a real city has not been connected to its own.
func (a *App) enterprises() identity.EnterpriseRegister {
	if a.Demo {
		return cityorg.Enterprises{}
	}
	return nil
}

// dictionary is the city's data elements as the form designer offers them.
func dictionary() ([]designer.Element, error) {
	list, err := city.Elements()
	elements := make([]designer.Element, len(list))
	for i, e := range list {
		elements[i] = designer.Element(e)
	}
	return elements, err
}

// registers are those that are asked instead of people: what this program holds. A
// city adds its own under the names that city/proof_sources.csv gives them.
func (a *App) registers() map[string]proofs.Source {
	list := map[string]proofs.Source{proofs.SourceLicence: proofs.LicenceStore{Store: a.Licences, Today: func(ctx context.Context) workday.Date {
		return workday.DateOf(clock.FromContext(ctx, a.Clock).Now(), clock.Beijing)
	}}}
	if people := a.Assurance.Register; people != nil {
		list[proofs.SourcePerson] = proofs.PersonRegister{People: people}
	}
	if companies := a.enterprises(); companies != nil {
		list[proofs.SourceEnterprise] = proofs.EnterpriseRegister{Enterprises: companies}
	}
	return list
}
