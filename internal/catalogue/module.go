package catalogue

import (
	"context"
	"embed"
	"io/fs"
	"net/http"
	"sync"
	"sync/atomic"

	"yimen/internal/kit/audit"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/web/static"
	"yimen/internal/org"
)

//go:embed dist
var dist embed.FS

func init() {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		panic("catalogue: " + err.Error()) // the folder is embedded above
	}
	static.Add(files)
}

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations is the schema of the module.
var Migrations = db.Embedded("catalogue", migrations)

// Deps is what the module stands on.
type Deps struct {
	DB    *db.DB
	Clock clock.Clock
	Org   *org.Module
	Audit *audit.Log
	// BaseURL is the address people reach the site by, for QR codes; "": that of the request.
	BaseURL string
	// RegionOf is the division that a visitor has chosen, "" when none: it belongs
	// to the portal above. nil: nobody chooses.
	RegionOf func(*http.Request) string
	// Proofs knows the city's list of proofs; it stands above and is set when it
	// is there. nil: proofs are not looked at.
	Proofs Proofs
	// LookUp writes into a checklist what the city's registers hold of the actor, if
	// that is whose number it is; nil: nothing is looked up. It stands above too.
	LookUp func(ctx context.Context, def *Definition, division, idNo string, list []Material) error
}

// Module is the catalogue of one city. Safe for concurrent use.
type Module struct {
	Deps
	// frozen holds published versions, decoded, by versionKey. They never
	// change, so what is in it is true as long as the process lives; which
	// version is in force is read from the database every time.
	frozen sync.Map
	// shelf is what can be found, as of its mark; texts the words of published
	// versions, by versionKey.
	shelf    atomic.Pointer[shelf]
	shelving sync.Mutex
	texts    sync.Map
}

type versionKey struct {
	item string
	n    int
}

// New makes the module; nothing is read yet.
func New(d Deps) *Module {
	if d.Clock == nil {
		d.Clock = clock.Real
	}
	return &Module{Deps: d}
}
