package load_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"yimen/internal/app"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/internal/load"
)

// town is a sample city that answers on a port, with its jobs.
type town struct {
	*app.App
	url  string
	city load.City
}

// eachTown starts a city on each database; what is played on it is played one
// after another, because every run is audited.
func eachTown(t *testing.T, fn func(t *testing.T, x *town)) {
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
		dir, ctx := t.TempDir(), context.Background()
		a, err := app.Open(ctx, app.Settings{Database: d.URL(), Files: "file://" + filepath.ToSlash(dir), FilesKey: filepath.Join(dir, "files.key"),
			MakeKey: true, Demo: true, FewSeals: true, BaseURL: "http://yimen.test", Log: slog.New(slog.DiscardHandler)})
		must(t, err)
		must(t, a.Migrate(ctx))
		must(t, a.LoadCity(ctx, 5))
		must(t, a.Queue.Start(ctx))
		server := httptest.NewServer(a.Router)
		t.Cleanup(func() {
			server.Close()
			stop, cancel := context.WithTimeout(ctx, 20*time.Second)
			defer cancel()
			must(t, a.Queue.Stop(stop))
			must(t, a.Close())
		})
		city, err := app.SampleCity()
		must(t, err)
		fn(t, &town{App: a, url: server.URL, city: city})
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (x *town) play(t *testing.T, o load.Options) *load.Result {
	t.Helper()
	if o.URL == "" {
		o.URL = x.url
	}
	o.City = x.city
	result, err := load.Run(context.Background(), o)
	must(t, err)
	return result
}

// well checks a run in which nothing may go wrong.
func well(t *testing.T, r *load.Result, n int) {
	t.Helper()
	if r.CasesBegun != n || r.CasesClosed != n || r.CasesStuck != 0 || len(r.Errors) != 0 {
		t.Errorf("%d begun, %d closed, %d stuck, errors %v, %v", r.CasesBegun, r.CasesClosed, r.CasesStuck, r.Errors, r.Notes)
	}
	if r.Audit.Differences != 0 || r.Audit.Checked < 15*n {
		t.Errorf("%d of %d facts differ: %v", r.Audit.Differences, r.Audit.Checked, r.Audit.Found)
	}
}

func TestLoad(t *testing.T) {
	eachTown(t, func(t *testing.T, x *town) {
		t.Run("a year", x.year)
		t.Run("an hour and a day with pauses", x.pauses)
		t.Run("a rush", x.rush)
		t.Run("readers", x.read)
		t.Run("a server that lies", x.lies)
		t.Run("a bad line", x.badLine)
		t.Run("command line", x.commandLine)
		t.Run("interrupted", x.interrupted) // last: what it leaves under way goes on by itself
	})
}

func (x *town) count(t *testing.T, query string) (n int) {
	t.Helper()
	must(t, x.DB.Conn(context.Background()).Get(context.Background(), &n, query))
	return n
}

func (x *town) year(t *testing.T) {
	const n = 25
	before := x.count(t, `SELECT COUNT(*) FROM cases_case`)
	r := x.play(t, load.Options{Profile: "year", Cases: n, Clients: 6, Seed: 1})
	well(t, r, n)
	if got := x.count(t, `SELECT COUNT(*) FROM cases_case`) - before; got != n {
		t.Errorf("%d more cases are stored, want %d", got, n)
	}
	for _, op := range []string{"submit", "accept", "approve", "decide", "deliver", "case tasks", "sign-in", "checklist"} {
		if o := r.Operations[op]; o.Count == 0 || o.P50 <= 0 || o.P50 > o.P99 || o.P99 > o.Max {
			t.Errorf("%s: %+v", op, o)
		}
	}
	if r.Ends["closed"] == 0 || r.Ends["withdrawn"]+r.Ends["refused"]+r.Ends["closed"] != n || r.CasesPerSecond <= 0 || len(r.Timeline) == 0 {
		t.Errorf("%v, %.1f a second", r.Ends, r.CasesPerSecond)
	}
	if r.Operations["submit"].Count != n || r.WholeCase.Count != n || r.Raw != nil {
		t.Errorf("%d submitted, %d whole", r.Operations["submit"].Count, r.WholeCase.Count)
	}
}

func (x *town) pauses(t *testing.T) {
	for _, profile := range []string{"hour", "day"} {
		r := x.play(t, load.Options{Profile: profile, Cases: 5, Clients: 4, Speed: 20_000, Seed: 2})
		well(t, r, 5)
		if r.Operations["inbox"].Count == 0 || r.Operations["page case"].Count == 0 || r.Speed != 20_000 {
			t.Errorf("%s: approvers do not look before they sign: %v", profile, r.Operations)
		}
	}
}

func (x *town) rush(t *testing.T) {
	r := x.play(t, load.Options{Profile: "rush", Cases: 8, Clients: 8, Seed: 3})
	well(t, r, 8)
	if r.Operations["page home"].Count == 0 {
		t.Error("nobody looked around")
	}
}

func (x *town) read(t *testing.T) {
	before := x.count(t, `SELECT COUNT(*) FROM cases_case`)
	r := x.play(t, load.Options{Profile: "read", Cases: 40, Clients: 6, Seed: 4})
	if r.Visits != 40 || len(r.Errors) != 0 || r.Audit.Differences != 0 || r.Operations["page guide"].Count == 0 || r.Operations["page progress"].Count == 0 {
		t.Errorf("%d visits, %v, %v", r.Visits, r.Errors, r.Audit)
	}
	if x.count(t, `SELECT COUNT(*) FROM cases_case`) != before {
		t.Error("readers wrote")
	}
}

// proxy stands between clients and server and changes what is said.
func (x *town) proxy(t *testing.T, change func(r *http.Response) error, handle func(next http.Handler) http.Handler) string {
	t.Helper()
	target, err := url.Parse(x.url)
	must(t, err)
	p := httputil.NewSingleHostReverseProxy(target)
	p.ModifyResponse, p.ErrorLog = change, slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	var h http.Handler = p
	if handle != nil {
		h = handle(p)
	}
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server.URL
}

// instead writes another answer in place of the server's.
func instead(r *http.Response, change func(text string) string) error {
	var b bytes.Buffer
	if _, err := b.ReadFrom(r.Body); err != nil {
		return err
	}
	text := change(b.String())
	r.Body, r.ContentLength = http.NoBody, int64(len(text))
	r.Body = readCloser{strings.NewReader(text)}
	r.Header.Set("Content-Length", fmt.Sprint(len(text)))
	return nil
}

type readCloser struct{ *strings.Reader }

func (readCloser) Close() error { return nil }

// The audit finds what a server loses, doubles, invents or changes.
func (x *town) lies(t *testing.T) {
	auditing := func(r *http.Response) bool {
		return r.Request.URL.Path == "/api/v1/cases" && r.Request.Method == http.MethodGet
	}
	var first atomic.Value
	for name, lie := range map[string]struct {
		change func(r *http.Response) error
		found  string
	}{
		"a case is lost": {func(r *http.Response) error {
			if !auditing(r) {
				return nil
			}
			return instead(r, func(text string) string {
				var list struct {
					Items []json.RawMessage `json:"items"`
					Next  string            `json:"next"`
				}
				must(t, json.Unmarshal([]byte(text), &list))
				list.Items = list.Items[1:]
				raw, err := json.Marshal(list)
				must(t, err)
				return string(raw)
			})
		}, "is not there"},
		"a case has another state": {func(r *http.Response) error {
			if !auditing(r) {
				return nil
			}
			return instead(r, func(text string) string { return strings.Replace(text, `"state":"closed"`, `"state":"delivering"`, 1) })
		}, "has delivering"},
		"the totals are wrong": {func(r *http.Response) error {
			if !strings.HasSuffix(r.Request.URL.Path, "/totals") || first.CompareAndSwap(nil, true) {
				return nil
			}
			return instead(r, func(text string) string { return strings.Replace(text, `"total":`, `"total":1`, 1) })
		}, "were acknowledged"},
		"a history has an act twice": {func(r *http.Response) error {
			if !strings.HasSuffix(r.Request.URL.Path, "/history") {
				return nil
			}
			return instead(r, func(text string) string { return strings.ReplaceAll(text, `"verb":"issue"`, `"verb":"submit"`) })
		}, "how often submit"},
		"a number is given twice": {func(r *http.Response) error {
			if r.Request.URL.Path != "/api/v1/cases" || r.Request.Method != http.MethodPost || r.StatusCode != http.StatusCreated {
				return nil
			}
			return instead(r, func(text string) string {
				var c struct {
					Number string `json:"number"`
				}
				must(t, json.Unmarshal([]byte(text), &c))
				first.CompareAndSwap(nil, c.Number)
				return strings.ReplaceAll(text, c.Number, first.Load().(string))
			})
		}, "twice"},
	} {
		t.Run(name, func(t *testing.T) {
			first = atomic.Value{}
			r := x.play(t, load.Options{URL: x.proxy(t, lie.change, nil), Profile: "year", Cases: 3, Clients: 1, Seed: 5})
			if r.Audit.Differences == 0 || !strings.Contains(strings.Join(r.Audit.Found, "\n"), lie.found) {
				t.Errorf("%d differences: %v", r.Audit.Differences, r.Audit.Found)
			}
		})
	}
}

// A line that loses answers and a server that is busy now and then cost time
// and are counted; every case still is there once.
func (x *town) badLine(t *testing.T) {
	var n atomic.Int64
	address := x.proxy(t, nil, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method != http.MethodPost || r.URL.Path == "/demo/login" {
				next.ServeHTTP(w, r)
				return
			}
			switch n.Add(1) % 11 {
			case 3:
				w.Header().Set("Content-Type", "application/problem+json")
				w.WriteHeader(http.StatusServiceUnavailable)
				fmt.Fprint(w, `{"code":"database_busy"}`)
			case 7: // done, and the answer is lost on its way: a client's transport itself asks again where no byte of it came
				next.ServeHTTP(httptest.NewRecorder(), r)
				w.Header().Set("Content-Length", "2")
				must(t, http.NewResponseController(w).Flush())
				panic(http.ErrAbortHandler)
			default:
				next.ServeHTTP(w, r)
			}
		})
	})
	r := x.play(t, load.Options{URL: address, Profile: "year", Cases: 8, Clients: 3, Seed: 6})
	if r.CasesClosed != 8 || r.Audit.Differences != 0 || r.Audit.InDoubt != 0 {
		t.Errorf("%d closed, %v, %v", r.CasesClosed, r.Audit, r.Notes)
	}
	kinds := fmt.Sprint(r.Errors)
	if !strings.Contains(kinds, "503 database_busy") || !strings.Contains(kinds, "connection closed") {
		t.Errorf("errors are %v", kinds)
	}
	failed := 0
	for _, o := range r.Operations {
		failed += o.Errors
	}
	counted := 0
	for _, k := range r.Errors {
		counted += k
	}
	if failed == 0 || failed != counted {
		t.Errorf("%d errors by operation, %d by kind", failed, counted)
	}
}

// Ctrl-C: what was done is summed up and audited.
func (x *town) interrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	var n atomic.Int64
	address := x.proxy(t, nil, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/approve") && n.Add(1) == 6 {
				cancel()
			}
			next.ServeHTTP(w, r)
		})
	})
	r, err := load.Run(ctx, load.Options{URL: address, Profile: "year", Cases: 500, Clients: 4, Seed: 7, City: x.city})
	must(t, err)
	if !r.Interrupted || r.CasesBegun == 0 || r.CasesBegun > 200 || r.Audit.Differences != 0 || r.Audit.Checked == 0 {
		t.Errorf("%v, %d begun, %v", r.Interrupted, r.CasesBegun, r.Audit)
	}
	var b bytes.Buffer
	r.Print(&b)
	if !strings.Contains(b.String(), "Interrupted") || !strings.Contains(b.String(), "submit") {
		t.Errorf("%s", b.String())
	}
}

func (x *town) commandLine(t *testing.T) {
	dir := t.TempDir()
	file, page := filepath.Join(dir, "result.json"), filepath.Join(dir, "result.html")
	var out, errOut bytes.Buffer
	args := []string{"load", "--url", x.url, "--profile", "year", "--cases", "3", "--clients", "2", "--json", file, "--html", page}
	if exit := app.Main(context.Background(), args, &out, &errOut); exit != 0 {
		t.Fatalf("exit %d: %s%s", exit, out.String(), errOut.String())
	}
	raw, err := os.ReadFile(file)
	must(t, err)
	var got map[string]any
	must(t, json.Unmarshal(raw, &got))
	for _, name := range []string{"profile", "seconds", "cases_closed", "cases_per_second", "operations", "audit", "raw"} {
		if _, there := got[name]; !there {
			t.Errorf("the JSON has no %s", name)
		}
	}
	submit := got["operations"].(map[string]any)["submit"].(map[string]any)
	if submit["count"] != 3.0 || submit["errors"] != 0.0 || submit["p99_ms"] == nil || got["raw"] != nil {
		t.Errorf("%s", raw)
	}
	html, err := os.ReadFile(page)
	must(t, err)
	for _, want := range []string{"<!doctype html>", "全部一致", "提交", "<polyline"} {
		if !strings.Contains(string(html), want) {
			t.Errorf("the page does not say %s", want)
		}
	}
	liar := x.proxy(t, func(r *http.Response) error {
		if r.Request.Method != http.MethodGet || r.Request.URL.Path != "/api/v1/cases" {
			return nil
		}
		return instead(r, func(string) string { return `{"items":[],"next":""}` })
	}, nil)
	args[2] = liar
	if exit := app.Main(context.Background(), args, &out, &errOut); exit != 1 || !strings.Contains(errOut.String(), "differences") {
		t.Errorf("exit %d after a lie: %s", exit, errOut.String())
	}
	for _, wrong := range []string{"nonsense", "http://127.0.0.1:1"} {
		args[2] = wrong
		if exit := app.Main(context.Background(), args, &out, &errOut); exit != 1 {
			t.Errorf("exit %d for %s", exit, wrong)
		}
	}
}

// Without an address the command starts a city, measures its database beside
// it, and leaves nothing behind.
func TestACityOfItsOwn(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	file := filepath.Join(t.TempDir(), "result.json")
	var out, errOut bytes.Buffer
	args := []string{"load", "--profile", "year", "--cases", "2", "--clients", "2", "--sample", "3", "--json", file}
	if exit := app.Main(context.Background(), args, &out, &errOut); exit != 0 {
		t.Fatalf("exit %d: %s%s", exit, out.String(), errOut.String())
	}
	raw, err := os.ReadFile(file)
	must(t, err)
	var got load.Result
	must(t, json.Unmarshal(raw, &got))
	if got.Raw == nil || got.Raw.CommitsPerSecond <= 0 || got.Raw.AlonePerSecond <= 0 || got.Database != "sqlite" || got.CasesClosed != 2 {
		t.Errorf("%s", raw)
	}
	left, err := os.ReadDir(dir)
	must(t, err)
	if len(left) > 0 {
		t.Errorf("%s is left behind", left[0].Name())
	}
}
