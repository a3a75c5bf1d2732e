package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"yimen/internal/kit/errs"
)

// apiMux registers huma's operations as routes of the router, so that they
// have guards, limits and idempotency like every other.
type apiMux struct {
	*Router
	guard Guard // of the operation being registered
	limit int64
}

func (m *apiMux) HandleFunc(pattern string, fn func(http.ResponseWriter, *http.Request)) {
	method, path, _ := strings.Cut(pattern, " ")
	m.add(method, path, m.guard, m.limit, m.idempotent(func(w http.ResponseWriter, r *http.Request) error {
		fn(w, r)
		return nil
	}))
}

// api is huma's API with a way back to the mux.
type api struct {
	huma.API
	mux *apiMux
}

// NewAPI makes the JSON API on rt. It serves its description at
// /openapi.json and /openapi.yaml (OpenAPI 3.1), and a page of it at /docs.
// Operations are added by Op.
func NewAPI(rt *Router, title, version string) huma.API {
	mux := &apiMux{Router: rt, guard: Public, limit: rt.o.BodyLimit}
	c := huma.DefaultConfig(title, version)
	c.OpenAPIPath, c.DocsPath, c.SchemasPath = "", "", ""
	c.CreateHooks = nil // no $schema property in answers
	c.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", schemaNames())
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"bearer": {Type: "http", Scheme: "bearer", Description: "yimen token 命令签发的令牌"},
	}
	a := &api{API: humago.New(mux, c), mux: mux}
	rt.serveDescription(a)
	return a
}

// Op adds an operation to the API. The guard runs before the input is read;
// the handler's context is the request's, so it knows who is asking; its
// errors are told by the same rule as on pages. op.MaxBodyBytes sets the
// limit of the body. Who may call it is written into the description.
func Op[I, O any](a huma.API, op huma.Operation, g Guard, handler func(context.Context, *I) (*O, error)) {
	own, ok := a.(*api)
	if !ok {
		panic("web: Op needs an API made by NewAPI")
	}
	own.mux.guard, own.mux.limit = g, own.mux.o.BodyLimit
	if op.MaxBodyBytes > 0 {
		own.mux.limit = op.MaxBodyBytes
	}
	if op.OperationID == "" {
		op.OperationID = operationID(op.Method, op.Path)
	}
	describeUse(&op, g)
	huma.Register(a, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := handler(ctx, in)
		if err != nil {
			return nil, apiError(ctx, err)
		}
		if out != nil {
			fillLists(reflect.ValueOf(out).Elem())
		}
		return out, nil
	})
}

// fillLists makes empty lists of an answer [] rather than null, as its schema
// says. It looks at the answer's own fields only: what they point to may be
// shared.
func fillLists(v reflect.Value) {
	if v.Kind() != reflect.Struct {
		return
	}
	for i := range v.NumField() {
		switch f := v.Field(i); {
		case !f.CanSet():
		case f.Kind() == reflect.Slice && f.IsNil() && f.Type().Elem().Kind() != reflect.Uint8:
			f.Set(reflect.MakeSlice(f.Type(), 0, 0))
		case f.Kind() == reflect.Struct:
			fillLists(f)
		}
	}
}

// operationID names an operation after its address: get-cases-number-history.
func operationID(method, path string) string {
	path = strings.NewReplacer("/api/v1", "", "{", "", "}", "", "/", "-", ".", "-").Replace(path)
	return strings.ToLower(method) + path
}

func describeUse(op *huma.Operation, g Guard) {
	if !g.open() {
		op.Security = []map[string][]string{{"bearer": {}}}
	}
	if op.Extensions == nil {
		op.Extensions = map[string]any{}
	}
	op.Extensions["x-guard"] = g.Name
	if op.Method == http.MethodPost {
		maximum := 255
		op.Parameters = append(op.Parameters, &huma.Param{Name: KeyHeader, In: "header",
			Description: "提交编号：同一编号重复提交只生效一次，并得到第一次的结果",
			Schema:      &huma.Schema{Type: "string", MaxLength: &maximum}})
	}
}

// apiError makes of a handler's error what huma sends, and logs what is ours.
func apiError(ctx context.Context, err error) error {
	q := infoOf(ctx)
	err = realCause(ctx, err)
	e := errs.From(err)
	q.rt.logError(ctx, e, err)
	p := newProblem(e, statusOf(e), q.id)
	h := http.Header{"Cache-Control": {"no-store"}}
	if after := retryAfter(e, err); after > 0 {
		h.Set("Retry-After", strconv.Itoa(int(after.Seconds())))
	}
	return huma.ErrorWithHeaders(p, h)
}

// serveDescription serves what the API says of itself. It is written once, at
// the first request, when every module has added its operations.
func (rt *Router) serveDescription(a *api) {
	asJSON := sync.OnceValues(func() ([]byte, error) { return json.Marshal(a.OpenAPI()) })
	asYAML := sync.OnceValues(func() ([]byte, error) { return a.OpenAPI().YAML() })
	serve := func(mediaType string, make func() ([]byte, error)) Handler {
		return func(w http.ResponseWriter, r *http.Request) error {
			body, err := make()
			if err != nil {
				return fmt.Errorf("describe API: %w", err)
			}
			w.Header().Set("Content-Type", mediaType)
			_, _ = w.Write(body)
			return nil
		}
	}
	rt.Get("/openapi.json", Public, serve("application/openapi+json", asJSON))
	rt.Get("/openapi.yaml", Public, serve("application/openapi+yaml", asYAML))
	docs := sync.OnceValue(func() docs { return describe(a.OpenAPI()) })
	rt.Get("/docs", Public, func(w http.ResponseWriter, r *http.Request) error {
		return Render(w, r, http.StatusOK, docsPage(a.OpenAPI(), docs()))
	})
}

// schemaNames names the shapes of the description after their types. Modules
// do not know of each other's names, so the second shape of a name gets a
// number.
func schemaNames() func(t reflect.Type, hint string) string {
	taken := map[string]reflect.Type{}
	return func(t reflect.Type, hint string) string {
		base := huma.DefaultSchemaNamer(t, hint)
		for t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		name := base
		for n := 2; taken[name] != nil && taken[name] != t; n++ {
			name = base + strconv.Itoa(n)
		}
		taken[name] = t
		return name
	}
}
