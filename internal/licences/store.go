package licences

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"yimen/gb"
	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/sealed"
	"yimen/workday"
)

// Columns that are sealed.
var (
	columnHolderNo = sealed.Define("licences_licence", "id", "holder_no", sealed.Indexed("holder_no_key", sealed.Upper))
	columnNumber   = sealed.Define("licences_licence", "id", "number", sealed.Indexed("number_key", sealed.Upper))
	columnFields   = sealed.Define("licences_licence", "id", "fields")
)

// forGood stands in the table where a licence has no last day (长期), so that
// days compare.
var forGood = workday.NewDate(9999, time.December, 31)

type row struct {
	ID          string       `db:"id"`
	Identifier  string       `db:"identifier"`
	Type        string       `db:"type"`
	TypeName    string       `db:"type_name"`
	Number      string       `db:"number"`
	NumberKey   string       `db:"number_key"`
	HolderKind  string       `db:"holder_kind"`
	HolderName  string       `db:"holder_name"`
	HolderNo    string       `db:"holder_no"`
	HolderNoKey string       `db:"holder_no_key"`
	Issuer      string       `db:"issuer"`
	IssuerName  string       `db:"issuer_name"`
	IssuerCode  string       `db:"issuer_code"`
	IssuerDept  string       `db:"issuer_dept"`
	Division    string       `db:"division"`
	IssuedOn    workday.Date `db:"issued_on"`
	From        workday.Date `db:"from_on"`
	To          workday.Date `db:"to_on"`
	Fields      string       `db:"fields"`
	Trust       string       `db:"trust"`
	Version     int          `db:"version"`
	Flags       string       `db:"flags"`
	State       string       `db:"state"`
	Case        string       `db:"case_number"`
	MadeAt      time.Time    `db:"made_at"`
	Revision    int64        `db:"revision"`
}

const (
	selectLicence = `SELECT x.id, x.identifier, x.type, t.name AS type_name, x.number, x.number_key, x.holder_kind, x.holder_name, x.holder_no, x.holder_no_key,
		x.issuer, x.issuer_name, x.issuer_code, x.issuer_dept, x.division, x.issued_on, x.from_on, x.to_on, x.fields, x.trust, x.version, x.flags,
		x.state, x.case_number, x.made_at, x.revision FROM licences_licence x JOIN licences_type t ON t.id = x.type`
	insertLicence = `INSERT INTO licences_licence (id, identifier, type, number, number_key, holder_kind, holder_name, holder_no, holder_no_key, issuer, issuer_name,
		issuer_code, issuer_dept, division, issued_on, from_on, to_on, fields, trust, version, flags, state, case_number, made_at, revision)
		VALUES (:id, :identifier, :type, :number, :number_key, :holder_kind, :holder_name, :holder_no, :holder_no_key, :issuer, :issuer_name,
		:issuer_code, :issuer_dept, :division, :issued_on, :from_on, :to_on, :fields, :trust, :version, :flags, :state, :case_number, :made_at, :revision)`
)

func (m *Module) insert(ctx context.Context, l Licence) error {
	fields, err := json.Marshal(l.Fields)
	if err != nil {
		return err
	}
	flags := make([]string, len(l.Flags))
	for i, f := range l.Flags {
		flags[i] = string(f)
	}
	to := l.To
	if to.IsZero() {
		to = forGood
	}
	if err := m.numberFree(ctx, l); err != nil {
		return err
	}
	_, err = m.DB.Conn(ctx).ExecNamed(ctx, insertLicence, row{ID: l.ID, Identifier: l.Identifier, Type: l.Type, Number: m.Keys.Seal(columnNumber, l.ID, l.Number), NumberKey: m.Keys.Index(columnNumber, l.Number), HolderKind: l.HolderKind,
		HolderName: l.HolderName, HolderNo: m.Keys.Seal(columnHolderNo, l.ID, l.HolderNo), HolderNoKey: m.Keys.Index(columnHolderNo, l.HolderNo),
		Issuer: l.Issuer, IssuerName: l.IssuerName, IssuerCode: l.IssuerCode, IssuerDept: l.IssuerDept, Division: l.Division, IssuedOn: l.IssuedOn,
		From: l.From, To: to, Fields: m.Keys.Seal(columnFields, l.ID, string(fields)), Trust: string(l.Trust), Version: l.Version,
		Flags: strings.Join(flags, " "), State: string(l.state), Case: l.Case, MadeAt: l.MadeAt})
	if db.IsUnique(err) {
		return ErrTwice
	}
	return wrap("store licence", err)
}

// numberFree says ErrTwice while the key of the indexes is changed, when the
// number stands under the other key; otherwise the database says it.
func (m *Module) numberFree(ctx context.Context, l Licence) error {
	changing, err := m.Keys.Alone(ctx)
	if err != nil || !changing {
		return err
	}
	var n int
	key, other := m.Keys.Pair(columnNumber, l.Number)
	err = m.DB.Conn(ctx).Get(ctx, &n, `SELECT COUNT(*) FROM licences_licence WHERE type = $1 AND issuer = $2 AND number_key IN ($3, $4)
		AND version = $5`, l.Type, l.Issuer, key, other, l.Version)
	if err == nil && n > 0 {
		return ErrTwice
	}
	return wrap("look for number", err)
}

func (m *Module) plain(r row) (Licence, error) {
	err := m.Keys.Reveal(r.ID, sealed.Value{Column: columnHolderNo, Text: &r.HolderNo}, sealed.Value{Column: columnNumber, Text: &r.Number}, sealed.Value{Column: columnFields, Text: &r.Fields})
	if err != nil {
		return Licence{}, wrap("open licence "+r.Identifier, err)
	}
	l := Licence{ID: r.ID, Identifier: r.Identifier, Type: r.Type, TypeName: r.TypeName, Number: r.Number, HolderKind: r.HolderKind, HolderName: r.HolderName,
		HolderNo: r.HolderNo, Issuer: r.Issuer, IssuerName: r.IssuerName, IssuerCode: r.IssuerCode, IssuerDept: r.IssuerDept, Division: r.Division,
		IssuedOn: r.IssuedOn, From: r.From, To: r.To, Trust: Trust(r.Trust), Version: r.Version, Case: r.Case, MadeAt: r.MadeAt,
		state: State(r.State), revision: r.Revision, believed: m.believed(Trust(r.Trust))}
	if l.To.Equal(forGood) {
		l.To = workday.Date{}
	}
	for _, f := range strings.Fields(r.Flags) {
		l.Flags = append(l.Flags, gb.LicenceFlag(f))
	}
	return l, wrap("fields of licence "+r.Identifier, json.Unmarshal([]byte(r.Fields), &l.Fields))
}

func (m *Module) plainAll(rows []row) ([]Licence, error) {
	list := make([]Licence, len(rows))
	for i, r := range rows {
		var err error
		if list[i], err = m.plain(r); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// one reads a licence by a column that names it alone; ErrUnknown.
func (m *Module) one(ctx context.Context, column, value string) (Licence, error) {
	var r row
	err := m.DB.Conn(ctx).Get(ctx, &r, selectLicence+` WHERE x.`+column+` = $1`, value)
	if errors.Is(err, db.ErrNoRows) {
		return Licence{}, ErrUnknown
	}
	if err != nil {
		return Licence{}, wrap("read licence", err)
	}
	return m.plain(r)
}

// Event is one act in the history of a licence.
type Event struct {
	Act      string    `db:"act"`
	Was      State     `db:"was"`
	Becomes  State     `db:"becomes"`
	Reason   string    `db:"reason"`
	Document string    `db:"document"`
	By       string    `db:"by_name"`
	At       time.Time `db:"at"`
}

// Acts beside those of the table of moves.
const (
	actTakeOver = "take_over"
	actRenew    = "renew"
	actDocument = "document"
	actProof    = "prove"
	actIssue    = "issue"
)

// Who is who did it, as people read it: what the program did by itself it does
// not name by its parts.
func (e Event) Who() string { return identity.Known(e.By) }

// Name is the act in words.
func (e Event) Name() string {
	switch e.Act {
	case actTakeOver:
		return "存量入库"
	case actIssue:
		return "签发"
	case actRenew:
		return "换发新版本"
	case actProof:
		return "开具电子证明"
	case actDocument:
		return "制作电子文件"
	}
	return Act(e.Act).Name()
}

func (m *Module) remember(ctx context.Context, licence string, e Event) error {
	a := identity.FromContext(ctx)
	return m.DB.Conn(ctx).Later(ctx, "licences: remember act", `INSERT INTO licences_history (id, licence, act, was, becomes, reason, document, by_name, account, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		db.NewID(), licence, e.Act, string(e.Was), string(e.Becomes), e.Reason, e.Document, a.Name, a.Account, m.now(ctx))
}

// history lists the acts on a licence, the newest first.
func (m *Module) history(ctx context.Context, licence string) ([]Event, error) {
	var list []Event
	err := m.DB.Conn(ctx).Select(ctx, &list, `SELECT act, was, becomes, reason, document, by_name, at FROM licences_history
		WHERE licence = $1 ORDER BY id DESC LIMIT 100`, licence)
	return list, wrap("read history", err)
}
