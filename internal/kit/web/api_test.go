package web_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/internal/kit/web"
	"yimen/internal/kit/webtest"
)

type caseInput struct {
	Number string `path:"number" maxLength:"20"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"20"`
	Body   struct {
		Channel   string `json:"channel" enum:"window,web,mobile" doc:"渠道"`
		Opinion   string `json:"opinion,omitempty" minLength:"2" maxLength:"10"`
		Day       string `json:"day,omitempty" format:"date"`
		Applicant struct {
			Name string `json:"name"`
			IDNo string `json:"id_no" pattern:"^[0-9]{17}[0-9X]$" patternDescription:"18位身份证号"`
		} `json:"applicant"`
		Materials []struct {
			ID    string `json:"id"`
			Count int    `json:"count,omitempty"`
		} `json:"materials,omitempty" maxItems:"2"`
	}
}

type caseOutput struct {
	Status int
	Body   struct {
		Number  string   `json:"number"`
		Channel string   `json:"channel"`
		ID      string   `json:"id"`
		Addr    string   `json:"addr"`
		Items   []string `json:"items"`
		Raw     []byte   `json:"raw,omitempty"`
	}
}

func caseAPI(d *db.DB, handle func(context.Context, *caseInput) error) *web.Router {
	rt := web.NewRouter(web.Options{DB: d, Clock: clock.NewFake(morning)})
	a := web.NewAPI(rt, "一门", "1.0")
	op := huma.Operation{Method: "POST", Path: "/api/v1/cases/{number}", Tags: []string{"办件"}, Summary: "办理", DefaultStatus: 201, MaxBodyBytes: 2000}
	web.Op(a, op, web.Public, func(ctx context.Context, in *caseInput) (*caseOutput, error) {
		if handle != nil {
			if err := handle(ctx, in); err != nil {
				return nil, err
			}
		}
		out := &caseOutput{Status: 201}
		out.Body.Number, out.Body.Channel, out.Body.ID, out.Body.Addr = in.Number, in.Body.Channel, db.NewID(), web.AddrOf(ctx)
		return out, nil
	})
	web.Op(a, huma.Operation{Method: "GET", Path: "/api/v1/secret", Tags: []string{"办件"}}, deny(errTestDenied),
		func(context.Context, *struct{}) (*struct{}, error) { return nil, nil })
	return rt
}

const goodCase = `{"channel": "web", "applicant": {"name": "盘小妹", "id_no": "44023219900101123X"}}`

func TestOperation(t *testing.T) {
	c := webtest.New(t, caseAPI(nil, nil))
	var got struct{ Number, Channel, Addr string }
	c.JSON("POST", "/api/v1/cases/SG1", goodCase).Status(201).Must(`"items":[]`).MustNot("$schema", "raw").Decode(&got)
	if got.Number != "SG1" || got.Channel != "web" || got.Addr != "192.0.2.1" {
		t.Errorf("answer is %+v", got)
	}
	if p := c.JSON("GET", "/api/v1/secret", nil).Status(403).Problem(); p.Code != "test_denied" {
		t.Errorf("problem is %+v", p)
	}
}

func TestInvalidInputIsToldInChinese(t *testing.T) {
	c := webtest.New(t, caseAPI(nil, nil))
	for _, k := range []struct{ name, path, body, field, message string }{
		{"required", "SG1", `{"channel": "web", "applicant": {"id_no": "44023219900101123X"}}`, "applicant.name", "必填"},
		{"required object", "SG1", `{"channel": "web"}`, "applicant", "必填"},
		{"type", "SG1", `{"channel": 5, "applicant": {"name": "a", "id_no": "44023219900101123X"}}`, "channel", "应为文字"},
		{"enum", "SG1", `{"channel": "post", "applicant": {"name": "a", "id_no": "44023219900101123X"}}`, "channel", "只能是下列之一：window, web, mobile"},
		{"pattern", "SG1", `{"channel": "web", "applicant": {"name": "a", "id_no": "1"}}`, "applicant.id_no", "格式不对，应为18位身份证号"},
		{"min length", "SG1", strings.Replace(goodCase, `{`, `{"opinion": "好", `, 1), "opinion", "至少填写2个字"},
		{"max length", "SG1", strings.Replace(goodCase, `{`, `{"opinion": "一二三四五六七八九十百", `, 1), "opinion", "最多填写10个字"},
		{"format", "SG1", strings.Replace(goodCase, `{`, `{"day": "9/30", `, 1), "day", "应为日期，如2026-09-30"},
		{"unexpected", "SG1", strings.Replace(goodCase, `{`, `{"colour": "red", `, 1), "colour", "没有这一项，请去掉"},
		{"inside a list", "SG1", strings.Replace(goodCase, `{`, `{"materials": [{"id": "a"}, {"id": "b", "count": "x"}], `, 1), "materials.1.count", "应为整数"},
		{"missing in a list", "SG1", strings.Replace(goodCase, `{`, `{"materials": [{}], `, 1), "materials.0.id", "必填"},
		{"list too long", "SG1", strings.Replace(goodCase, `{`, `{"materials": [{"id":"a"},{"id":"b"},{"id":"c"}], `, 1), "materials", "最多只能有2项"},
		{"path", "SG123456789012345678901", goodCase, "number", "最多填写20个字"},
		{"query", "SG1?limit=500", goodCase, "limit", "不能大于200"},
		{"query type", "SG1?limit=many", goodCase, "limit", "应为整数"},
	} {
		t.Run(k.name, func(t *testing.T) {
			p := c.JSON("POST", "/api/v1/cases/"+k.path, k.body).Status(422).Problem()
			if p.Code != "invalid_input" || p.Field(k.field) != k.message {
				t.Errorf("problem is %+v, want %s: %s", p, k.field, k.message)
			}
		})
	}
}

func TestUnreadableInput(t *testing.T) {
	c := webtest.New(t, caseAPI(nil, nil))
	for _, k := range []struct {
		name, contentType, body, code string
		status                        int
	}{
		{"not JSON", "application/json", `{"channel": `, "json_unreadable", 400},
		{"no body", "application/json", ``, "body_required", 400},
		{"media type", "text/csv", `a,b`, "media_type_unsupported", 415},
		{"too large", "application/json", `{"channel": "` + strings.Repeat("x", 3000) + `"}`, "body_too_large", 413},
	} {
		t.Run(k.name, func(t *testing.T) {
			p := c.Do("POST", "/api/v1/cases/SG1", k.contentType, strings.NewReader(k.body)).Status(k.status).Problem()
			if p.Code != k.code || p.RequestID == "" {
				t.Errorf("problem is %+v", p)
			}
		})
	}
	keyed := c.With("Idempotency-Key", "k")
	keyed.JSON("POST", "/api/v1/cases/SG1", `{"channel": "`+strings.Repeat("x", 3000)+`"}`).Status(413)
}

func TestErrorsOfOperations(t *testing.T) {
	var log bytes.Buffer
	slogger := slog.New(slog.NewJSONHandler(&log, nil))
	var fail error
	rt := web.NewRouter(web.Options{Log: slogger})
	web.Op(web.NewAPI(rt, "一门", "1"), huma.Operation{Method: "GET", Path: "/api/v1/x"}, web.Public,
		func(context.Context, *struct{}) (*struct{}, error) { return nil, fail })
	c := webtest.New(t, rt)

	fail = errTestConflict.Allowed("correct", "withdraw")
	p := c.Get("/api/v1/x").Status(409).Problem()
	if p.Code != "test_conflict" || strings.Join(p.Allowed, " ") != "correct withdraw" {
		t.Errorf("problem is %+v", p)
	}
	log.Reset()
	fail = errors.New("boom")
	p = c.Get("/api/v1/x").Status(500).MustNot("boom").Problem()
	if p.Code != "internal" || strings.Count(log.String(), "boom") != 1 || !strings.Contains(log.String(), p.RequestID) {
		t.Errorf("problem is %+v, log %s", p, &log)
	}
	fail = db.ErrFull
	page := c.Get("/api/v1/x").Status(503)
	if page.Header().Get("Retry-After") != "10" || page.Problem().Code != "disk_full" {
		t.Errorf("answer is %+v %v", page.Body, page.Header())
	}
}

func TestOperationTakesEffectOnce(t *testing.T) {
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB) {
		runs := 0
		c := webtest.New(t, caseAPI(d, func(ctx context.Context, _ *caseInput) error {
			runs++
			if !d.InTxNow(ctx) {
				t.Error("a keyed operation runs outside its transaction")
			}
			return nil
		})).With("Idempotency-Key", "key")
		first := c.JSON("POST", "/api/v1/cases/SG1", goodCase).Status(201)
		again := c.JSON("POST", "/api/v1/cases/SG1", goodCase).Status(201)
		if first.Body != again.Body || again.Header().Get("Content-Type") != first.Header().Get("Content-Type") || runs != 1 {
			t.Errorf("ran %d times; answers %s and %s", runs, first.Body, again.Body)
		}
		p := c.JSON("POST", "/api/v1/cases/SG1", strings.Replace(goodCase, "web", "mobile", 1)).Status(422).Problem()
		if p.Code != "idempotency_key_reused" {
			t.Errorf("problem is %+v", p)
		}
	})
}

func TestDescription(t *testing.T) {
	rt := caseAPI(nil, nil)
	c := webtest.New(t, rt)
	var spec struct {
		OpenAPI string
		Paths   map[string]map[string]struct {
			OperationID string
			Security    []map[string][]string
			Parameters  []struct{ Name, In string }
			Responses   map[string]struct {
				Content map[string]any
			}
			Guard string `json:"x-guard"`
		}
	}
	c.Get("/openapi.json").Status(200).MustNot("3.0").Decode(&spec)
	if !strings.HasPrefix(spec.OpenAPI, "3.1") {
		t.Errorf("description is of OpenAPI %s", spec.OpenAPI)
	}
	post, secret := spec.Paths["/api/v1/cases/{number}"]["post"], spec.Paths["/api/v1/secret"]["get"]
	if post.OperationID != "post-cases-number" || len(post.Security) != 0 || post.Guard != "public" {
		t.Errorf("operation is %+v", post)
	}
	if len(secret.Security) != 1 || secret.Guard != "test" {
		t.Errorf("operation is %+v", secret)
	}
	if _, ok := post.Responses["default"].Content["application/problem+json"]; !ok {
		t.Errorf("errors are described as %+v", post.Responses)
	}
	found := false
	for _, p := range post.Parameters {
		found = found || p.Name == "Idempotency-Key" && p.In == "header"
	}
	if !found {
		t.Errorf("parameters are %+v", post.Parameters)
	}
	c.Get("/openapi.yaml").Status(200).Must("openapi: 3.1")
	c.Get("/docs").Status(200).Must("/api/v1/cases/{number}", "id_no", "渠道", "办件", "window | web | mobile", `提交编号`)

	listed := false
	for _, r := range rt.Routes() {
		listed = listed || r == web.Route{Method: http.MethodGet, Pattern: "/api/v1/secret", Guard: "test"}
	}
	if !listed {
		t.Errorf("operation is not among the routes %v", rt.Routes())
	}
}
