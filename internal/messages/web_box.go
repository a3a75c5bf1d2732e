package messages

import (
	"net/http"
	"net/url"

	"yimen/internal/kit/db"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
)

type boxPage struct {
	place
	list   []Message
	unread int
	only   bool // unread ones
	next   string
	paged  bool
}

// list shows the reader's messages, unread ones first.
func (p place) list(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	page := boxPage{place: p, only: q.Get("show") == "unread", paged: q.Get("after") != ""}
	var err error
	page.list, page.next, err = p.m.List(r.Context(), page.only, db.Page{Limit: 20, After: q.Get("after")})
	if err != nil {
		return err
	}
	if page.unread, err = p.m.Unread(r.Context()); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, boxView(page))
}

// open shows one message; that it was opened is noted.
func (p place) open(w http.ResponseWriter, r *http.Request) error {
	x, err := p.m.Open(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, messageView(p, x))
}

func (p place) readAll(w http.ResponseWriter, r *http.Request) error {
	if err := p.m.ReadAll(r.Context()); err != nil {
		return err
	}
	web.Flash(r, "success", "全部消息已标为已读。")
	return web.Redirect(w, r, p.box)
}

func (p place) hide(w http.ResponseWriter, r *http.Request) error {
	if err := p.m.Hide(r.Context(), r.PathValue("id")); err != nil {
		return err
	}
	web.Flash(r, "success", "消息已删除；相关办件不受影响。")
	return web.Redirect(w, r, p.box)
}

func (p place) listURL(only bool, after string) string {
	v := url.Values{}
	if only {
		v.Set("show", "unread")
	}
	if after != "" {
		v.Set("after", after)
	}
	if len(v) == 0 {
		return p.box
	}
	return p.box + "?" + v.Encode()
}

func (p boxPage) nextURL() string {
	if p.next == "" {
		return ""
	}
	return p.listURL(p.only, p.next)
}

func (p boxPage) firstURL() string {
	if !p.paged {
		return ""
	}
	return p.listURL(p.only, "")
}

// opts is the frame of the pages of a box.
func (p place) opts(title string, crumbs ...ui.Crumb) ui.PageOpts {
	return ui.PageOpts{Title: title, Face: p.face, Styles: []string{"messages.css"}, Narrow: true,
		Breadcrumb: append(append([]ui.Crumb{p.crumb}, crumbs...), ui.Crumb{Label: title})}
}

// linkLabel says where the link of a message leads.
func linkLabel(x Message) string {
	if x.About != "" {
		return "查看办件"
	}
	return "去看看"
}
