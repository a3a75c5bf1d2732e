package app

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"yimen/internal/kit/web"
)

// publicWrites are the POST routes that anybody may use, each with its reason.
var publicWrites = map[string]string{
	"/proofs/report":                 "whoever is asked for a proof off the list may say so; bounded by address",
	"/report":                        "anybody may say that a page is wrong; bounded by address",
	"/login":                         "nobody is signed in before",
	"/login/sms":                     "nobody is signed in before; codes are counted by telephone and address",
	"/login/sms/code":                "nobody is signed in before; five tries a code",
	"/login/sms/choose":              "among the accounts of a telephone just proven",
	"/login/passkey/begin":           "nobody is signed in before; a question kept in the visitor's own session",
	"/login/passkey":                 "nobody is signed in before; bounded by address",
	"/login/scan/state":              "the visitor's own session asks how far it is",
	"/login/second":                  "the password was right in this session; five tries",
	"/register":                      "nobody has an account before; codes are counted by telephone and address",
	"/register/code":                 "nobody has an account before; five tries a code",
	"/register/person":               "a telephone just proven; the register is asked five times a day",
	"/licences/check":                "looks at a file and keeps nothing; bounded by address and in number",
	"/api/v1/licences/verify":        "as /licences/check",
	"/licences/shown/{code}":         "the code is the right, and used up by it; bounded by address",
	"/logout":                        "ends what session there is",
	"/demo/login":                    "sample city only",
	"/demo/client/refresh":           "sample city only; the visitor's own token, bounded by address",
	"/demo/client/logout":            "sample city only; ends the visitor's own sign-in",
	"/oauth/token":                   "a system proves itself, by a secret or a signature",
	"/oauth/introspect":              "a system proves itself",
	"/oauth/revoke":                  "a system proves itself",
	"/oauth/device_authorization":    "a kiosk names its system and waits for a person",
	"/oauth/userinfo":                "the access token is the right",
	"/oauth/again":                   "ends what session there is, for a request that is kept",
	"/oauth/logout":                  "ends what session there is",
	"/region":                        "keeps the chosen place in the visitor's own session",
	"/take/{outlet}/pair":            "a pairing code of a quarter of an hour is the right; ten tries a minute",
	"/api/v1/items/{code}/checklist": "computes, and writes nothing but that somebody asked about themselves",
}

func TestRoutesAreListedWithTheirGuards(t *testing.T) {
	a := openApp(t, true)
	var lines []string
	for _, r := range a.Router.Routes() {
		method := r.Method
		if method == "" {
			method = "*"
		}
		lines = append(lines, fmt.Sprintf("%-5s %-55s %s", method, r.Pattern, r.Guard))
	}
	compare(t, "routes.txt", lines)
}

func TestEveryRouteStatesItsGuard(t *testing.T) {
	a := openApp(t, true)
	routes := a.Router.Routes()
	if len(routes) < 60 {
		t.Fatalf("only %d routes: the program is not whole", len(routes))
	}
	seen := map[string]bool{}
	for _, r := range routes {
		at := r.Method + " " + r.Pattern
		if r.Guard == "" {
			t.Errorf("%s states no guard", at)
		}
		if seen[at] {
			t.Errorf("%s is there twice", at)
		}
		seen[at] = true
		if r.Method == "POST" && open(r.Guard) && publicWrites[r.Pattern] == "" {
			t.Errorf("%s lets everybody write; give it a guard, or its reason in publicWrites", at)
		}
		if staffOnly(r.Pattern) && open(r.Guard) {
			t.Errorf("%s is a page of staff and lets everybody in", at)
		}
	}
}

func TestDemoRoutesAreOnlyInTheSampleCity(t *testing.T) {
	demo := openApp(t, true).Router.Routes()
	if !slices.ContainsFunc(demo, isDemo) {
		t.Error("the sample city has no page of people to be")
	}
	for _, r := range openApp(t, false).Router.Routes() {
		if isDemo(r) {
			t.Errorf("%s %s is there in production", r.Method, r.Pattern)
		}
	}
}

// open says that a guard lets everybody in (a rate limit may stand before it).
func open(guard string) bool {
	return guard == "public" || strings.HasSuffix(guard, "+public") || strings.HasPrefix(guard, "public+rate")
}

func isDemo(r web.Route) bool { return r.Pattern == "/demo" || strings.HasPrefix(r.Pattern, "/demo/") }

func staffOnly(pattern string) bool {
	for _, p := range []string{"/counter", "/office", "/admin"} {
		if pattern == p || strings.HasPrefix(pattern, p+"/") {
			return true
		}
	}
	return false
}
