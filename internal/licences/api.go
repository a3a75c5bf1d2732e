package licences

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"yimen/internal/kit/web"
)

// API adds the module's operations.
func (m *Module) API(api huma.API) {
	web.Op(api, huma.Operation{Method: http.MethodGet, Path: "/api/v1/licences/check", Summary: "验证电子证照：今天是不是有效、为什么", Tags: []string{"证照"}},
		checkGuard, m.apiCheck)
	web.Op(api, huma.Operation{Method: http.MethodPost, Path: "/api/v1/licences/verify", Summary: "验证证照文件：是不是真的、今天是不是有效、为什么", Tags: []string{"证照"},
		MaxBodyBytes: verifyLimit}, verifyGuard, m.apiVerify)
	web.Op(api, huma.Operation{Method: http.MethodGet, Path: "/api/v1/licence-types", Summary: "证照类型", Tags: []string{"证照"}}, web.Public, m.apiTypes)
}

type checkIn struct {
	Identifier string `query:"identifier" required:"true" maxLength:"120" doc:"电子证照标识（GB/T 36904）"`
}

type checkOut struct{ Body checkBody }

type checkBody struct {
	Identifier string `json:"identifier"`
	Type       string `json:"type" doc:"证照类型名称"`
	Holder     string `json:"holder" doc:"持证主体，个人已遮盖"`
	Number     string `json:"number" doc:"证照编号，只有最后四位"`
	Issuer     string `json:"issuer" doc:"颁发机构"`
	IssuedOn   string `json:"issued_on" doc:"颁发日期"`
	State      string `json:"state" enum:"valid,suspended,withdrawn,revoked,cancelled,replaced,lapsed"`
	StateCode  string `json:"state_code" doc:"01有效，02暂扣，03撤销，04注销，05失效，07吊销"`
	Stands     bool   `json:"stands" doc:"今天算数"`
	Why        string `json:"why" doc:"为什么"`
	Newer      string `json:"newer" doc:"换发的新版本的标识，没有为空"`
	Trust      string `json:"trust" enum:"A,B,C,D" doc:"可信等级"`
}

func (m *Module) apiCheck(ctx context.Context, in *checkIn) (*checkOut, error) {
	c, err := m.Check(ctx, in.Identifier)
	if err != nil {
		return nil, err
	}
	return &checkOut{*c.body()}, nil
}

// body is what is told of a licence to anybody.
func (c Checked) body() *checkBody {
	b := &checkBody{}
	b.Identifier, b.Type, b.Holder, b.Number, b.Issuer, b.IssuedOn = c.Identifier, c.TypeName, c.Holder, c.Number, c.Issuer, c.IssuedOn.String()
	b.State, b.StateCode, b.Stands, b.Why, b.Newer, b.Trust = string(c.State), c.State.Code(), c.Stands, c.Why, c.Newer, string(c.Trust)
	return b
}

type typeOut struct {
	ID     string  `json:"id" doc:"事项引用的编号"`
	Code   string  `json:"code" doc:"21位类型代码"`
	Local  bool    `json:"local" doc:"代码由本市暂编"`
	Name   string  `json:"name"`
	Kind   string  `json:"kind"`
	Holder string  `json:"holder" enum:"person,enterprise,both"`
	Dept   string  `json:"dept" doc:"颁发部门"`
	Fields []Field `json:"fields"`
}

type typesOut struct {
	Body struct {
		Items []typeOut `json:"items"`
	}
}

func (m *Module) apiTypes(ctx context.Context, _ *struct{}) (*typesOut, error) {
	list, err := m.Types(ctx)
	if err != nil {
		return nil, err
	}
	out := &typesOut{}
	out.Body.Items = make([]typeOut, len(list))
	for i, t := range list {
		out.Body.Items[i] = typeOut{t.ID, t.Code, t.Assigned, t.Name, t.Kind, t.Holder, t.Dept, t.Fields}
	}
	return out, nil
}
