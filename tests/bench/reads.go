package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"yimen/internal/cases"
	"yimen/internal/identity"
	"yimen/internal/kit/db"
)

const (
	readers  = 50
	listers  = 16
	citizen  = "citizen-1"
	clerk    = "clerk-440232000000"
	approver = "approver-440232-d11"
	chief    = "chief-440232-d11"
	head     = "head-440232-d11"
	manager  = "manager-440200000000"
)

// page is a page or an operation that is read.
type page struct {
	what    string
	account string // "" is nobody
	api     bool
	path    func(i int) string
	// visitors: every read is another visitor's, from an address of its own,
	// because one alone may not ask that often.
	visitors bool
}

// dialer calls from another address of the loopback network every time.
func dialer() func(ctx context.Context, network, addr string) (net.Conn, error) {
	var n atomic.Uint32
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		i := n.Add(1)
		d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, byte(1+i>>16), byte(i>>8), byte(i))}}
		return d.DialContext(ctx, network, addr)
	}
}

func at(path string) func(int) string { return func(int) string { return path } }

// sample is what the pages are asked for.
type sample struct {
	Number string `db:"number"`
	Code   string `db:"query_code"`
	Item   string `db:"item"`
}

func pages(cases []sample) []page {
	one := func(i int) sample { return cases[i%len(cases)] }
	words := []string{"养老", "低保", "采伐", "身份证", "营业执照", "生育", "建房", "医保"}
	return []page{
		{what: "page: home", account: "", api: false, path: at("/")},
		{what: "page: search", account: "", api: false, path: func(i int) string { return "/search?q=" + url.QueryEscape(words[i%len(words)]) }},
		{what: "page: guide", account: "", api: false, path: func(i int) string { return "/items/" + one(i).Item }},
		{what: "page: progress", account: "", api: false, path: func(i int) string {
			return "/progress?number=" + one(i).Number + "&query_code=" + one(i).Code
		}, visitors: true},
		{what: "page: my cases", account: citizen, api: false, path: at("/my")},
		{what: "page: counter", account: clerk, api: false, path: at("/counter")},
		{what: "page: inbox", account: approver, api: false, path: at("/office")},
		{what: "page: list of cases", account: manager, api: false, path: at("/office/cases")},
		{what: "page: case", account: manager, api: false, path: func(i int) string { return "/office/cases/" + one(i).Number }},
		{what: "API: items", account: "", api: true, path: func(i int) string { return "/api/v1/items?q=" + url.QueryEscape(words[i%len(words)]) }},
		{what: "API: clock", account: "", api: true, path: func(i int) string {
			return fmt.Sprintf("/api/v1/clock?from=2026-11-%02d&working_days=%d&division=440232000000", 1+i%28, 1+i%60)
		}},
		{what: "API: cases", account: manager, api: true, path: at("/api/v1/cases?limit=20")},
		{what: "API: case", account: manager, api: true, path: func(i int) string { return "/api/v1/cases/" + one(i).Number }},
		{what: "API: tasks", account: approver, api: true, path: at("/api/v1/tasks?limit=20")},
	}
}

// reads measures pages and operations over HTTP.
func (c *city) reads(ctx context.Context) error {
	stored, raw, err := c.rawReads(ctx)
	if err != nil {
		return err
	}
	s, err := c.start(ctx)
	if err != nil {
		return err
	}
	time.Sleep(3 * time.Second) // what is done at every start is done
	var gets []func(ctx context.Context, i int) error
	add := func(what string, l *load) {
		c.report.add(figure{What: what, Budget: "p95 ≤ 50 ms, p99 ≤ 200 ms", Measured: l.latencies(),
			Value: l.perSecond(), Unit: "reads/s", Raw: raw, RawText: fmt.Sprintf("%.0f point reads/s", raw)})
	}
	for _, p := range pages(stored) {
		get, err := c.reader(ctx, s, p)
		if err != nil {
			return fmt.Errorf("%s: %w", p.what, err)
		}
		gets = append(gets, get)
		add(p.what+", 50 clients", together(ctx, readers, c.keep, func(ctx context.Context, _, i int) error { return get(ctx, i) }))
	}
	// Clients without a pause queue for the processor; people look at what they
	// asked for.
	people := paced(ctx, readers, max(c.keep, 5*time.Second), readers, func(ctx context.Context, _, i int) error { return gets[i%len(gets)](ctx, i) })
	if people.first != nil {
		return fmt.Errorf("people: %w", people.first)
	}
	add("all of these in turn, 50 people with a look each second", people)
	return s.stop()
}

// reader gives what reads the page for the i-th time, signed in as the page
// wants it. What is read once has been read.
func (c *city) reader(ctx context.Context, s *server, p page) (func(ctx context.Context, i int) error, error) {
	client, header, err := c.client(ctx, s, p)
	if err != nil {
		return nil, err
	}
	get := func(ctx context.Context, i int) error {
		path := p.path(i)
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+path, nil)
		if err != nil {
			return err
		}
		req.Header = header.Clone()
		res, err := client.Do(req)
		if err != nil {
			return err
		}
		defer res.Body.Close()
		if _, err := io.Copy(io.Discard, res.Body); err != nil {
			return err
		}
		if res.StatusCode != http.StatusOK {
			return fmt.Errorf("%s: %s", path, res.Status)
		}
		return nil
	}
	if err := get(ctx, 0); err != nil {
		progress("%v", err)
	}
	return get, nil
}

// client is signed in as the page wants it.
func (c *city) client(ctx context.Context, s *server, p page) (*http.Client, http.Header, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, nil, err
	}
	transport := &http.Transport{MaxIdleConnsPerHost: readers}
	if p.visitors {
		transport.DisableKeepAlives, transport.DialContext = true, dialer()
	}
	client := &http.Client{Jar: jar, Timeout: 30 * time.Second, Transport: transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	header := http.Header{"Accept-Encoding": {"gzip"}}
	switch {
	case p.account == "":
	case p.api:
		token, err := c.token(ctx, p.account)
		if err != nil {
			return nil, nil, fmt.Errorf("token of %s: %w", p.account, err)
		}
		header.Set("Authorization", "Bearer "+token)
	default:
		form := url.Values{"account": {p.account}, "next": {"/"}}
		res, err := client.Post(s.url+"/demo/login", "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
		if err != nil {
			return nil, nil, err
		}
		res.Body.Close()
		if res.StatusCode != http.StatusSeeOther {
			return nil, nil, fmt.Errorf("sign in as %s: %s", p.account, res.Status)
		}
	}
	return client, header, nil
}

// rawReads gives cases to ask for, and how many rows of cases_case the
// database gives in a second by their number.
func (c *city) rawReads(ctx context.Context) ([]sample, float64, error) {
	d, err := db.Open(ctx, c.dsn, db.Options{})
	if err != nil {
		return nil, 0, err
	}
	defer d.Close()
	var stored []sample
	err = d.Conn(ctx).Select(ctx, &stored, `SELECT number, query_code, item FROM cases_case WHERE sample = $1 ORDER BY number LIMIT 2000`, true)
	if err != nil {
		return nil, 0, err
	}
	l := together(ctx, readers, c.keep, func(ctx context.Context, _, i int) error {
		rows, err := d.Conn(ctx).Rows(ctx, `SELECT * FROM cases_case WHERE number = $1`, stored[i%len(stored)].Number)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			if _, err := rows.SliceScan(); err != nil {
				return err
			}
		}
		return rows.Err()
	})
	return stored, l.perSecond(), l.first
}

// lists measures the first page of a manager's list with its exact count.
func (c *city) lists(ctx context.Context, w *writer) error {
	actor, err := w.app.Identity.Actor(ctx, manager)
	if err != nil {
		return err
	}
	ctx = identity.With(ctx, actor)
	l := together(ctx, listers, c.keep, func(ctx context.Context, _, _ int) error {
		if _, _, err := w.app.Cases.List(ctx, cases.Query{}, db.Page{Limit: 20}); err != nil {
			return err
		}
		_, err := w.app.Cases.Count(ctx, cases.Query{})
		return err
	})
	c.report.add(figure{What: "list with exact count, 16 clients", Budget: "p50 ≤ 50 ms (1,000,000)", Measured: l.latencies(),
		Value: l.perSecond(), Unit: "lists/s"})
	return nil
}
