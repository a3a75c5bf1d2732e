package office

import (
	"context"
	"fmt"
	"net/http"
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

const phraseColumns = `SELECT id, account, agency, item, act, phrase, used, created_at FROM office_phrase`

// phrases are the opinions offered for an act on a case of an item: one's own
// and the agency's by how often they were used, then those that everybody
// writes.
func (m *Module) phrases(ctx context.Context, act, item string) ([]string, error) {
	a := identity.FromContext(ctx)
	var rows []phrase
	err := m.DB.Conn(ctx).Select(ctx, &rows, phraseColumns+` WHERE (account = $1 OR (account = '' AND agency <> '' AND agency = $2))
		AND (act = '' OR act = $3) AND (item = '' OR item = $4) ORDER BY used DESC, id LIMIT $5`, a.Account, a.Agency, act, item, offered)
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
	var f errs.Fields
	p.Text = strings.TrimSpace(p.Text)
	if n := utf8.RuneCountInString(p.Text); n == 0 || n > maxPhrase {
		f.Add("phrase", "请写1至%d个字的意见。", maxPhrase)
	}
	if _, ok := actNames()[p.Act]; p.Act != "" && !ok {
		f.Add("act", "请从列表中选择。")
	}
	p.Account, p.Agency = a.Account, ""
	if shared {
		p.Account, p.Agency = "", a.Agency
		if !m.leads(ctx) {
			f.Add("shared", "只有科（股）长、单位负责人可以设为全单位共用。")
		}
	}
	if !f.Empty() {
		e := errPhrase
		for _, x := range f.List() {
			e = e.Field(x.Name, x.Message)
		}
		return e
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

// phrasePage is one's own phrases and those of the agency.
type phrasePage struct {
	form        *web.Form
	own, shared []phrase
	items       map[string]string // names by code
	leads       bool
}

func (m *Module) showPhrases(w http.ResponseWriter, r *http.Request) error {
	return m.phrasePage(w, r, http.StatusOK, web.NewForm(nil))
}

func (m *Module) phrasePage(w http.ResponseWriter, r *http.Request, status int, form *web.Form) error {
	ctx := r.Context()
	a := identity.FromContext(ctx)
	p := phrasePage{form: form, leads: m.leads(ctx), items: map[string]string{}}
	err := m.DB.Conn(ctx).Select(ctx, &p.own, phraseColumns+` WHERE account = $1 ORDER BY used DESC, id`, a.Account)
	if err == nil && a.Agency != "" {
		err = m.DB.Conn(ctx).Select(ctx, &p.shared, phraseColumns+` WHERE account = '' AND agency = $1 ORDER BY used DESC, id`, a.Agency)
	}
	if err != nil {
		return fmt.Errorf("read phrases: %w", err)
	}
	for _, x := range slices.Concat(p.own, p.shared) {
		if x.Item == "" || p.items[x.Item] != "" {
			continue
		}
		v, err := m.Catalogue.Current(ctx, x.Item)
		if err != nil && errs.KindOf(err) != errs.NotFound {
			return err
		}
		p.items[x.Item] = orText(v.Definition.Name, x.Item)
	}
	return web.Render(w, r, status, phrasesView(p))
}

func (m *Module) addPhrase(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	p := phrase{Text: form.Value("phrase"), Act: form.Value("act")}
	if text := form.Value("item"); text != "" {
		_, code, err := m.itemNamed(r, text)
		if err != nil {
			return err
		}
		if p.Item = code; code == "" {
			form.Error("item", "没有找到事项“"+text+"”，请换个说法，或直接输入事项编码。")
		}
	}
	if form.OK() {
		if err := form.Merge(m.keepPhrase(r.Context(), p, form.Value("shared") != "")); err != nil {
			return err
		}
	}
	if !form.OK() {
		return m.phrasePage(w, r, http.StatusUnprocessableEntity, form)
	}
	web.Flash(r, "success", "已存为常用意见。")
	return web.Redirect(w, r, "/office/phrases")
}

func (m *Module) deletePhrase(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	a, agency := identity.FromContext(ctx), ""
	if m.leads(ctx) {
		agency = a.Agency
	}
	n, err := m.DB.Conn(ctx).Exec(ctx, `DELETE FROM office_phrase WHERE id = $1 AND (account = $2 OR (account = '' AND agency <> '' AND agency = $3))`,
		r.PathValue("id"), a.Account, agency)
	if err != nil {
		return fmt.Errorf("delete phrase: %w", err)
	}
	if n == 0 {
		return errPhraseUnknown
	}
	web.Flash(r, "success", "已删除。")
	return web.Redirect(w, r, "/office/phrases")
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
