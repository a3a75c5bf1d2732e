package training

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"yimen/internal/kit/db"
	"yimen/internal/kit/web"
)

// API adds the module's operations.
func (m *Module) API(api huma.API) {
	web.Op(api, huma.Operation{Method: http.MethodGet, Path: "/api/v1/training/certificates", Summary: "培训证书，按到期先后", Tags: []string{"培训"}},
		lookGuard, m.apiCertificates)
}

type certificatesIn struct {
	State  string `query:"state" enum:"valid,due,lapsed,revoked" doc:"有效、30天内到期、已过期、已撤销"`
	Course string `query:"course" doc:"课程"`
	Q      string `query:"q" doc:"姓名、证书编号或人员编号"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" doc:"每页行数，默认20"`
	After  string `query:"after" doc:"上一页返回的 next"`
}

type certificateOut struct {
	Number   string `json:"number" doc:"证书编号"`
	Course   string `json:"course" doc:"课程"`
	Title    string `json:"title" doc:"课程名称"`
	Staff    string `json:"staff" doc:"人员编号"`
	Name     string `json:"name"`
	Unit     string `json:"unit" doc:"网点或单位"`
	Division string `json:"division"`
	From     string `json:"from" doc:"有效期起"`
	Until    string `json:"until" doc:"有效期止（含）"`
	State    string `json:"state" doc:"valid、due、lapsed、revoked"`
	Reason   string `json:"reason" doc:"撤销原因，没有为空"`
}

type certificatesOut struct {
	Body struct {
		Items []certificateOut `json:"items"`
		Next  string           `json:"next" doc:"下一页的 after，没有下一页时为空"`
	}
}

func (m *Module) apiCertificates(ctx context.Context, in *certificatesIn) (*certificatesOut, error) {
	list, next, err := m.Certificates(ctx, Find{State: in.State, Course: in.Course, Q: in.Q}, db.Page{Limit: in.Limit, After: in.After})
	if err != nil {
		return nil, err
	}
	out, today := &certificatesOut{}, m.today(ctx)
	out.Body.Items, out.Body.Next = make([]certificateOut, len(list)), next
	for i, c := range list {
		out.Body.Items[i] = certificateOut{c.Number, c.Course, c.Title, c.Staff, c.Name, c.Unit, c.Division, c.From.String(), c.Until.String(), c.State(today), c.Reason}
	}
	return out, nil
}
