package catalogue

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"sync"

	"yimen/internal/identity"
	"yimen/internal/kit/errs"
)

// loadChunk bounds the rows of one INSERT: 31 columns × 200 stays below the
// 32,766 parameters of SQLite and the 65,535 of PostgreSQL.
const loadChunk = 200

// LoadCity publishes definitions as version 1, through the same checks as
// everybody's: the sample city's start. Items that are there already are left
// alone, so that it may run again. ErrFindings names item and field of every
// rule that is broken; nothing is loaded then. It needs the right to publish.
func (m *Module) LoadCity(ctx context.Context, defs []Definition) error {
	owners, err := m.owners(ctx, defs)
	if err != nil {
		return err
	}
	if err := checkAll(defs); err != nil {
		return err
	}
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		var have []string
		if err := m.DB.Conn(ctx).Select(ctx, &have, `SELECT code FROM catalogue_item`); err != nil {
			return err
		}
		there := map[string]bool{}
		for _, code := range have {
			there[code] = true
		}
		var batch []*Definition
		for i := range defs {
			if !there[defs[i].Code] {
				batch = append(batch, &defs[i])
			}
		}
		loaded := len(batch)
		for len(batch) > 0 {
			n := min(loadChunk, len(batch))
			if err := m.loadBatch(ctx, batch[:n], owners); err != nil {
				return err
			}
			batch = batch[n:]
		}
		return m.auditedLoad(ctx, loaded)
	})
}

// owners finds whose items they are, and asks for the right at each.
func (m *Module) owners(ctx context.Context, defs []Definition) (map[string]identity.Place, error) {
	who := identity.FromContext(ctx)
	owners := map[string]identity.Place{}
	for i := range defs {
		dept := defs[i].Dept
		if _, known := owners[dept]; known {
			continue
		}
		owner, err := m.owner(ctx, dept)
		if err != nil {
			return nil, fmt.Errorf("catalogue: load item %s: %w", defs[i].Code, err)
		}
		if !who.Can(RightPublish, owner) {
			return nil, ErrRight
		}
		owners[dept] = owner
	}
	return owners, nil
}

// checkAll checks shape and rules of all, on every core: compiling forms is
// most of the work.
func checkAll(defs []Definition) error {
	found := make([]errs.Fields, len(defs))
	next := make(chan int)
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for i := range next {
				d := &defs[i]
				if err := d.Validate(); err != nil {
					found[i].Merge(d.Code, err)
					continue
				}
				found[i].Merge(d.Code, findingsError(Check(d)))
			}
		})
	}
	for i := range defs {
		next <- i
	}
	close(next)
	workers.Wait()
	told := ErrFindings
	for i := range found {
		for _, f := range found[i].List() {
			told = told.Field(f.Name, f.Message)
		}
	}
	if len(told.Fields) > 0 {
		return told
	}
	return nil
}

func (m *Module) loadBatch(ctx context.Context, defs []*Definition, owners map[string]identity.Place) error {
	who, now := identity.FromContext(ctx), m.now(ctx)
	var items []itemRow
	var versions []versionRow
	var acts []actRow
	var tags []tagRow
	for _, d := range defs {
		raw, err := json.Marshal(d)
		if err != nil {
			return fmt.Errorf("catalogue: load item %s: %w", d.Code, err)
		}
		owner := owners[d.Dept]
		row := itemRow{Published: 1, Latest: 1, Edit: 1, State: Published, Agency: owner.Agency, Division: owner.Division, ChangedAt: now}
		row.describe(d)
		items = append(items, row)
		versions = append(versions, versionRow{Item: d.Code, N: 1, State: Published, Definition: string(raw), Author: who.Account,
			AuthorName: who.Name, CreatedAt: now, PublishedAt: &now})
		acts = append(acts, actRow{Item: d.Code, Edit: 1, N: 1, Verb: Publish, At: now, Actor: who.Account, ActorName: who.Name, Changed: "[]"})
		tags = append(tags, tagRows(d)...)
	}
	c := m.DB.Conn(ctx)
	if err := m.changeShelf(ctx); err != nil {
		return err
	}
	if _, err := c.ExecNamed(ctx, insertItem, items); err != nil {
		return taken(err)
	}
	if _, err := c.ExecNamed(ctx, insertVersion, versions); err != nil {
		return err
	}
	if _, err := c.ExecNamed(ctx, insertAct, acts); err != nil {
		return err
	}
	if len(tags) > 0 {
		if _, err := c.ExecNamed(ctx, `INSERT INTO catalogue_item_tag (tag, item) VALUES (:tag, :item)`, tags); err != nil {
			return err
		}
	}
	return nil
}
