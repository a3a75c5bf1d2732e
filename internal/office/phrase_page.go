package office

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
)

// phrasePage is one's own phrases and those of the agency.
type phrasePage struct {
	form        *web.Form
	edit        phrase // the one that is being changed; no id: a new one
	own, shared []phrase
	items       map[string]string // names by code
	leads       bool
}

// showPhrases lists the phrases; ?edit= opens one to be changed.
func (m *Module) showPhrases(w http.ResponseWriter, r *http.Request) error {
	form, id := web.NewForm(nil), r.URL.Query().Get("edit")
	if id == "" {
		return m.phrasePage(w, r, http.StatusOK, phrase{}, form)
	}
	p, err := m.phraseToChange(r.Context(), id)
	if err != nil {
		return err
	}
	form = web.NewForm(url.Values{"phrase": {p.Text}, "act": {p.Act}, "item": {p.Item}})
	return m.phrasePage(w, r, http.StatusOK, p, form)
}

func (m *Module) phrasePage(w http.ResponseWriter, r *http.Request, status int, edit phrase, form *web.Form) error {
	ctx := r.Context()
	a := identity.FromContext(ctx)
	p := phrasePage{form: form, edit: edit, leads: m.leads(ctx), items: map[string]string{}}
	var err error
	if p.own, err = m.phrasesOf(ctx, a.Account, ""); err != nil {
		return err
	}
	if a.Agency != "" {
		if p.shared, err = m.phrasesOf(ctx, "", a.Agency); err != nil {
			return err
		}
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

// phrasesOf lists what an account, or else an agency, keeps.
func (m *Module) phrasesOf(ctx context.Context, account, agency string) ([]phrase, error) {
	var list []phrase
	err := m.DB.Conn(ctx).Select(ctx, &list, phraseColumns+` WHERE account = $1 AND agency = $2`+inOrder, account, agency)
	if err != nil {
		return nil, fmt.Errorf("read phrases: %w", err)
	}
	return list, nil
}

// phraseToChange gives a phrase that the actor may change: one's own, or the
// agency's for those who lead it. Error: errPhraseUnknown.
func (m *Module) phraseToChange(ctx context.Context, id string) (phrase, error) {
	a, agency := identity.FromContext(ctx), ""
	if m.leads(ctx) {
		agency = a.Agency
	}
	var p phrase
	err := m.DB.Conn(ctx).Get(ctx, &p, phraseColumns+` WHERE id = $1 AND (account = $2 OR (account = '' AND agency <> '' AND agency = $3))`,
		id, a.Account, agency)
	if errors.Is(err, db.ErrNoRows) {
		return p, errPhraseUnknown
	}
	if err != nil {
		return p, fmt.Errorf("read phrase: %w", err)
	}
	return p, nil
}

// readPhrase reads what was typed; what is wrong with it is in the form.
func (m *Module) readPhrase(r *http.Request, form *web.Form) (phrase, error) {
	p := phrase{Text: form.Value("phrase"), Act: form.Value("act")}
	if text := form.Value("item"); text != "" {
		_, code, err := m.itemNamed(r, text)
		if err != nil {
			return p, err
		}
		if p.Item = code; code == "" {
			form.Error("item", "没有找到事项“"+text+"”，请换个说法，或直接输入事项编码。")
		}
	}
	return p, nil
}

func (m *Module) addPhrase(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	p, err := m.readPhrase(r, form)
	if err != nil {
		return err
	}
	if form.OK() {
		if err := form.Merge(m.keepPhrase(r.Context(), p, form.Value("shared") != "")); err != nil {
			return err
		}
	}
	if !form.OK() {
		return m.phrasePage(w, r, http.StatusUnprocessableEntity, phrase{}, form)
	}
	web.Flash(r, "success", "已存为常用意见。")
	return web.Redirect(w, r, "/office/phrases")
}

// changePhrase rewrites, moves or removes one.
func (m *Module) changePhrase(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	p, err := m.phraseToChange(ctx, r.PathValue("id"))
	if err != nil {
		return err
	}
	switch form.Value("do") {
	case "up", "down":
		if err := m.movePhrase(ctx, p, form.Value("do") == "up"); err != nil {
			return err
		}
		return web.Redirect(w, r, "/office/phrases#phrase-"+p.ID)
	case "delete":
		if err := m.deletePhrase(ctx, p); err != nil {
			return err
		}
		web.Flash(r, "success", "已删除。")
		return web.Redirect(w, r, "/office/phrases")
	}
	changed, err := m.readPhrase(r, form)
	if err != nil {
		return err
	}
	if form.OK() {
		if err := form.Merge(m.rewritePhrase(ctx, p, changed)); err != nil {
			return err
		}
	}
	if !form.OK() {
		return m.phrasePage(w, r, http.StatusUnprocessableEntity, p, form)
	}
	web.Flash(r, "success", "已修改。")
	return web.Redirect(w, r, "/office/phrases")
}
