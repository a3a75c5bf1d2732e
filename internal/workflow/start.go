package workflow

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
)

// Start is what an instance begins with.
type Start struct {
	Subject    string // what is handled: the case number
	Title      string // what the inbox shows: the name of the item, no personal data
	Item       string // code of the item
	Definition Definition
	Vars       map[string]any // for the branch conditions
	// Places are agency codes by reference: receiving, competent, and as far
	// as the definition names them town, village, county, city.
	Places   map[string]string
	Division string // of the matter: decides the calendar and the dept: agencies
	Level    int    // of the agency that decides (行使层级), for dept: agencies
}

// Start begins an instance and opens its first tasks, in the caller's
// transaction if there is one. Errors: ErrDefinition, ErrCondition, ErrPlace,
// and ErrRunning if the subject has a running instance. It asks no right: the
// caller has checked that the actor may accept the case.
func (m *Module) Start(ctx context.Context, s Start) (string, error) {
	c, err := m.compile(s.Definition)
	if err != nil {
		return "", err
	}
	way := taken{}
	if err := c.conditions.decide(c.definition.Nodes, s.Vars, way); err != nil {
		return "", err
	}
	wayJSON, err := json.Marshal(way)
	if err != nil {
		return "", fmt.Errorf("start: %w", err)
	}
	p, err := m.plan(c, string(wayJSON))
	if err != nil {
		return "", err
	}
	at, err := m.placesOf(ctx, p, s)
	if err != nil {
		return "", err
	}
	placesJSON, err := json.Marshal(at)
	if err != nil {
		return "", fmt.Errorf("start: %w", err)
	}
	inst := instanceRow{
		ID: db.NewID(), Subject: s.Subject, Title: s.Title, Item: s.Item, Definition: c.hash, Way: string(wayJSON),
		Places: string(placesJSON), Division: s.Division, State: "running", Round: 1,
	}
	return inst.ID, m.begin(ctx, c, p, inst)
}

func (m *Module) begin(ctx context.Context, c *compiled, p *plan, inst instanceRow) error {
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		r := &run{m: m, plan: p, actor: identity.FromContext(ctx), now: m.now(ctx), act: db.NewID()}
		r.today = day(r.now)
		inst.StartedBy, inst.StartedAt = r.actor.Account, r.now
		r.inst = inst
		if err := m.keep(ctx, c, r.now); err != nil {
			return err
		}
		if err := m.insertInstance(ctx, inst); err != nil {
			return err
		}
		r.record(nil, ActStart, "", "", "")
		if err := r.openSteps(ctx, p.first()); err != nil {
			return err
		}
		return r.finish(ctx)
	})
}

// placesOf looks up the agencies of all steps, once and for all: a case is not
// moved when the organisation changes; tasks can be reassigned.
func (m *Module) placesOf(ctx context.Context, p *plan, s Start) (places, error) {
	receiving := ""
	if code := s.Places["receiving"]; code != "" {
		at, err := m.Agencies.Place(ctx, code)
		if err != nil {
			return nil, ErrPlace.Because(err)
		}
		receiving = at.Division
	}
	found := places{}
	for _, pl := range p.steps {
		for _, ref := range pl.step.seats() {
			if _, ok := found[ref]; ok {
				continue
			}
			at, err := m.place(ctx, ref, s)
			if err != nil {
				return nil, ErrPlace.Say("环节“%s”找不到办理单位（%s），请联系事项管理员核对机构设置。", pl.step.Name, ref).Because(err)
			}
			at.Receiving = receiving
			found[ref] = at
		}
	}
	return found, nil
}

func (m *Module) place(ctx context.Context, ref string, s Start) (identity.Place, error) {
	code := s.Places[ref]
	if dept, ok := strings.CutPrefix(ref, "dept:"); ok && code == "" {
		var err error
		if code, err = m.Agencies.AgencyOf(ctx, dept, s.Level, s.Division); err != nil {
			return identity.Place{}, err
		}
	}
	if own, ok := strings.CutPrefix(ref, "agency:"); ok {
		code = own
	}
	if code == "" {
		return identity.Place{}, fmt.Errorf("no agency for %s", ref)
	}
	return m.Agencies.Place(ctx, code)
}
