package messages

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"text/template"
	"time"
)

// GatewaySettings describe a gateway of text messages that is spoken to over
// HTTP: nearly all of them are a POST with a body of one's own shape.
type GatewaySettings struct {
	URL string
	// Body is a Go template over .Phone, .Text and .ID; the functions json and
	// query escape a value. "": a JSON object of the three.
	Body        string
	ContentType string // "": application/json; charset=utf-8
	Header      string // "Name: value", with the secret; "": none
	// Accepted must stand in an answer of 2xx, for gateways that refuse with
	// 200; "": any 2xx is content.
	Accepted string
}

// Gateway sends text messages by HTTP.
type Gateway struct {
	set    GatewaySettings
	body   *template.Template
	client *http.Client
}

const gatewayBody = `{"id":{{json .ID}},"phone":{{json .Phone}},"text":{{json .Text}}}`

// NewGateway reads the settings; an error says which one is wrong.
func NewGateway(s GatewaySettings) (*Gateway, error) {
	u, err := url.Parse(s.URL)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return nil, errors.New("sms-url must be an http(s) address")
	}
	if s.Header != "" {
		if name, value, ok := strings.Cut(s.Header, ":"); !ok || strings.TrimSpace(name) == "" || strings.TrimSpace(value) == "" {
			return nil, errors.New(`sms-header must be "Name: value"`)
		}
	}
	if s.Body == "" {
		s.Body = gatewayBody
	}
	if s.ContentType == "" {
		s.ContentType = "application/json; charset=utf-8"
	}
	body, err := template.New("sms-body").Option("missingkey=error").Funcs(template.FuncMap{
		"json":  func(s string) (string, error) { raw, err := json.Marshal(s); return string(raw), err },
		"query": url.QueryEscape,
	}).Parse(s.Body)
	if err != nil {
		return nil, fmt.Errorf("sms-body: %w", err)
	}
	g := &Gateway{set: s, body: body, client: &http.Client{Timeout: 15 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	_, err = g.write(Outgoing{ID: "id", To: "13800000000", Text: "text"})
	return g, err
}

func (g *Gateway) write(o Outgoing) ([]byte, error) {
	var buf bytes.Buffer
	err := g.body.Execute(&buf, struct{ ID, Phone, Text string }{o.ID, o.To, o.Text})
	if err != nil {
		return nil, fmt.Errorf("sms-body: %w", err)
	}
	return buf.Bytes(), nil
}

// Send posts the text message. The id of the delivery goes along as
// Idempotency-Key, so that a gateway can tell a second try. 400 and 422 are
// permanent: the gateway read it and wants no more of it.
func (g *Gateway) Send(ctx context.Context, o Outgoing) (string, error) {
	body, err := g.write(o)
	if err != nil {
		return "", Permanent(err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, g.set.URL, bytes.NewReader(body))
	if err != nil {
		return "", Permanent(errors.New("sms-url cannot be asked"))
	}
	req.Header.Set("Content-Type", g.set.ContentType)
	req.Header.Set("Idempotency-Key", o.ID)
	if name, value, ok := strings.Cut(g.set.Header, ":"); ok {
		req.Header.Set(strings.TrimSpace(name), strings.TrimSpace(value))
	}
	res, err := g.client.Do(req)
	if err != nil {
		return "", fmt.Errorf("短信网关没有应答：%w", unwrapURL(err))
	}
	defer func() { _ = res.Body.Close() }()
	answer, err := io.ReadAll(io.LimitReader(res.Body, 4096))
	if err != nil {
		return "", fmt.Errorf("短信网关的应答读不完：%w", err)
	}
	return receiptOf(answer), g.judge(res.StatusCode, string(answer))
}

// judge says whether the gateway took the message.
func (g *Gateway) judge(status int, answer string) error {
	switch {
	case status == http.StatusBadRequest || status == http.StatusUnprocessableEntity:
		return Permanent(fmt.Errorf("短信网关拒收（%d）：%s", status, answer))
	case status < 200 || status > 299:
		return fmt.Errorf("短信网关出错（%d）：%s", status, answer)
	case g.set.Accepted != "" && !strings.Contains(answer, g.set.Accepted):
		return fmt.Errorf("短信网关没有接受：%s", answer)
	}
	return nil
}

// receiptOf finds the gateway's own number in a JSON answer; "" when it gives
// none.
func receiptOf(answer []byte) string {
	var fields map[string]any
	if json.Unmarshal(answer, &fields) != nil {
		return ""
	}
	for _, name := range []string{"id", "msgid", "message_id", "messageId", "BizId", "sid"} {
		if s, ok := fields[name].(string); ok && len(s) <= 100 {
			return s
		}
	}
	return ""
}

// unwrapURL leaves the address out of an error: it may hold a secret.
func unwrapURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}
