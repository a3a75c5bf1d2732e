package seals

import (
	"context"
	"errors"
	"fmt"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
)

const sealColumns = `id, es_id, name, kind, line, agency, agency_name, division, dept, width, height, record_no, from_on, until_on, custodian,
	custodian_name, applied_by, state, handle, certificate, stopped_at, stop_reason, revision, made_at`

const insertSeal = `INSERT INTO seals_seal (id, es_id, name, kind, line, agency, agency_name, division, dept, picture, width, height, record_no, from_on, until_on,
	custodian, custodian_name, applied_by, state, handle, certificate, esl, stopped_at, stop_reason, revision, made_at)
	VALUES (:id, :es_id, :name, :kind, :line, :agency, :agency_name, :division, :dept, :picture, :width, :height, :record_no, :from_on, :until_on,
	:custodian, :custodian_name, :applied_by, :state, :handle, :certificate, :esl, :stopped_at, :stop_reason, :revision, :made_at)`

// whole is a seal with what lists need not: its picture and the seal as made.
type whole struct {
	Seal
	Picture string `db:"picture"` // base64 PNG
	ESL     string `db:"esl"`     // base64 DER
}

// read finds a seal whoever asks; ErrUnknown.
func (m *Module) read(ctx context.Context, id string) (whole, error) {
	var s whole
	err := m.DB.Conn(ctx).Get(ctx, &s, `SELECT `+sealColumns+`, picture, esl FROM seals_seal WHERE id = $1`, id)
	if errors.Is(err, db.ErrNoRows) {
		return s, ErrUnknown
	}
	if err != nil {
		return s, wrap("read seal", err)
	}
	err = m.DB.Conn(ctx).Select(ctx, &s.Purposes, `SELECT purpose FROM seals_purpose WHERE seal = $1 ORDER BY purpose`, id)
	return s, wrap("read purposes", err)
}

// Find gives a seal the viewer may look at; ErrUnknown.
func (m *Module) Find(ctx context.Context, id string) (Seal, error) {
	s, err := m.look(ctx, id)
	return s.Seal, err
}

func (m *Module) look(ctx context.Context, id string) (whole, error) {
	s, err := m.read(ctx, id)
	if err == nil && !maySee(identity.FromContext(ctx), s.at()) {
		return whole{}, ErrUnknown
	}
	return s, err
}

// Query narrows a list of seals; empty fields do not.
type Query struct {
	State  State
	Kind   string
	Agency string
	Q      string // part of the name, or the number
}

func (q Query) where(ctx context.Context, w *db.Where) {
	narrowed(identity.FromContext(ctx)).Where(w, rightColumns)
	if q.State != "" {
		w.And("state = ?", q.State)
	}
	if q.Kind != "" {
		w.And("kind = ?", q.Kind)
	}
	if q.Agency != "" {
		w.And("agency = ?", q.Agency)
	}
	if q.Q != "" {
		w.And("(name LIKE ? OR es_id = ? OR record_no = ?)", "%"+q.Q+"%", q.Q, q.Q)
	}
}

// List gives the seals the viewer may look at, by division, and the cursor of
// the next page.
func (m *Module) List(ctx context.Context, q Query, p db.Page) ([]Seal, string, error) {
	w := new(db.Where)
	q.where(ctx, w)
	var division, id string
	if ok, err := p.Key(&division, &id); err != nil {
		return nil, "", err
	} else if ok {
		w.And("(division, id) > (?, ?)", division, id)
	}
	limit := w.Arg(p.Size() + 1)
	var list []Seal
	err := m.DB.Conn(ctx).Select(ctx, &list, `SELECT `+sealColumns+` FROM seals_seal`+w.SQL()+` ORDER BY division, id LIMIT `+limit, w.Args()...)
	if err != nil {
		return nil, "", wrap("list seals", err)
	}
	list, next := db.Cut(list, p, func(s Seal) []any { return []any{s.Division, s.ID} })
	return list, next, nil
}

// Counts says how many seals the viewer may look at stand in each state. A city
// has some thousand seals: they are counted, no tally is kept.
func (m *Module) Counts(ctx context.Context) (map[State]int, error) {
	w := new(db.Where)
	Query{}.where(ctx, w)
	var rows []struct {
		State State `db:"state"`
		N     int   `db:"n"`
	}
	err := m.DB.Conn(ctx).Select(ctx, &rows, `SELECT state, COUNT(*) AS n FROM seals_seal`+w.SQL()+` GROUP BY state`, w.Args()...)
	counts := map[State]int{}
	for _, r := range rows {
		counts[r.State] = r.N
	}
	return counts, wrap("count seals", err)
}

// Step is a line of a seal's history.
type Step struct {
	ID      string    `db:"id"`
	Seal    string    `db:"seal"`
	Move    Move      `db:"move"`
	To      State     `db:"to_state"`
	Account string    `db:"account"`
	Name    string    `db:"name"`
	Reason  string    `db:"reason"`
	At      time.Time `db:"at"`
}

const insertStep = `INSERT INTO seals_history (id, seal, move, to_state, account, name, reason, at)
	VALUES (:id, :seal, :move, :to_state, :account, :name, :reason, :at)`

// History lists what happened to a seal the viewer may look at, oldest first.
func (m *Module) History(ctx context.Context, seal string) ([]Step, error) {
	if _, err := m.Find(ctx, seal); err != nil {
		return nil, err
	}
	var list []Step
	err := m.DB.Conn(ctx).Select(ctx, &list, `SELECT id, seal, move, to_state, account, name, reason, at FROM seals_history WHERE seal = $1 ORDER BY id`, seal)
	return list, wrap("read history", err)
}

// step writes a line of history and of the audit log. Inside a transaction.
func (m *Module) step(ctx context.Context, s Seal, move Move, reason string) error {
	a := identity.FromContext(ctx)
	at := m.now(ctx)
	_, err := m.DB.Conn(ctx).ExecNamed(ctx, insertStep, Step{ID: db.NewID(), Seal: s.ID, Move: move, To: s.State, Account: a.Account, Name: a.Name, Reason: reason, At: at})
	return errors.Join(wrap("note move", err), m.record(ctx, "seal."+string(move), "seal", s.ID, reason, s.ESID))
}

// nextESID gives the next number of a division's seals. Inside a transaction.
func (m *Module) nextESID(ctx context.Context, division string) (string, error) {
	var n int
	err := m.DB.Conn(ctx).Get(ctx, &n, `INSERT INTO seals_number (division, n) VALUES ($1, 1)
		ON CONFLICT (division) DO UPDATE SET n = seals_number.n + 1 RETURNING n`, division[:6])
	return fmt.Sprintf("%s%07d", division[:6], n), wrap("number seal", err)
}
