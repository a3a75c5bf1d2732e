package designer

import (
	"embed"
	"encoding/json"
	"io/fs"

	"yimen/internal/catalogue"
	"yimen/internal/identity"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/progress"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/static"
	"yimen/internal/org"
)

//go:embed dist
var dist embed.FS

func init() {
	sub, err := fs.Sub(dist, "dist")
	if err != nil {
		panic("designer: " + err.Error())
	}
	static.Add(sub)
}

// Element is an entry of the city's dictionary of data elements (数据元): a
// field that any form may ask.
type Element struct {
	ID       string
	Title    string
	Group    string          // 人员, 土地 …: the file it stands in
	Property json.RawMessage // its JSON Schema with x- keys, as a form holds it
	Required bool            // what a form asks by default
}

// Deps is what the module stands on.
type Deps struct {
	DB        *db.DB
	Clock     clock.Clock
	Catalogue *catalogue.Module
	Org       *org.Module
	Works     *progress.Tracker
	Elements  []Element
}

// Module is the designer of items. Safe for concurrent use.
type Module struct {
	Deps
	startBulk bulkStarter
}

// New makes the module, and tells the tracker how a bulk change is done.
func New(d Deps) *Module {
	if d.Clock == nil {
		d.Clock = clock.Real
	}
	m := &Module{Deps: d}
	m.startBulk = m.defineBulk()
	return m
}

// Routes adds the pages under /admin/items.
func (m *Module) Routes(rt *web.Router) {
	see, edit := identity.Has(catalogue.RightViewDraft), identity.Has(catalogue.RightEdit)
	const item = listPath + "/{code}"

	rt.Get(listPath, see, m.showList)
	rt.Get(listPath+"/new", edit, m.showNew)
	rt.Post(listPath, edit, m.createItem)
	rt.Get(listPath+"/export", see, m.exportItems)
	rt.Get(listPath+"/import", edit, m.showImport)
	rt.PostLimit(listPath+"/import", edit, workbookLimit, m.importItems)
	rt.Get(listPath+"/presence", see, m.showPresence)
	rt.Get(listPath+"/bulk", edit, m.showBulk)
	rt.Post(listPath+"/bulk", edit, m.doBulk)
	rt.Get(listPath+"/areas", edit, m.showAreas)
	rt.Post(listPath+"/areas", edit, m.changeAreas)

	rt.Get(item, see, m.showOverview)
	rt.Post(item+"/act", see, m.actOnItem)
	rt.Get(item+"/json", see, m.showJSON)
	rt.Post(item+"/json", edit, m.saveJSON)
	rt.Get(item+"/compare", see, m.showCompare)
	rt.Post(item+"/remarks", see, m.changeRemarks)
	rt.Get(item+"/versions/{n}", see, m.showVersion)
	rt.Get(item+"/try", see, m.showTry)

	rt.Get(item+"/edit/{section}", see, m.showSection)
	rt.Post(item+"/edit/{section}", edit, m.saveSection)
	rt.Get(item+"/materials", see, m.showMaterials)
	rt.Post(item+"/materials", edit, m.changeMaterials)
	rt.Get(item+"/materials/{id}", see, m.showMaterial)
	rt.Post(item+"/materials/{id}", edit, m.saveMaterial)
	rt.Get(item+"/situations", see, m.showSituations)
	rt.Post(item+"/situations", edit, m.changeSituations)
	rt.Get(item+"/situations/{id}", see, m.showQuestion)
	rt.Post(item+"/situations/{id}", edit, m.saveQuestion)
	rt.Get(item+"/form", see, m.showForm)
	rt.Post(item+"/form", edit, m.changeForm)
	rt.Get(item+"/form/{name}", see, m.showFormField)
	rt.Post(item+"/form/{name}", edit, m.saveFormField)
	rt.Get(item+"/process", see, m.showProcess)
	rt.Post(item+"/process", edit, m.changeProcess)
	rt.Get(item+"/process/{id}", see, m.showNode)
	rt.Post(item+"/process/{id}", edit, m.saveNode)
}
