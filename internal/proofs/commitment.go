package proofs

import (
	"context"
	"errors"
	"strings"
	"time"

	"yimen/internal/catalogue"
	"yimen/internal/identity"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/sealed"
	"yimen/workday"
)

var commitmentIDNo = sealed.Define("proofs_commitment", "id", "id_no", sealed.Indexed("id_no_key", sealed.Upper))

// States of a commitment.
const (
	CommitmentGiven   = "given"
	CommitmentChecked = "checked"
	CommitmentTaken   = "taken" // the proof was handed in after all
	CommitmentEnded   = "ended" // the case came to nothing: there is nothing to check
)

// Findings of a check.
const (
	CommitmentTrue    = "true"
	CommitmentUntrue  = "untrue"
	CommitmentUnclear = "unclear" // cannot be told
)

var (
	commitmentStates   = map[string]string{CommitmentGiven: "待核查", CommitmentChecked: "已核查", CommitmentTaken: "已改交证明", CommitmentEnded: "办件已终结，不用核查"}
	commitmentFindings = map[string]string{CommitmentTrue: "属实", CommitmentUntrue: "不实", CommitmentUnclear: "无法核实"}
)

// checkDays is how many working days there are to check a commitment; barredMonths
// how long who gave an untrue one may give none.
const (
	checkDays    = 30
	barredMonths = 12
)

// Errors about commitments.
var (
	ErrBarred            = errs.Define(errs.Denied, "commitment_barred", "此前作出的承诺经核查不实，现在不能用告知承诺，请提交证明材料。")
	ErrCommitmentUnknown = errs.Define(errs.NotFound, "commitment_unknown", "没有找到这份承诺，请从列表重新打开。")
	ErrCommitmentMove    = errs.Define(errs.Conflict, "commitment_move_not_allowed", "这份承诺已经处理过了，请刷新后查看。")
	ErrCommitmentRight   = errs.Define(errs.Denied, "commitment_right_missing", "这份承诺由作出决定的单位核查，您不能登记核查结果。")
)

// CommitmentVersion is the version of what Words says.
const CommitmentVersion = 1

// Words is what is put before an applicant who promises instead of handing in a
// material: what is asked, what they promise, who checks, and what follows
// (国办发〔2020〕42号). Paragraphs.
func Words(need catalogue.Material, itemName string) []string {
	asked := "办理“" + itemName + "”应当提交“" + need.Name + "”"
	if need.Basis != "" {
		asked += "，依据是" + strings.TrimRight(need.Basis, "。")
	}
	promised := "“" + need.Name + "”要说明的情况属实，符合办理条件"
	if said, ok := strings.CutPrefix(need.Notes, commitmentNote); ok && said != "" {
		promised = strings.TrimRight(said, "。")
	}
	return []string{
		asked + "。您可以不交，改为书面承诺。",
		"我承诺：" + promised + "。",
		"作出决定的单位会在事后核查，可以查询有关信息、到现场查看，请您配合。",
		"承诺不实的，停止办理、责令改正，依法撤销已经作出的决定并处理，记入信用记录，一年内不能再用告知承诺。",
		"不愿承诺的，可以改为提交证明；事情办完以前，也可以补交证明、收回承诺。",
	}
}

// commitmentNote is how the catalogue begins the words of a promise.
const commitmentNote = "承诺内容："

// Commitment is a promise that somebody gave instead of handing in a proof.
type Commitment struct {
	ID           string       `db:"id"`
	Case         string       `db:"case_number"`
	Material     string       `db:"material"`
	MaterialName string       `db:"material_name"`
	Proof        string       `db:"proof"`
	Item         string       `db:"item"`
	ItemName     string       `db:"item_name"`
	Text         string       `db:"text"` // paragraphs, by line feeds
	TextVersion  int          `db:"text_version"`
	Account      string       `db:"account"`
	Name         string       `db:"name"`
	IDNo         string       `db:"id_no"` // sealed in the table
	IDNoKey      string       `db:"id_no_key"`
	GivenBy      string       `db:"given_by"`
	GivenByName  string       `db:"given_by_name"`
	Channel      string       `db:"channel"`
	GivenAt      time.Time    `db:"given_at"`
	Agency       string       `db:"agency"`
	AgencyName   string       `db:"agency_name"`
	Dept         string       `db:"dept"`
	Division     string       `db:"division"`
	Receiving    string       `db:"receiving"`
	State        string       `db:"state"`
	Open         int          `db:"open"`
	DueOn        workday.Date `db:"due_on"`
	Finding      string       `db:"finding"`
	Report       string       `db:"report"`
	Measures     string       `db:"measures"`
	CheckerName  string       `db:"checker_name"`
	CheckedAt    *time.Time   `db:"checked_at"`
	BarredUntil  workday.Date `db:"barred_until"`
	Told         int          `db:"told"` // 1 when somebody has heard that it is late
}

// StateName is the state in words, with what was found.
func (c Commitment) StateName() string {
	if c.Finding != "" {
		return commitmentFindings[c.Finding]
	}
	return commitmentStates[c.State]
}

func (c Commitment) at() identity.Place {
	return identity.Place{Receiving: c.Receiving, Division: c.Division, Agency: c.Agency, Dept: c.Dept}
}

// Given is a material of a case that is met by a commitment.
type Given struct {
	Need     catalogue.Material
	Item     string
	ItemName string
	Case     string
	Channel  string
	// The applicant.
	Account, Name, IDNo string
	// Who decides, and who received it.
	Agency, AgencyName, Dept, Division, Receiving string
	Sample                                        bool // of the sample city: what would be late by now has been checked
}

// Commit keeps a commitment, in the transaction that stores the material: what
// stood before the applicant, who ticked it and when, and until when it is to be
// checked by whoever decides.
func (m *Module) Commit(ctx context.Context, g Given) error {
	actor, now := identity.FromContext(ctx), m.now(ctx)
	c := Commitment{ID: db.NewIDAt(now), Case: g.Case, Material: g.Need.ID, MaterialName: g.Need.Name, Proof: g.Need.Proof, Item: g.Item, ItemName: g.ItemName,
		Text: strings.Join(Words(g.Need, g.ItemName), "\n"), TextVersion: CommitmentVersion, Account: g.Account, Name: g.Name, GivenBy: actor.Account, GivenByName: actor.Name,
		Channel: g.Channel, GivenAt: now, Agency: g.Agency, AgencyName: g.AgencyName, Dept: g.Dept, Division: g.Division, Receiving: g.Receiving,
		State: CommitmentGiven, Open: 1, DueOn: m.Org.Calendar(ctx, g.Division).AddWorkdays(m.today(ctx), checkDays)}
	if g.Sample && c.DueOn.Before(workday.DateOf(m.Clock.Now(), clock.Beijing)) {
		c.State, c.Open, c.Finding, c.Report, c.CheckerName, c.CheckedAt = CommitmentChecked, 0, CommitmentTrue, "查询有关信息，与承诺一致。", "样例核查人员", &now
	}
	c.IDNo, c.IDNoKey = m.Keys.Seal(commitmentIDNo, c.ID, g.IDNo), m.Keys.Index(commitmentIDNo, g.IDNo)
	if err := m.DB.Conn(ctx).LaterNamed(ctx, "insert commitment", insertCommitment, c); err != nil {
		return err
	}
	return m.countCommitment(ctx, c, 1, 1-c.Open, 0, 0)
}

const insertCommitment = `INSERT INTO proofs_commitment (id, case_number, material, material_name, proof, item, item_name, text, text_version, account, name, id_no, id_no_key,
	given_by, given_by_name, channel, given_at, agency, agency_name, dept, division, receiving, state, open, due_on, finding, report, measures, checker_name, checked_at, told)
	VALUES (:id, :case_number, :material, :material_name, :proof, :item, :item_name, :text, :text_version, :account, :name, :id_no, :id_no_key,
	:given_by, :given_by_name, :channel, :given_at, :agency, :agency_name, :dept, :division, :receiving, :state, :open, :due_on, :finding, :report, :measures, :checker_name, :checked_at, :told)`

func (m *Module) countCommitment(ctx context.Context, c Commitment, given, checked, untrue, taken int) error {
	return m.DB.Conn(ctx).Later(ctx, "count commitments", `INSERT INTO proofs_commitment_tally (agency, agency_name, division, dept, given, checked, untrue, taken)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (agency) DO UPDATE SET given = proofs_commitment_tally.given + excluded.given,
			checked = proofs_commitment_tally.checked + excluded.checked, untrue = proofs_commitment_tally.untrue + excluded.untrue, taken = proofs_commitment_tally.taken + excluded.taken`,
		c.Agency, c.AgencyName, c.Division, c.Dept, given, checked, untrue, taken)
}

// TakeBack ends the commitments about materials of a case that have been handed in
// after all. Inside the transaction that stores them.
func (m *Module) TakeBack(ctx context.Context, number string, materials []string) error {
	if len(materials) == 0 {
		return nil
	}
	w := new(db.Where).And("case_number = ?", number).And("open = 1").In("material", materials)
	var list []Commitment
	if err := m.DB.Conn(ctx).Select(ctx, &list, `SELECT * FROM proofs_commitment`+w.SQL()+` ORDER BY id`, w.Args()...); err != nil {
		return wrap("read commitments of case", err)
	}
	for _, c := range list {
		if _, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE proofs_commitment SET state = $2, open = 0 WHERE id = $1 AND open = 1`, c.ID, CommitmentTaken); err != nil {
			return wrap("take commitment back", err)
		}
		if err := m.countCommitment(ctx, c, 0, 0, 0, 1); err != nil {
			return err
		}
	}
	return nil
}

// Barred says until when somebody may give no commitment, because one they gave
// was untrue: ErrBarred with the day, nil when they may.
func (m *Module) Barred(ctx context.Context, idNo string) error {
	if idNo == "" {
		return nil
	}
	var until workday.Date
	err := m.DB.Conn(ctx).Get(ctx, &until, `SELECT barred_until FROM proofs_commitment WHERE id_no_key = $1 AND barred_until >= $2
		ORDER BY barred_until DESC LIMIT 1`, m.Keys.Index(commitmentIDNo, idNo), m.today(ctx))
	switch {
	case errors.Is(err, db.ErrNoRows):
		return nil
	case err != nil:
		return wrap("look for an untrue commitment", err)
	}
	return ErrBarred.Say("此前作出的承诺经核查不实，%s以前不能用告知承诺，请提交证明材料；信用修复后可以恢复。", until.Chinese())
}
