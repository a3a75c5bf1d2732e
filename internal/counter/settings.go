package counter

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/web"
)

// Papers on which a window prints its receipts.
const (
	paperA4   = "a4"
	paperRoll = "80mm"
)

var papers = []string{paperA4, paperRoll}

// settingsPage is what a clerk sets for their window.
type settingsPage struct {
	paper   string
	readers []reader
	token   string // of a reader connected just now, shown once
	form    *web.Form
}

func (m *Module) settingsOf(ctx context.Context) (settingsPage, error) {
	p := settingsPage{form: web.NewForm(nil)}
	var err error
	if p.paper, err = m.paper(ctx); err != nil {
		return p, err
	}
	p.readers, err = m.readers(ctx)
	return p, err
}

func (m *Module) settings(w http.ResponseWriter, r *http.Request) error {
	p, err := m.settingsOf(r.Context())
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, settingsView(p))
}

// savePaper keeps which paper the window prints on.
func (m *Module) savePaper(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	ctx, paper := r.Context(), f.Value("paper")
	if !slices.Contains(papers, paper) {
		p, err := m.settingsOf(ctx)
		if err != nil {
			return err
		}
		f.Error("paper", "请选择 A4 纸或80毫米小票纸。")
		p.form = f
		return web.Render(w, r, http.StatusUnprocessableEntity, settingsView(p))
	}
	place, err := m.place(ctx)
	if err != nil {
		return err
	}
	_, err = m.DB.Conn(ctx).Exec(ctx, `INSERT INTO counter_setting (place, paper, updated_at) VALUES ($1, $2, $3)
		ON CONFLICT (place) DO UPDATE SET paper = excluded.paper, updated_at = excluded.updated_at`, place, paper, m.now(ctx))
	if err != nil {
		return wrap("keep paper", err)
	}
	web.Flash(r, "success", "已保存。这个窗口以后默认用"+paperName(paper)+"打印凭证。")
	return web.Redirect(w, r, "/counter/settings")
}

// paper is what the window prints on; A4 until somebody says otherwise.
func (m *Module) paper(ctx context.Context) (string, error) {
	place, err := m.place(ctx)
	if err != nil {
		return paperA4, err
	}
	paper := paperA4
	err = m.DB.Conn(ctx).Get(ctx, &paper, `SELECT paper FROM counter_setting WHERE place = $1`, place)
	if errors.Is(err, db.ErrNoRows) {
		return paperA4, nil
	}
	return paper, wrap("read paper", err)
}

// place is whose setting it is: the counter's, else the account's.
func (m *Module) place(ctx context.Context) (string, error) {
	if m.Hall != nil {
		seat, ok, err := m.Hall.SeatOf(ctx)
		if err != nil {
			return "", err
		}
		if ok {
			return "counter:" + seat.ID, nil
		}
	}
	return "account:" + identity.FromContext(ctx).Account, nil
}

func (m *Module) connectReader(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	ctx, name := r.Context(), f.Value("name")
	if name == "" || len([]rune(name)) > 40 {
		p, err := m.settingsOf(ctx)
		if err != nil {
			return err
		}
		f.Error("name", "请给读卡器起个名字，例如“1号窗口读卡器”，不超过40个字。")
		p.form = f
		return web.Render(w, r, http.StatusUnprocessableEntity, settingsView(p))
	}
	token, err := m.connect(ctx, name)
	if err != nil {
		return err
	}
	p, err := m.settingsOf(ctx)
	if err != nil {
		return err
	}
	p.token = token
	return web.Render(w, r, http.StatusOK, settingsView(p))
}

func (m *Module) removeReader(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	if err := m.disconnect(r.Context(), f.Value("reader")); err != nil {
		return err
	}
	web.Flash(r, "info", "读卡器已停用，它的令牌不能再用。")
	return web.Redirect(w, r, "/counter/settings")
}

func paperName(paper string) string {
	if paper == paperRoll {
		return " 80毫米小票纸"
	}
	return " A4 纸"
}
