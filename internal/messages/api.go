package messages

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/web"
)

// API adds the module's operations: the caller's own box.
func (m *Module) API(api huma.API) {
	op := func(method, path, summary string) huma.Operation {
		return huma.Operation{Method: method, Path: "/api/v1/" + path, Summary: summary, Tags: []string{"消息"}}
	}
	web.Op(api, op(http.MethodGet, "messages", "自己的消息，未读在前"), identity.SignedIn(), m.apiList)
	web.Op(api, op(http.MethodPost, "messages/{id}/read", "读一条消息，并标为已读"), identity.SignedIn(), m.apiRead)
	web.Op(api, op(http.MethodPost, "messages/read", "全部标为已读"), identity.SignedIn(), m.apiReadAll)
}

type listIn struct {
	Unread bool   `query:"unread" doc:"只要未读"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" doc:"每页行数，默认20"`
	After  string `query:"after" doc:"上一页返回的 next"`
}

type messageOut struct {
	ID        string     `json:"id"`
	Template  string     `json:"template" doc:"通知种类，如 case.accepted"`
	Title     string     `json:"title"`
	Text      string     `json:"text"`
	Link      string     `json:"link" doc:"本站页面的路径，没有为空"`
	Case      string     `json:"case" doc:"办件编号，没有为空"`
	Required  bool       `json:"required" doc:"依法必须告知"`
	Unread    bool       `json:"unread"`
	CreatedAt time.Time  `json:"created_at"`
	ReadAt    *time.Time `json:"read_at"`
}

func (x Message) out() messageOut {
	return messageOut{x.ID, x.Template, x.Title, x.Text, x.Link, x.About, x.Required, x.Unread(), x.CreatedAt, x.ReadAt}
}

type listOut struct {
	Body struct {
		Items  []messageOut `json:"items"`
		Next   string       `json:"next" doc:"下一页的 after，没有下一页时为空"`
		Unread int          `json:"unread" doc:"未读总数"`
	}
}

func (m *Module) apiList(ctx context.Context, in *listIn) (*listOut, error) {
	list, next, err := m.List(ctx, in.Unread, db.Page{Limit: in.Limit, After: in.After})
	if err != nil {
		return nil, err
	}
	out := &listOut{}
	out.Body.Next = next
	for _, x := range list {
		out.Body.Items = append(out.Body.Items, x.out())
	}
	out.Body.Unread, err = m.Unread(ctx)
	return out, err
}

type idIn struct {
	ID string `path:"id"`
}

type messageBody struct{ Body messageOut }

func (m *Module) apiRead(ctx context.Context, in *idIn) (*messageBody, error) {
	x, err := m.Open(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	x.Fresh = 0
	return &messageBody{x.out()}, nil
}

type unreadOut struct {
	Body struct {
		Unread int `json:"unread" doc:"未读总数"`
	}
}

func (m *Module) apiReadAll(ctx context.Context, _ *struct{}) (*unreadOut, error) {
	if err := m.ReadAll(ctx); err != nil {
		return nil, err
	}
	out := &unreadOut{}
	var err error
	out.Body.Unread, err = m.Unread(ctx)
	return out, err
}
