package messages

import (
	"net/http"
	"net/url"
	"strconv"

	"yimen/gb"
	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/web"
)

type deliveriesPage struct {
	f      Filter
	list   []delivery
	next   string
	paged  bool
	counts map[string]map[State]int
}

// deliveriesPage lists what left or was to leave.
func (m *Module) deliveriesPage(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	p := deliveriesPage{f: Filter{q.Get("channel"), State(q.Get("state")), q.Get("template")}, paged: q.Get("after") != ""}
	var err error
	if p.list, p.next, err = m.deliveries(r.Context(), p.f, db.Page{Limit: 50, After: q.Get("after")}); err != nil {
		return err
	}
	if p.counts, err = m.counts(r.Context()); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, deliveriesView(p))
}

func (m *Module) retryOne(w http.ResponseWriter, r *http.Request) error {
	if err := m.Retry(r.Context(), r.PathValue("id")); err != nil {
		return err
	}
	web.Flash(r, "success", "已安排重新发送。")
	return web.Redirect(w, r, deliveriesURL(Filter{State: Failed}, ""))
}

func (m *Module) retryFailed(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	n, err := m.RetryFailed(r.Context(), form.Value("channel"))
	if err != nil {
		return err
	}
	web.Flash(r, "success", "已安排重新发送"+strconv.Itoa(n)+"条。")
	return web.Redirect(w, r, deliveriesURL(Filter{}, ""))
}

// outboxPage shows what would have left, in the sample city.
func (m *Module) outboxPage(w http.ResponseWriter, r *http.Request) error {
	ctx := identity.With(r.Context(), identity.System("outbox"))
	after := r.URL.Query().Get("after")
	list, next, err := m.deliveries(ctx, Filter{Channel: r.URL.Query().Get("channel")}, db.Page{Limit: 30, After: after})
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, outboxView(outboxPage{r.URL.Query().Get("channel"), list, next, after != ""}))
}

type outboxPage struct {
	channel string
	list    []delivery
	next    string
	paged   bool
}

func (p outboxPage) nextURL() string {
	if p.next == "" {
		return ""
	}
	return "/demo/outbox?" + url.Values{"channel": {p.channel}, "after": {p.next}}.Encode()
}

func deliveriesURL(f Filter, after string) string {
	v := url.Values{}
	for name, value := range map[string]string{"channel": f.Channel, "state": string(f.State), "template": f.Template, "after": after} {
		if value != "" {
			v.Set(name, value)
		}
	}
	if len(v) == 0 {
		return "/admin/messages/deliveries"
	}
	return "/admin/messages/deliveries?" + v.Encode()
}

func (p deliveriesPage) nextURL() string {
	if p.next == "" {
		return ""
	}
	return deliveriesURL(p.f, p.next)
}

func (p deliveriesPage) firstURL() string {
	if !p.paged {
		return ""
	}
	return deliveriesURL(p.f, "")
}

var stateNames = map[State]string{Waiting: "等待发送", Sending: "正在发送", Sent: "已发出", Failed: "发送失败", Skipped: "没有发送"}

var stateTones = map[State]string{Waiting: "info", Sending: "info", Sent: "success", Failed: "danger", Skipped: "warning"}

var states = []State{Waiting, Sending, Sent, Failed, Skipped}

var channelNames = map[string]string{SMS: "短信", Mail: "邮件"}

// masked is the address as administrators see it.
func (d delivery) masked() string {
	if d.Channel == SMS {
		return gb.MaskPhone(d.Address)
	}
	return maskMail(d.Address)
}

func templateName(key string) string {
	if t, ok := named(key); ok {
		return t.Name
	}
	return key
}
