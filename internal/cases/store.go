package cases

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"yimen/internal/kit/db"
	"yimen/internal/kit/sealed"
	"yimen/workday"
)

// record is one row of cases_case.
type record struct {
	ID                string       `db:"id"`
	Number            string       `db:"number"`
	QueryCode         string       `db:"query_code"`
	State             State        `db:"state"`
	Revision          int          `db:"revision"`
	Item              string       `db:"item"`
	ItemName          string       `db:"item_name"`
	Version           int          `db:"version"`
	Kind              string       `db:"kind"`
	AcceptedBy        string       `db:"accepted_by"`
	Division          string       `db:"division"`
	DivisionName      string       `db:"division_name"`
	Channel           string       `db:"channel"`
	Account           string       `db:"account"`
	AgentAccount      string       `db:"agent_account"`
	Mandate           string       `db:"mandate"` // under which the agent filed it; "" none
	SubmittedBy       string       `db:"submitted_by"`
	KeyScope          *string      `db:"key_scope"`
	Key               *string      `db:"idempotency_key"`
	KeyDigest         *string      `db:"key_digest"`
	ApplicantType     string       `db:"applicant_type"`
	ApplicantName     string       `db:"applicant_name"`
	ApplicantKey      string       `db:"applicant_key"`
	ApplicantIDType   string       `db:"applicant_id_type"`
	ApplicantIDNo     string       `db:"applicant_id_no"`
	ApplicantPhone    string       `db:"applicant_phone"`
	ApplicantIDNoKey  string       `db:"applicant_id_no_key"`
	ApplicantPhoneKey string       `db:"applicant_phone_key"`
	ReceivingOutlet   string       `db:"receiving_outlet"`
	ReceivingName     string       `db:"receiving_name"`
	ReceivingDivision string       `db:"receiving_division"`
	CompetentAgency   string       `db:"competent_agency"`
	CompetentName     string       `db:"competent_name"`
	CompetentDivision string       `db:"competent_division"`
	Dept              string       `db:"dept"`
	Deliver           string       `db:"deliver"`
	DeliverCode       string       `db:"deliver_code"`
	DeliverName       string       `db:"deliver_name"`
	DeliverDivision   string       `db:"deliver_division"`
	DeliverAddress    string       `db:"deliver_address"`
	SubmittedAt       time.Time    `db:"submitted_at"`
	ReceivedOn        workday.Date `db:"received_on"`
	ReceiptDueOn      workday.Date `db:"receipt_due_on"`
	CorrectionFrom    workday.Date `db:"correction_from"`
	CorrectionDays    int          `db:"correction_days"`
	CorrectionDueOn   workday.Date `db:"correction_due_on"`
	Corrections       int          `db:"corrections"`
	AcceptedOn        workday.Date `db:"accepted_on"`
	Deemed            bool         `db:"deemed"`
	PromiseN          int          `db:"promise_n"`
	PromiseUnit       string       `db:"promise_unit"`
	LegalN            int          `db:"legal_n"`
	LegalUnit         string       `db:"legal_unit"`
	PromiseDueOn      workday.Date `db:"promise_due_on"`
	DueOn             workday.Date `db:"due_on"`
	DecidedOn         workday.Date `db:"decided_on"`
	Outcome           string       `db:"outcome"`
	ResultKind        string       `db:"result_kind"`
	DeferredUntil     workday.Date `db:"deferred_until"`
	ClosedAt          *time.Time   `db:"closed_at"`
	Instance          string       `db:"instance"`
	HistoryLen        int          `db:"history_len"`
	Sample            bool         `db:"sample"`

	damaged []string // columns that cannot be read
}

// content is one row of cases_content; every column is JSON.
type content struct {
	CaseID     string `db:"case_id"`
	Agent      string `db:"agent"`
	Answers    string `db:"answers"`
	Form       string `db:"form"`
	Checklist  string `db:"checklist"`
	Correction string `db:"correction"`
}

// materialRow is one row of cases_material.
type materialRow struct {
	ID         string     `db:"id"`
	CaseID     string     `db:"case_id"`
	Material   string     `db:"material"`
	Name       string     `db:"name"`
	Way        string     `db:"way"`
	File       string     `db:"file"`
	FileName   string     `db:"file_name"`
	Licence    string     `db:"licence"`
	MadeAt     time.Time  `db:"made_at"`
	Superseded *time.Time `db:"superseded_at"`
}

// historyRow is one row of cases_history.
type historyRow struct {
	CaseID   string    `db:"case_id"`
	Seq      int       `db:"seq"`
	Revision int       `db:"revision"`
	At       time.Time `db:"at"`
	Verb     Verb      `db:"verb"`
	From     State     `db:"from_state"`
	To       State     `db:"to_state"`
	Who      string    `db:"who"`
	WhoName  string    `db:"who_name"`
	Agency   string    `db:"agency"`
	Opinion  string    `db:"opinion"`
	Detail   string    `db:"detail"`
}

// clockRow is one row of cases_clock.
type clockRow struct {
	CaseID     string       `db:"case_id"`
	Seq        int          `db:"seq"`
	Kind       workday.Kind `db:"kind"`
	On         string       `db:"on_date"` // read as a date with the whole clock
	Reason     string       `db:"reason"`
	Document   string       `db:"document"`
	ApprovedBy string       `db:"approved_by"`
	Days       int          `db:"days"`
}

// noticeRow is one row of cases_notice.
type noticeRow struct {
	ID      string    `db:"id"`
	CaseID  string    `db:"case_id"`
	Kind    string    `db:"kind"`
	Agency  string    `db:"agency"`
	Year    int       `db:"year"`
	DocNo   string    `db:"doc_no"`
	Content string    `db:"content"`
	MadeAt  time.Time `db:"made_at"`
}

// The columns of a record, in the order of the struct, and what follows from them.
var (
	recordColumns = strings.Fields(`id number query_code state revision item item_name version kind accepted_by
		division division_name channel account agent_account mandate submitted_by key_scope idempotency_key key_digest
		applicant_type applicant_name applicant_key applicant_id_type applicant_id_no applicant_phone applicant_id_no_key applicant_phone_key
		receiving_outlet receiving_name receiving_division competent_agency competent_name competent_division dept
		deliver deliver_code deliver_name deliver_division deliver_address
		submitted_at received_on receipt_due_on correction_from correction_days correction_due_on corrections
		accepted_on deemed promise_n promise_unit legal_n legal_unit promise_due_on due_on decided_on outcome result_kind
		deferred_until closed_at instance history_len sample`)
	// What a verb may change; the rest is as it was handed in.
	movedColumns = strings.Fields(`state received_on receipt_due_on correction_from correction_days
		correction_due_on corrections accepted_on deemed promise_due_on due_on decided_on outcome deferred_until
		closed_at instance history_len`)

	selectRecord = "SELECT " + strings.Join(recordColumns, ", ") + " FROM cases_case"
	insertRecord = "INSERT INTO cases_case (" + strings.Join(recordColumns, ", ") + ") VALUES (" + named(recordColumns) +
		") ON CONFLICT DO NOTHING"
	updateRecord = "UPDATE cases_case SET revision = revision + 1, " + assigned(movedColumns) +
		" WHERE id = :id AND revision = :revision"
)

func named(columns []string) string { return ":" + strings.Join(columns, ", :") }

func assigned(columns []string) string {
	parts := make([]string, len(columns))
	for i, c := range columns {
		parts[i] = c + " = :" + c
	}
	return strings.Join(parts, ", ")
}

// byNumber reads a case, and what else is asked in the same message; ErrUnknown.
// It does not ask who is looking.
func (m *Module) byNumber(ctx context.Context, number string, also ...db.Read) (*record, error) {
	var read record
	reads := append([]db.Read{db.One(&read, db.ErrNoRows, selectRecord+" WHERE number = $1", number)}, also...)
	r, err := m.opened(&read, m.db.Conn(ctx).Together(ctx, reads...))
	if errors.Is(err, db.ErrNoRows) {
		return nil, ErrUnknown
	}
	if err != nil {
		return nil, fmt.Errorf("read case: %w", err)
	}
	return r, nil
}

// caseID is the id of the case whose number is $1, for what is read beside it.
const caseID = `(SELECT id FROM cases_case WHERE number = $1)`

// itemOf is the item of that case.
const itemOf = `(SELECT item FROM cases_case WHERE number = $1)`

// dossier is everything of a case that its page shows.
type dossier struct {
	record
	content   content
	materials []materialRow
	notices   []noticeRow
	clock     []clockRow
}

// dossierOf reads a case and its parts in one message; ErrUnknown. It does not ask
// who is looking.
func (m *Module) dossierOf(ctx context.Context, number string) (*dossier, error) {
	w := &dossier{}
	err := m.db.Conn(ctx).Together(ctx,
		db.One(&w.record, ErrUnknown, selectRecord+" WHERE number = $1", number),
		db.One(&w.content, db.ErrNoRows, selectContent+caseID, number),
		db.All(&w.materials, selectMaterials+caseID+" ORDER BY id", number),
		db.All(&w.notices, selectNotices+caseID+" ORDER BY id", number),
		db.All(&w.clock, selectClock+" WHERE case_id = "+caseID+" ORDER BY seq", number))
	if err == nil {
		err = w.reveal(m.Keys)
	}
	if err != nil && !errors.Is(err, ErrUnknown) {
		if _, of := m.byNumber(ctx, number); errors.Is(of, ErrDamaged) {
			return w, of // the row itself cannot be read: say so
		}
		err = fmt.Errorf("read whole case: %w", err)
	}
	return w, err
}

// reveal opens what is sealed of a case.
func (w *dossier) reveal(ring *sealed.Ring) error {
	w.record.reveal(ring)
	return errors.Join(w.content.reveal(ring), revealNotices(ring, w.notices))
}

const (
	selectContent   = `SELECT case_id, agent, answers, form, checklist, correction FROM cases_content WHERE case_id = `
	selectMaterials = `SELECT id, case_id, material, name, way, file, file_name, licence, made_at, superseded_at
		FROM cases_material WHERE case_id = `
	selectNotices = `SELECT id, case_id, kind, agency, year, doc_no, content, made_at FROM cases_notice WHERE case_id = `
)

// byKey reads the case made with an idempotency key; nil when there is none.
func (m *Module) byKey(ctx context.Context, scope, key string) (*record, error) {
	r, err := m.one(ctx, selectRecord+" WHERE key_scope = $1 AND idempotency_key = $2", scope, key)
	if errors.Is(err, db.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read case by key: %w", err)
	}
	return r, nil
}

// insert writes a new record; false when its number or key is taken.
func (m *Module) insert(ctx context.Context, r *record) (bool, error) {
	n, err := m.db.Conn(ctx).ExecNamed(ctx, insertRecord, r.sealed(m.Keys))
	if err != nil {
		return false, fmt.Errorf("insert case: %w", err)
	}
	return n == 1, nil
}

// update writes what a verb changed; false when somebody else was first. The
// revision of r grows with the row's.
func (m *Module) update(ctx context.Context, r *record) (bool, error) {
	n, err := m.db.Conn(ctx).ExecNamed(ctx, updateRecord, r)
	if err != nil {
		return false, fmt.Errorf("update case: %w", err)
	}
	if n == 1 {
		r.Revision++
	}
	return n == 1, nil
}

func (m *Module) insertContent(ctx context.Context, c content) error {
	return m.db.Conn(ctx).LaterNamed(ctx, "insert case content", `INSERT INTO cases_content (case_id, agent, answers, form, checklist, correction)
		VALUES (:case_id, :agent, :answers, :form, :checklist, :correction)`, c.sealed(m.Keys))
}

func (m *Module) contentOf(ctx context.Context, id string) (content, error) {
	var c content
	err := m.db.Conn(ctx).Get(ctx, &c, selectContent+"$1", id)
	if err == nil {
		err = c.reveal(m.Keys)
	}
	return c, wrap("read case content", err)
}

func (m *Module) setForm(ctx context.Context, id, form string) error {
	return m.db.Conn(ctx).Later(ctx, "replace form", `UPDATE cases_content SET form = $1 WHERE case_id = $2`, m.Keys.Seal(contentForm, id, form), id)
}

func (m *Module) setCorrection(ctx context.Context, id, correction string) error {
	return m.db.Conn(ctx).Later(ctx, "store correction", `UPDATE cases_content SET correction = $1 WHERE case_id = $2`, correction, id)
}

func (m *Module) insertMaterials(ctx context.Context, rows []materialRow) error {
	if len(rows) == 0 {
		return nil
	}
	return m.db.Conn(ctx).LaterNamed(ctx, "insert materials", `INSERT INTO cases_material
		(id, case_id, material, name, way, file, file_name, licence, made_at, superseded_at)
		VALUES (:id, :case_id, :material, :name, :way, :file, :file_name, :licence, :made_at, :superseded_at)`, rows)
}

func (m *Module) materialsOf(ctx context.Context, id string) ([]materialRow, error) {
	var rows []materialRow
	err := m.db.Conn(ctx).Select(ctx, &rows, selectMaterials+"$1 ORDER BY id", id)
	return rows, wrap("read materials", err)
}

// supersede marks the present materials of these ids as replaced.
func (m *Module) supersede(ctx context.Context, id string, materials []string, at time.Time) error {
	w := new(db.Where)
	set := w.Arg(at)
	w.And("case_id = ?", id).And("superseded_at IS NULL").In("material", materials)
	return m.db.Conn(ctx).Later(ctx, "supersede materials", "UPDATE cases_material SET superseded_at = "+set+w.SQL(), w.Args()...)
}

// openDeferred counts the 容缺 materials that are still to come.
func (m *Module) openDeferred(ctx context.Context, id string) (int, error) {
	var n int
	err := m.db.Conn(ctx).Get(ctx, &n,
		`SELECT COUNT(*) FROM cases_material WHERE case_id = $1 AND way = $2 AND superseded_at IS NULL`, id, wayLater)
	return n, wrap("count deferred materials", err)
}

func (m *Module) insertHistory(ctx context.Context, rows []historyRow) error {
	return m.db.Conn(ctx).LaterNamed(ctx, "append history", `INSERT INTO cases_history
		(case_id, seq, revision, at, verb, from_state, to_state, who, who_name, agency, opinion, detail)
		VALUES (:case_id, :seq, :revision, :at, :verb, :from_state, :to_state, :who, :who_name, :agency, :opinion, :detail)`, rows)
}

// historyOf reads the entries of revisions after since, oldest first. Whatever
// year it was put away with, a history is read whole.
func (m *Module) historyOf(ctx context.Context, id string, since int) ([]historyRow, error) {
	var rows []historyRow
	err := m.db.Conn(ctx).Select(ctx, &rows, `SELECT case_id, seq, revision, at, verb, from_state, to_state, who, who_name, agency, opinion, detail
		FROM cases_history WHERE case_id = $1 AND revision > $2 ORDER BY seq`, id, since)
	if err == nil && since == 0 && (len(rows) == 0 || rows[0].Seq > 1) && m.Archive != nil {
		rows, err = m.withArchived(ctx, id, rows)
	}
	return rows, wrap("read history", err)
}

const selectClock = `SELECT case_id, seq, kind, on_date, reason, document, approved_by, days FROM cases_clock`

func (m *Module) ledgerOf(ctx context.Context, id string) (workday.Ledger, error) {
	var rows []clockRow
	if err := m.db.Conn(ctx).Select(ctx, &rows, selectClock+` WHERE case_id = $1 ORDER BY seq`, id); err != nil {
		return workday.Ledger{}, fmt.Errorf("read clock: %w", err)
	}
	return ledger(rows)
}

// ledger puts the rows of one case's clock together.
func ledger(rows []clockRow) (workday.Ledger, error) {
	entries := make([]workday.Entry, len(rows))
	for i, r := range rows {
		on, err := workday.ParseDate(r.On)
		if err != nil {
			return workday.Ledger{}, wrap("read clock", err)
		}
		entries[i] = workday.Entry{Kind: r.Kind, On: on, Reason: r.Reason, Document: r.Document, ApprovedBy: r.ApprovedBy, Days: r.Days}
	}
	l, err := workday.NewLedger(entries...)
	return l, wrap("read clock", err)
}

// insertClock appends entries to the ledger, the first being number seq.
func (m *Module) insertClock(ctx context.Context, id string, seq int, entries []workday.Entry) error {
	rows := make([]clockRow, len(entries))
	for i, e := range entries {
		rows[i] = clockRow{id, seq + i, e.Kind, e.On.String(), e.Reason, e.Document, e.ApprovedBy, e.Days}
	}
	return m.db.Conn(ctx).LaterNamed(ctx, "append clock", `INSERT INTO cases_clock (case_id, seq, kind, on_date, reason, document, approved_by, days)
		VALUES (:case_id, :seq, :kind, :on_date, :reason, :document, :approved_by, :days)`, rows)
}

const insertNotice = `INSERT INTO cases_notice (id, case_id, kind, agency, year, doc_no, content, made_at)
	VALUES (:id, :case_id, :kind, :agency, :year, :doc_no, :content, :made_at)`

func (m *Module) noticesOf(ctx context.Context, id string) ([]noticeRow, error) {
	var rows []noticeRow
	err := m.db.Conn(ctx).Select(ctx, &rows, selectNotices+"$1 ORDER BY id", id)
	if err == nil {
		err = revealNotices(m.Keys, rows)
	}
	return rows, wrap("read notices", err)
}

// nextInSequence gives the next document number of an agency, kind and year.
// The row stays locked until the commit, so it is asked for last.
func (m *Module) nextInSequence(ctx context.Context, agency string, year int, kind string) (int, error) {
	var n int
	err := m.db.Conn(ctx).Get(ctx, &n, `INSERT INTO cases_sequence (agency, year, kind, last) VALUES ($1, $2, $3, 1)
		ON CONFLICT (agency, year, kind) DO UPDATE SET last = cases_sequence.last + 1 RETURNING last`, agency, year, kind)
	return n, wrap("number a document", err)
}

func wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}

// asJSON writes what this program made itself and can therefore always be written.
func asJSON(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		panic("cases: cannot write JSON: " + err.Error())
	}
	return string(raw)
}
