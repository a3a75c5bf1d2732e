package load

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"time"
)

// words are what people search for.
var words = []string{"养老", "低保", "采伐", "身份证", "营业执照", "生育", "建房", "医保", "老年", "残疾", "户口", "公积金"}

// readers are those who only look.
type readers struct {
	*run
	cases []caseAnswer // of all the city, to be looked at
}

const (
	cityManager = "manager-440200000000" // sees every case of the city, and so audits
	aClerk      = "clerk-440232000000"
	anApprover  = "approver-440232-d11"
	aCitizen    = "citizen-1"
)

func (u *run) readers(ctx context.Context) (*readers, error) {
	x := &readers{run: u}
	var list page[caseAnswer]
	if err := u.site.get(ctx, "list", cityManager, "/api/v1/cases?limit=200&count=false", &list); err != nil {
		return nil, err
	}
	if len(list.Items) == 0 {
		return nil, errors.New("the server has no cases to look at: begin with --sample, or run another profile first")
	}
	x.cases = list.Items
	return x, nil
}

// look is one page or operation of a visit.
type look struct {
	op, account, path string
	api, strange      bool
}

// visit is one visitor, and what they look at, one after another.
func (x *readers) visit(i int) step {
	r := rand.New(rand.NewPCG(x.Seed, uint64(i)))
	looks := x.plan(r)
	var next func(context.Context) (step, time.Duration)
	next = func(ctx context.Context) (step, time.Duration) {
		l := looks[0]
		looks = looks[1:]
		// A page that fails has been counted; who reads goes on with the next.
		_ = x.site.do(ctx, ask{op: l.op, account: l.account, method: "GET", path: l.path, page: !l.api, strange: l.strange})
		if len(looks) == 0 {
			x.rec.visited()
			return nil, 0
		}
		return next, 0
	}
	return next
}

// plan draws who comes: mostly citizens without an account.
func (x *readers) plan(r *rand.Rand) []look {
	c := x.cases[r.IntN(len(x.cases))]
	word := url.QueryEscape(words[r.IntN(len(words))])
	switch n := r.IntN(100); {
	case n < 35:
		return []look{{op: "page home", path: "/"}, {op: "page search", path: "/search?q=" + word}, {op: "page guide", path: "/items/" + c.Item}}
	case n < 50:
		return x.progress(c)
	case n < 60:
		return []look{{op: "page my", account: aCitizen, path: "/my"}}
	case n < 72:
		return []look{{op: "page counter", account: aClerk, path: "/counter"}}
	case n < 82:
		return []look{{op: "page inbox", account: anApprover, path: "/office"}, {op: "inbox", account: anApprover, path: "/api/v1/tasks?limit=20", api: true}}
	case n < 90:
		return []look{{op: "page cases", account: cityManager, path: "/office/cases"}, {op: "page case", account: cityManager, path: "/office/cases/" + c.Number}}
	}
	return []look{
		{op: "items", path: "/api/v1/items?q=" + word, api: true},
		{op: "clock", path: fmt.Sprintf("/api/v1/clock?from=2026-11-%02d&working_days=%d&division=%s", 1+r.IntN(28), 1+r.IntN(60), ownCounty), api: true},
		{op: "list", account: cityManager, path: "/api/v1/cases?limit=20", api: true},
		{op: "case", account: cityManager, path: "/api/v1/cases/" + c.Number, api: true},
	}
}

// progress looks at one's case by number and code. One address may ask sixty
// times a minute, so where the client has but one it looks at the empty form.
func (x *readers) progress(c caseAnswer) []look {
	if c.QueryCode == "" || x.site.strangers == nil {
		return []look{{op: "page progress form", path: "/progress"}}
	}
	return []look{{op: "page progress", path: "/progress?number=" + c.Number + "&query_code=" + c.QueryCode, strange: true}}
}
