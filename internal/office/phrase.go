package office

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"yimen/internal/cases"
	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
	"yimen/internal/workflow"
)

// phrase is an opinion that is written often.
type phrase struct {
	ID      string    `db:"id"`
	Account string    `db:"account"` // "": the agency's
	Agency  string    `db:"agency"`
	Item    string    `db:"item"` // "": all items
	Act     string    `db:"act"`  // "": all acts
	Text    string    `db:"phrase"`
	Used    int       `db:"used"`
	Place   int       `db:"place"` // among those of its owner, from 1; 0: by use
	At      time.Time `db:"created_at"`
}

const (
	maxPhrase   = 300 // characters
	mostPhrases = 200 // of one account, of one agency
	offered     = 12  // beside an opinion
)

var (
	errPhrase        = errs.Define(errs.Invalid, "office_phrase_invalid", "常用意见没有保存，请按提示修改。")
	errPhraseUnknown = errs.Define(errs.NotFound, "office_phrase_unknown", "没有这条常用意见，可能已经删除。")
)

const phraseColumns = `SELECT id, account, agency, item, act, phrase, used, place, created_at FROM office_phrase`

// inOrder puts first what its owner has put in order, one's own before the
// agency's; the others follow by how often they are used.
const inOrder = ` ORDER BY CASE WHEN place = 0 THEN 2 WHEN account <> '' THEN 0 ELSE 1 END, place, used DESC, id`

// phrases are the opinions offered for an act on a case of an item: one's own
// and the agency's, then those that everybody writes.
func (m *Module) phrases(ctx context.Context, act, item string) ([]string, error) {
	a := identity.FromContext(ctx)
	var rows []phrase
	err := m.DB.Conn(ctx).Select(ctx, &rows, phraseColumns+` WHERE (account = $1 OR (account = '' AND agency <> '' AND agency = $2))
		AND (act = '' OR act = $3) AND (item = '' OR item = $4)`+inOrder+` LIMIT $5`, a.Account, a.Agency, act, item, offered)
	if err != nil {
		return nil, fmt.Errorf("read phrases: %w", err)
	}
	var list []string
	for _, r := range rows {
		if !slices.Contains(list, r.Text) {
			list = append(list, r.Text)
		}
	}
	for _, text := range usualPhrases[act] {
		if len(list) < offered && !slices.Contains(list, text) {
			list = append(list, text)
		}
	}
	return list, nil
}

// opinionOf is what was written, or the phrase that was chosen instead.
func opinionOf(f *web.Form) string {
	if text := f.Value("opinion"); text != "" {
		return text
	}
	return f.Value("phrase")
}

// used counts a phrase that was written once more.
func (m *Module) used(ctx context.Context, text string) error {
	if text == "" {
		return nil
	}
	a := identity.FromContext(ctx)
	_, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE office_phrase SET used = used + 1 WHERE phrase = $1
		AND (account = $2 OR (account = '' AND agency <> '' AND agency = $3))`, text, a.Account, a.Agency)
	if err != nil {
		return fmt.Errorf("count phrase: %w", err)
	}
	return nil
}

// keepPhrase adds a phrase of one's own, or of the agency for those who lead
// it. One that is there already stays as it is.
func (m *Module) keepPhrase(ctx context.Context, p phrase, shared bool) error {
	a := identity.FromContext(ctx)
	p.Account, p.Agency = a.Account, ""
	f := p.check()
	if shared {
		p.Account, p.Agency = "", a.Agency
		if !m.leads(ctx) {
			f.Add("shared", "只有科（股）长、单位负责人可以设为全单位共用。")
		}
	}
	if !f.Empty() {
		return wrongPhrase(f)
	}
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		var n int
		err := m.DB.Conn(ctx).Get(ctx, &n, `SELECT COUNT(*) FROM office_phrase WHERE account = $1 AND agency = $2`, p.Account, p.Agency)
		if err != nil {
			return fmt.Errorf("count phrases: %w", err)
		}
		if n >= mostPhrases {
			return errPhrase.Field("phrase", fmt.Sprintf("最多保存%d条，请先删除不用的。", mostPhrases))
		}
		_, err = m.DB.Conn(ctx).Exec(ctx, `INSERT INTO office_phrase (id, account, agency, item, act, phrase, used, created_at)
			VALUES ($1, $2, $3, $4, $5, $6, 0, $7) ON CONFLICT (account, agency, item, act, phrase) DO NOTHING`,
			db.NewID(), p.Account, p.Agency, p.Item, p.Act, p.Text, m.now(ctx))
		if err != nil {
			return fmt.Errorf("keep phrase: %w", err)
		}
		return nil
	})
}

// check trims a phrase and says what is wrong with it.
func (p *phrase) check() errs.Fields {
	var f errs.Fields
	p.Text = strings.TrimSpace(p.Text)
	if n := utf8.RuneCountInString(p.Text); n == 0 || n > maxPhrase {
		f.Add("phrase", "请写1至%d个字的意见。", maxPhrase)
	}
	if _, ok := actNames()[p.Act]; p.Act != "" && !ok {
		f.Add("act", "请从列表中选择。")
	}
	return f
}

func wrongPhrase(f errs.Fields) error {
	e := errPhrase
	for _, x := range f.List() {
		e = e.Field(x.Name, x.Message)
	}
	return e
}

// rewritePhrase changes the words of a phrase and where it is offered. How
// often it was used and where it stands stay.
func (m *Module) rewritePhrase(ctx context.Context, p, to phrase) error {
	if f := to.check(); !f.Empty() {
		return wrongPhrase(f)
	}
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		var same int
		err := m.DB.Conn(ctx).Get(ctx, &same, `SELECT COUNT(*) FROM office_phrase
			WHERE account = $1 AND agency = $2 AND item = $3 AND act = $4 AND phrase = $5 AND id <> $6`,
			p.Account, p.Agency, to.Item, to.Act, to.Text, p.ID)
		if err != nil {
			return fmt.Errorf("look for the same phrase: %w", err)
		}
		if same > 0 {
			return errPhrase.Field("phrase", "已经有同样的一条，不用再存。")
		}
		_, err = m.DB.Conn(ctx).Exec(ctx, `UPDATE office_phrase SET item = $2, act = $3, phrase = $4 WHERE id = $1`, p.ID, to.Item, to.Act, to.Text)
		if err != nil {
			return fmt.Errorf("rewrite phrase: %w", err)
		}
		return nil
	})
}

// movePhrase puts a phrase before its neighbour, or behind it. From then on
// the list stands as its owner has put it, and not by use.
func (m *Module) movePhrase(ctx context.Context, p phrase, up bool) error {
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		list, err := m.phrasesOf(ctx, p.Account, p.Agency)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(list, func(x phrase) bool { return x.ID == p.ID })
		j := i + 1
		if up {
			j = i - 1
		}
		if i < 0 || j < 0 || j >= len(list) {
			return nil // first or last already
		}
		list[i], list[j] = list[j], list[i]
		for n, x := range list {
			if x.Place == n+1 {
				continue
			}
			if _, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE office_phrase SET place = $2 WHERE id = $1`, x.ID, n+1); err != nil {
				return fmt.Errorf("put phrases in order: %w", err)
			}
		}
		return nil
	})
}

func (m *Module) deletePhrase(ctx context.Context, p phrase) error {
	if _, err := m.DB.Conn(ctx).Exec(ctx, `DELETE FROM office_phrase WHERE id = $1`, p.ID); err != nil {
		return fmt.Errorf("delete phrase: %w", err)
	}
	return nil
}

// phraseFault puts what is wrong with a phrase beside the opinion it was taken
// from.
func phraseFault(err error) error {
	if e := errs.From(err); e.Kind == errs.Invalid {
		if len(e.Fields) > 0 {
			return e.Field("opinion", e.Fields[0].Message)
		}
		return e.Field("opinion", e.Message)
	}
	return err
}

// actNames are the acts that have opinions, by name.
func actNames() map[string]string {
	names := map[string]string{}
	for _, a := range taskActs {
		names[a.Name] = a.Button
	}
	for _, a := range acts {
		names[string(a.Verb)] = a.Label()
	}
	delete(names, workflow.ActClaim)
	delete(names, workflow.ActUnclaim)
	return names
}

// actOptions are the acts a phrase may be for, in the order of their buttons.
func actOptions() []ui.Option {
	names := actNames()
	var options []ui.Option
	for _, name := range []string{workflow.ActApprove, workflow.ActReturn, workflow.ActRefuse, workflow.ActAddApprover, workflow.ActRemind,
		string(cases.VerbAccept), string(cases.VerbRefuseAcceptance), string(cases.VerbDecide), string(cases.VerbPause), string(cases.VerbExtend)} {
		options = append(options, ui.Option{Value: name, Label: names[name]})
	}
	return options
}
