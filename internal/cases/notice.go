package cases

import (
	"context"
	"errors"
	"fmt"
	"time"

	"yimen/gb"
	"yimen/internal/identity"
	"yimen/internal/kit/audit"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/workday"
)

// Kinds of notices (文书, domain.md §3.6).
const (
	NoticeReceipt     = "receipt"     // 材料收件凭证
	NoticeAcceptance  = "acceptance"  // 受理通知书
	NoticeDeferral    = "deferral"    // 容缺受理通知书
	NoticeRefusal     = "refusal"     // 不予受理决定书
	NoticeCorrection  = "correction"  // 补正材料告知书
	NoticePause       = "pause"       // 特别程序告知书
	NoticeExtension   = "extension"   // 延长审批期限告知书
	NoticeGrant       = "grant"       // 准予决定书
	NoticeDenial      = "denial"      // 不予决定书
	NoticeDelivery    = "delivery"    // 送达回证
	NoticeWithdrawal  = "withdrawal"  // 撤回申请确认书
	NoticeTermination = "termination" // 终止办理通知书
)

// noticeMarks is the word of each kind in a document number (发文机关代字).
var noticeMarks = map[string]string{
	NoticeAcceptance: "受理", NoticeDeferral: "容缺", NoticeRefusal: "不受", NoticeCorrection: "补正", NoticePause: "特程",
	NoticeExtension: "延期", NoticeGrant: "准决", NoticeDenial: "不决", NoticeDelivery: "送达", NoticeWithdrawal: "撤回",
	NoticeTermination: "终止",
}

// Sheet is what a notice says: a snapshot that no later change alters.
type Sheet struct {
	Kind      string       `json:"kind"`
	Title     string       `json:"title"`
	Organ     string       `json:"organ"`      // name of the body that signs
	OrganCode string       `json:"organ_code"` // its agency or outlet code
	DocNo     string       `json:"doc_no"`     // 字号〔年〕号
	Number    string       `json:"number"`     // of the case
	Applicant string       `json:"applicant"`
	IDType    string       `json:"id_type"`
	IDNo      string       `json:"id_no"`
	Phone     string       `json:"phone,omitempty"` // masked; on receipts, as the case has it
	Item      string       `json:"item"`
	Facts     []string     `json:"facts,omitempty"`    // paragraphs
	Basis     string       `json:"basis,omitempty"`    // law and article
	Decision  []string     `json:"decision,omitempty"` // what is decided or told, paragraphs
	Demands   []Deficiency `json:"demands,omitempty"`  // 补正: each with its cure
	Names     []string     `json:"names,omitempty"`    // materials
	Remedies  string       `json:"remedies,omitempty"`
	Contact   string       `json:"contact,omitempty"`
	On        workday.Date `json:"on"`
}

// NoticeRow is a notice in a list.
type NoticeRow struct {
	ID     string    `json:"id"`
	Kind   string    `json:"kind"`
	Title  string    `json:"title"`
	DocNo  string    `json:"doc_no"`
	MadeAt time.Time `json:"made_at"`
}

// Notice is one notice, whole.
type Notice struct {
	NoticeRow
	Sheet Sheet `json:"content"`

	// Masked says that the viewer is shown a part of the applicant's number.
	Masked bool `json:"-"`
}

// Notice gives a notice of a case that the viewer may see; ErrUnknown,
// ErrNoticeUnknown. It is a paper to hand over: those who receive or decide the
// case have it as it was made, others without the middle of the number.
func (m *Module) Notice(ctx context.Context, number, id string) (Notice, error) {
	r, err := m.seen(ctx, number)
	if err != nil {
		return Notice{}, err
	}
	var n noticeRow
	err = m.db.Conn(ctx).Get(ctx, &n, `SELECT id, case_id, kind, agency, year, doc_no, content, made_at
		FROM cases_notice WHERE id = $1 AND case_id = $2`, id, r.ID)
	if errors.Is(err, db.ErrNoRows) {
		return Notice{}, ErrNoticeUnknown
	}
	if err != nil {
		return Notice{}, fmt.Errorf("read notice: %w", err)
	}
	if err := n.reveal(m.Keys); err != nil {
		return Notice{}, err
	}
	sheet, err := n.notice()
	if n.Kind == NoticeReceipt {
		sheet.Sheet.Phone = gb.MaskPhone(r.ApplicantPhone) // whoever finds a slip learns no number
	}
	if a := identity.FromContext(ctx); err == nil && !r.owns(a) && !a.Can(RightSeeInFull, r.place()) {
		sheet.Masked, sheet.Sheet.IDNo = true, gb.MaskIDNumber(gb.IDType(r.ApplicantIDType), sheet.Sheet.IDNo)
	}
	return sheet, err
}

// seen gives a case the viewer may see; ErrUnknown for others. Whoever of the
// staff is asked for an opinion on a case may read that one, wherever they are.
// What is wanted beside it may be asked in the same message.
func (m *Module) seen(ctx context.Context, number string, also ...db.Read) (*record, error) {
	r, err := m.byNumber(ctx, number, also...)
	if err != nil {
		return nil, err
	}
	return r, m.mayRead(ctx, r)
}

func (m *Module) mayRead(ctx context.Context, r *record) error {
	actor := identity.FromContext(ctx)
	if r.visible(actor) {
		return nil
	}
	if actor.IsStaff() {
		if asked, err := m.Workflow.Concerns(ctx, r.Number); asked || err != nil {
			return err
		}
	}
	identity.NoteRefusal(ctx, audit.Entry{Action: "case.read", Object: "case", ObjectID: r.Number}, ErrUnknown)
	return r.unseen(actor)
}

func (n noticeRow) notice() (Notice, error) {
	out := Notice{NoticeRow: NoticeRow{ID: n.ID, Kind: n.Kind, DocNo: n.DocNo, MadeAt: n.MadeAt}}
	if err := fromJSON(n.Content, &out.Sheet); err != nil {
		return out, err
	}
	out.Title = out.Sheet.Title
	return out, nil
}

// issue numbers a notice and stores it; it gives the document number.
func (m *Module) issue(ctx context.Context, t *turn, s Sheet) (string, error) {
	given := s.DocNo != ""
	if s.On.IsZero() {
		s.On = t.today
	}
	year := s.On.Year()
	if !given {
		var err error
		if s.DocNo, err = m.numbered(ctx, t.r, s); err != nil {
			return "", err
		}
	}
	row := noticeRow{
		ID: db.NewID(), CaseID: t.r.ID, Kind: s.Kind, Agency: s.OrganCode, Year: year, DocNo: s.DocNo,
		Content: asJSON(s), MadeAt: t.now,
	}
	if err := m.insertNotice(ctx, row, given); err != nil || m.Sealer == nil {
		return s.DocNo, err
	}
	return s.DocNo, m.Sealer.Issued(ctx, Notice{NoticeRow: NoticeRow{ID: row.ID, Kind: s.Kind, Title: s.Title, DocNo: s.DocNo, MadeAt: row.MadeAt}, Sheet: s})
}

// insertNotice stores a notice; a number that was given may be taken.
func (m *Module) insertNotice(ctx context.Context, row noticeRow, given bool) error {
	if !given {
		return m.db.Conn(ctx).LaterNamed(ctx, "insert notice", insertNotice, row.sealed(m.Keys))
	}
	_, err := m.db.Conn(ctx).ExecNamed(ctx, insertNotice, row.sealed(m.Keys))
	if db.IsUnique(err) {
		return errs.ErrInvalid.Field("document", "该文书编号已被使用，请核对后重新填写。")
	}
	return wrap("insert notice", err)
}

// issueLast numbers and stores a notice as the last thing in the transaction:
// the row that the numbers of an agency are taken from is one that all its cases
// want, and is held until the commit.
func (m *Module) issueLast(ctx context.Context, t *turn, s Sheet) error {
	issue := func(ctx context.Context) error {
		_, err := m.issue(ctx, t, s)
		return err
	}
	if s.Kind == NoticeReceipt || s.DocNo != "" {
		return issue(ctx)
	}
	return m.db.BeforeCommit(ctx, issue)
}

// numbered gives the next document number of the organ, year and kind: 字号〔年〕号
// with the brackets of official documents (U+3014, U+3015). A receipt bears
// the number of the case, of which it is the slip, and the line of the history.
func (m *Module) numbered(ctx context.Context, r *record, s Sheet) (string, error) {
	year := s.On.Year()
	if s.Kind == NoticeReceipt {
		return fmt.Sprintf("收件〔%d〕%s-%d号", year, r.Number, r.HistoryLen), nil
	}
	n, err := m.nextInSequence(ctx, s.OrganCode, year, s.Kind)
	if err != nil {
		return "", err
	}
	organ := s.Organ
	if a, err := m.Org.Agency(ctx, s.OrganCode); err == nil && a.ShortName != "" {
		organ = a.ShortName
	}
	return fmt.Sprintf("%s%s〔%d〕%d号", organ, noticeMarks[s.Kind], year, n), nil
}
