package workflow

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"sync/atomic"
	"time"
)

// compiled is a definition ready to run, kept by the hash of its content.
type compiled struct {
	hash       string
	body       string
	definition Definition
	conditions conditions
	stored     atomic.Bool
}

// compile checks a definition and compiles its conditions, once.
func (m *Module) compile(d Definition) (*compiled, error) {
	body, err := json.Marshal(d)
	if err != nil {
		return nil, ErrDefinition.Because(err)
	}
	sum := sha256.Sum256(body)
	hash := hex.EncodeToString(sum[:])
	if c, ok := m.definitions.Load(hash); ok {
		return c.(*compiled), nil
	}
	if err := d.Validate(); err != nil {
		return nil, err
	}
	c := &compiled{hash: hash, body: string(body), conditions: conditions{}}
	// Read back, so that nothing is shared with the caller's slices.
	if err := json.Unmarshal(body, &c.definition); err != nil {
		return nil, ErrDefinition.Because(err)
	}
	if err := compileAll(c.definition.Nodes, c.conditions); err != nil {
		return nil, err
	}
	kept, _ := m.definitions.LoadOrStore(hash, c)
	return kept.(*compiled), nil
}

// keep stores a definition; every later instance finds it there.
func (m *Module) keep(ctx context.Context, c *compiled, at time.Time) error {
	if c.stored.Load() {
		return nil
	}
	err := m.DB.Conn(ctx).Later(ctx, "keep definition", `INSERT INTO workflow_definition (hash, name, body, created_at)
		VALUES ($1, $2, $3, $4) ON CONFLICT (hash) DO NOTHING`, c.hash, c.definition.Name, c.body, at)
	if err != nil {
		return err
	}
	m.DB.AfterCommit(ctx, func() { c.stored.Store(true) })
	return nil
}

// definition gives a kept definition.
func (m *Module) definition(ctx context.Context, hash string) (*compiled, error) {
	if c, ok := m.definitions.Load(hash); ok {
		return c.(*compiled), nil
	}
	var body string
	if err := m.DB.Conn(ctx).Get(ctx, &body, `SELECT body FROM workflow_definition WHERE hash = $1`, hash); err != nil {
		return nil, fmt.Errorf("read definition: %w", err)
	}
	c := &compiled{hash: hash, body: body, conditions: conditions{}}
	if err := json.Unmarshal([]byte(body), &c.definition); err != nil {
		return nil, fmt.Errorf("read definition %s: %w", hash, err)
	}
	if err := compileAll(c.definition.Nodes, c.conditions); err != nil {
		return nil, fmt.Errorf("read definition %s: %w", hash, err)
	}
	c.stored.Store(true)
	kept, _ := m.definitions.LoadOrStore(hash, c)
	return kept.(*compiled), nil
}

// plan gives the plan of a definition for the branches taken, written as JSON.
func (m *Module) plan(c *compiled, way string) (*plan, error) {
	key := c.hash + way
	if p, ok := m.plans.Load(key); ok {
		return p.(*plan), nil
	}
	var t taken
	if err := json.Unmarshal([]byte(way), &t); err != nil {
		return nil, fmt.Errorf("read branches taken: %w", err)
	}
	kept, _ := m.plans.LoadOrStore(key, newPlan(c.definition, t))
	return kept.(*plan), nil
}
