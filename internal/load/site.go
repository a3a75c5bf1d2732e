package load

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"yimen/internal/kit/db"
)

// site is the server as its clients reach it.
type site struct {
	base      string
	http      *http.Client
	strangers *http.Client // each request from another address, where that is possible; nil elsewhere
	rec       *recorder
	patience  time.Duration // see Options
	sessions  sync.Map      // account → *session
}

func newSite(base string, clients int, rec *recorder) (*site, error) {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("%q is not the address of a server, like http://127.0.0.1:8080", base)
	}
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	s := &site{base: strings.TrimRight(base, "/"), rec: rec, http: &http.Client{Timeout: time.Minute, CheckRedirect: stay,
		Transport: &http.Transport{MaxIdleConns: clients + 8, MaxIdleConnsPerHost: clients + 8, DisableCompression: true, IdleConnTimeout: time.Minute}}}
	if ip := net.ParseIP(u.Hostname()); ip.IsLoopback() && ip.To4() != nil {
		s.strangers = &http.Client{Timeout: time.Minute, CheckRedirect: stay,
			Transport: &http.Transport{DisableCompression: true, DisableKeepAlives: true, DialContext: otherAddresses()}}
	}
	return s, nil
}

// otherAddresses calls from another address of the loopback network every
// time: one visitor alone may not ask as often as a city.
func otherAddresses() func(ctx context.Context, network, addr string) (net.Conn, error) {
	var n atomic.Uint32
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		i := n.Add(1)
		d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, byte(1+i>>16%250), byte(i>>8), byte(i))}}
		return d.DialContext(ctx, network, addr)
	}
}

// answers tells whether a server is there at all, without trying twice.
func (s *site) answers(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.base+"/readyz", nil)
	if err != nil {
		return err
	}
	res, err := s.http.Do(req)
	if err != nil {
		return fmt.Errorf("no server answers: %w", err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("%s is not ready: %s", s.base, res.Status)
	}
	return nil
}

// Refusal is an answer that the server gave instead of doing what was asked.
type Refusal struct {
	Op     string
	Status int
	Code   string // of the problem, like case_verb_not_allowed
	Detail string
}

func (r *Refusal) Error() string {
	return fmt.Sprintf("%s: %d %s %s", r.Op, r.Status, r.Code, r.Detail)
}

// errUnanswered: nobody knows whether the server did it.
var errUnanswered = errors.New("no answer")

// ask is one request of somebody.
type ask struct {
	op      string
	account string // "" is nobody
	method  string
	path    string
	body    any       // sent as JSON
	file    []byte    // or this, as an upload
	out     any       // the answer is read into it; nil: not read
	page    bool      // a page, as a browser asks for it
	strange bool      // by somebody from another address
	asks    bool      // a POST that changes nothing: no key is kept for it
	at      time.Time // set by do: when the last attempt was sent
}

const attempts = 6

// pause is how long somebody waits before attempt try+1, and whether there is
// one: six in any case, and more as long as their patience lasts.
func (s *site) pause(try int, since time.Time) (time.Duration, bool) {
	return 100 * time.Millisecond << min(try, attempts-1), try+1 < attempts || time.Since(since) < s.patience
}

// do asks, and asks again where the same question may be asked twice: every
// POST that changes anything carries a key, under which the server does a thing
// once. Every failed attempt is counted.
func (s *site) do(ctx context.Context, a ask) error {
	key, body, contentType, err := a.prepare()
	if err != nil {
		return err
	}
	doubt, since := false, time.Now()
	for try := 0; ; try++ {
		var again bool
		var wait time.Duration
		if again, wait, err = s.once(ctx, &a, key, body, contentType); err == nil {
			return nil
		}
		doubt = doubt || errors.Is(err, errUnanswered)
		pause, more := s.pause(try, since)
		if !again || !more {
			break
		}
		time.Sleep(cmp.Or(wait, pause))
	}
	if doubt && !errors.Is(err, errUnanswered) {
		return fmt.Errorf("%w, then %w", errUnanswered, err)
	}
	return err
}

func (a *ask) prepare() (key string, body []byte, contentType string, err error) {
	if a.method == http.MethodPost && !a.asks {
		key = db.NewID()
	}
	switch {
	case a.file != nil:
		var b bytes.Buffer
		w := multipart.NewWriter(&b)
		h := textproto.MIMEHeader{"Content-Disposition": {`form-data; name="file"; filename="scan.pdf"`}, "Content-Type": {"application/pdf"}}
		part, err := w.CreatePart(h)
		if err != nil {
			return "", nil, "", err
		}
		if _, err := part.Write(a.file); err != nil {
			return "", nil, "", err
		}
		err = w.Close()
		return key, b.Bytes(), w.FormDataContentType(), err
	case a.body != nil:
		body, err = json.Marshal(a.body)
		return key, body, "application/json", err
	}
	return key, nil, "", nil
}

// once sends the request. again tells that it may be tried again, after wait.
func (s *site) once(ctx context.Context, a *ask, key string, body []byte, contentType string) (again bool, wait time.Duration, err error) {
	cookie, err := s.cookie(ctx, a.account)
	if err != nil {
		return false, 0, err
	}
	req, err := http.NewRequestWithContext(ctx, a.method, s.base+a.path, bytes.NewReader(body))
	if err != nil {
		return false, 0, err
	}
	set := func(name, value string) {
		if value != "" {
			req.Header.Set(name, value)
		}
	}
	set("Idempotency-Key", key)
	set("Content-Type", contentType)
	set("Cookie", cookie)
	if a.page {
		set("Accept-Encoding", "gzip")
		set("Accept", "text/html")
	}
	client := s.http
	if a.strange && s.strangers != nil {
		client = s.strangers
	}
	a.at = time.Now()
	res, err := client.Do(req)
	if err != nil {
		s.rec.failed(a.op, kindOf(err), a.at)
		return true, 0, fmt.Errorf("%s: %w: %w", a.op, errUnanswered, err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		s.rec.failed(a.op, kindOf(err), a.at)
		return true, 0, fmt.Errorf("%s: %w: %w", a.op, errUnanswered, err)
	}
	if res.StatusCode >= 300 {
		return s.refused(a, res, raw)
	}
	s.rec.answered(a.op, a.at, time.Since(a.at))
	if a.out == nil || a.page {
		return false, 0, nil
	}
	if err := json.Unmarshal(raw, a.out); err != nil {
		return false, 0, fmt.Errorf("%s: the answer cannot be read: %w", a.op, err)
	}
	return false, 0, nil
}

// refused reads a refusal. What a server says of itself (busy, restarting) may
// pass; what it says of the question does not.
func (s *site) refused(a *ask, res *http.Response, raw []byte) (again bool, wait time.Duration, err error) {
	var problem struct {
		Code   string `json:"code"`
		Detail string `json:"detail"`
		Errors []struct {
			Location string `json:"location"`
			Field    string `json:"field"`
			Message  string `json:"message"`
		} `json:"errors"`
	}
	_ = json.Unmarshal(raw, &problem) // a page, or what a gateway says: the status is enough
	for _, e := range problem.Errors {
		problem.Detail += " " + cmp.Or(e.Field, e.Location) + ": " + e.Message
	}
	s.rec.failed(a.op, strings.TrimSpace(strconv.Itoa(res.StatusCode)+" "+problem.Code), a.at)
	err = &Refusal{Op: a.op, Status: res.StatusCode, Code: problem.Code, Detail: problem.Detail}
	switch res.StatusCode {
	case http.StatusUnauthorized:
		if _, signedIn := s.sessions.LoadAndDelete(a.account); signedIn {
			return true, time.Millisecond, err // the session has ended: sign in anew
		}
	case http.StatusBadGateway, http.StatusGatewayTimeout: // of a gateway, which does not know either
		return true, 0, fmt.Errorf("%w: %w", errUnanswered, err)
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		if problem.Code == "database_unsure" { // nor does the server know
			err = fmt.Errorf("%w: %w", errUnanswered, err)
		}
		seconds, _ := strconv.Atoi(res.Header.Get("Retry-After"))
		return true, min(time.Duration(seconds)*time.Second, 10*time.Second), err
	}
	return false, 0, err
}

// kindOf is a short name for a failure of the network.
func kindOf(err error) string {
	var timeout net.Error
	switch {
	case errors.As(err, &timeout) && timeout.Timeout():
		return "no answer in time"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "connection closed"
	}
	var op *net.OpError
	if errors.As(err, &op) {
		return op.Op + " failed"
	}
	return "no answer"
}

// session is somebody's, signed in once and kept.
type session struct {
	once   sync.Once
	cookie string
	err    error
}

// cookie signs the account in if it is not.
func (s *site) cookie(ctx context.Context, account string) (string, error) {
	if account == "" {
		return "", nil
	}
	v, _ := s.sessions.LoadOrStore(account, &session{})
	x := v.(*session)
	x.once.Do(func() {
		since := time.Now()
		for try := 0; ; try++ {
			if x.cookie, x.err = s.signIn(ctx, account); x.err == nil || !errors.Is(x.err, errUnanswered) {
				return
			}
			pause, more := s.pause(try, since)
			if !more {
				return
			}
			time.Sleep(pause)
		}
	})
	if x.err != nil {
		s.sessions.CompareAndDelete(account, v)
	}
	return x.cookie, x.err
}

// signIn takes the door of the sample city: its accounts have no secrets.
func (s *site) signIn(ctx context.Context, account string) (string, error) {
	const op = "sign-in"
	form := url.Values{"account": {account}, "next": {"/"}}.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.base+"/demo/login", strings.NewReader(form))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	at := time.Now()
	res, err := s.http.Do(req)
	if err != nil {
		s.rec.failed(op, kindOf(err), at)
		return "", fmt.Errorf("%s: %w: %w", op, errUnanswered, err)
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, res.Body) // so that the connection is kept
	var cookies []string
	for _, c := range res.Cookies() {
		cookies = append(cookies, c.Name+"="+c.Value)
	}
	if res.StatusCode != http.StatusSeeOther || len(cookies) == 0 {
		s.rec.failed(op, strconv.Itoa(res.StatusCode), at)
		if res.StatusCode >= 500 {
			return "", fmt.Errorf("%s as %s: %w: %d", op, account, errUnanswered, res.StatusCode)
		}
		return "", fmt.Errorf("%s as %s: %d; only a sample city (yimen demo) lets clients in without a password", op, account, res.StatusCode)
	}
	s.rec.answered(op, at, time.Since(at))
	return strings.Join(cookies, "; "), nil
}

// get reads JSON.
func (s *site) get(ctx context.Context, op, account, path string, out any) error {
	return s.do(ctx, ask{op: op, account: account, method: http.MethodGet, path: path, out: out})
}

// post sends JSON.
func (s *site) post(ctx context.Context, op, account, path string, body, out any) error {
	return s.do(ctx, ask{op: op, account: account, method: http.MethodPost, path: path, body: body, out: out})
}

// open loads a page as a browser does.
func (s *site) open(ctx context.Context, op, account, path string) error {
	return s.do(ctx, ask{op: op, account: account, method: http.MethodGet, path: path, page: true})
}
