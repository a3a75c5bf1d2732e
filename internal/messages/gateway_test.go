package messages

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestGateway(t *testing.T) {
	status, answer := http.StatusOK, `{"code":0,"msgid":"m-1"}`
	var got *http.Request
	var body string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		got, body = r, string(raw)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, answer)
	}))
	defer server.Close()
	g, err := NewGateway(GatewaySettings{URL: server.URL + "/send", Header: "Authorization: Bearer s3cret", Accepted: `"code":0`})
	if err != nil {
		t.Fatal(err)
	}
	o := Outgoing{ID: "id-1", To: "13812345678", Text: "【一门政务】“低保”已受理。\"引号\""}
	receipt, err := g.Send(context.Background(), o)
	if err != nil || receipt != "m-1" {
		t.Fatalf("%q, %v", receipt, err)
	}
	var sent map[string]string
	if err := json.Unmarshal([]byte(body), &sent); err != nil || sent["phone"] != o.To || sent["text"] != o.Text || sent["id"] != o.ID {
		t.Errorf("body %s, %v", body, err)
	}
	if got.Method != "POST" || got.URL.Path != "/send" || got.Header.Get("Authorization") != "Bearer s3cret" || got.Header.Get("Idempotency-Key") != "id-1" {
		t.Errorf("request %s %s %v", got.Method, got.URL, got.Header)
	}
	for _, test := range []struct {
		status    int
		answer    string
		permanent bool
	}{
		{http.StatusOK, `{"code":7}`, false}, {http.StatusBadRequest, "bad number", true}, {http.StatusUnprocessableEntity, "", true},
		{http.StatusUnauthorized, "", false}, {http.StatusTooManyRequests, "", false}, {http.StatusBadGateway, "", false}, {http.StatusFound, "", false},
	} {
		status, answer = test.status, test.answer
		if _, err := g.Send(context.Background(), o); err == nil || permanent(err) != test.permanent {
			t.Errorf("%d %s: %v", test.status, test.answer, err)
		}
	}
	server.Close()
	if _, err := g.Send(context.Background(), o); err == nil || permanent(err) || strings.Contains(err.Error(), "/send") {
		t.Errorf("nobody answers: %v", err)
	}
}

func TestGatewayOfAnotherShape(t *testing.T) {
	var form string
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		form = r.FormValue("mobile") + " " + r.FormValue("content")
	}))
	defer server.Close()
	g, err := NewGateway(GatewaySettings{URL: server.URL, ContentType: "application/x-www-form-urlencoded",
		Body: "mobile={{.Phone}}&content={{query .Text}}&extno={{.ID}}"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := g.Send(context.Background(), Outgoing{ID: "1", To: "13812345678", Text: "a&b 受理"}); err != nil || form != "13812345678 a&b 受理" {
		t.Errorf("%q, %v", form, err)
	}
}

func TestGatewaySettingsThatCannotBe(t *testing.T) {
	for _, s := range []GatewaySettings{
		{URL: "gateway"}, {URL: "ftp://x/"}, {URL: "https://x/", Header: "secret"}, {URL: "https://x/", Body: "{{"}, {URL: "https://x/", Body: "{{.Mobile}}"},
	} {
		if _, err := NewGateway(s); err == nil {
			t.Errorf("%+v was taken", s)
		}
	}
}
