package workflow

import (
	"log/slog"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"testing"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/internal/kit/web"
	"yimen/internal/kit/webtest"
)

// site serves the API; whoever the header X-Person names is signed in.
func (w *world) site() http.Handler {
	rt := web.NewRouter(web.Options{
		DB: w.DB, Clock: w.clock, Log: slog.New(slog.DiscardHandler),
		Subject: func(r *http.Request) string { return identity.FromContext(r.Context()).Account },
	})
	rt.Use(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if a, ok := w.people[r.Header.Get("X-Person")]; ok {
				r = r.WithContext(identity.With(r.Context(), a))
			}
			next.ServeHTTP(rw, r)
		})
	})
	w.API(web.NewAPI(rt, "一门", "1"))
	return rt
}

// What a step answers with is the task as everybody reads it afterwards, and the
// steps that are open then, though under a key neither is read again.
func TestTheAnswerOfAStepIsTheTask(t *testing.T) {
	eachSite(t, func(t *testing.T, w *world, h http.Handler) {
		w.start("C1", line, nil)
		id := w.open("C1", "a")
		ann := webtest.New(t, h).With("X-Person", "ann")
		var told, read map[string]any
		ann.With("Idempotency-Key", "once").JSON("POST", "/api/v1/tasks/"+id+"/approve", map[string]any{"opinion": "同意"}).Status(200).Decode(&told)
		ann.Get("/api/v1/tasks/" + id).Status(200).Decode(&read)
		process := told["process"].(map[string]any)
		delete(told, "process")
		if told["state"] != Done || !reflect.DeepEqual(told, read) {
			t.Errorf("told %v, want as read afterwards: %v", told, read)
		}
		open, _ := process["open"].([]any)
		if process["state"] != "running" || len(open) != 1 || open[0].(map[string]any)["id"] != w.open("C1", "b") {
			t.Errorf("told of the process %v, want b open", process)
		}
	})
}

func TestAPI(t *testing.T) {
	eachSite(t, func(t *testing.T, w *world, h http.Handler) {
		w.start("C1", line, nil)
		w.start("C2", line, nil)
		ann := webtest.New(t, h).With("X-Person", "ann")
		var list struct {
			Items []map[string]any
			Next  string
		}
		ann.Get("/api/v1/tasks?limit=1").Status(200).Decode(&list)
		if len(list.Items) != 1 || list.Next == "" || list.Items[0]["case"] != "C1" || list.Items[0]["item_name"] != "食品经营许可" ||
			list.Items[0]["step"] != "环节a" || list.Items[0]["due_on"] != "2026-09-22" || list.Items[0]["light"] != "normal" {
			t.Fatalf("list %+v", list)
		}
		ann.Get("/api/v1/tasks?limit=1&after=" + list.Next).Status(200).Must(`"C2"`).MustNot(`"C1"`)
		ann.Get("/api/v1/tasks?state=lost").Status(422)
		id := w.open("C1", "a")
		ann.Get("/api/v1/tasks/"+id).Status(200).Must(`"allowed":["approve","return"`, `"targets":[]`)
		ann.JSON("POST", "/api/v1/tasks/"+id+"/claim", nil).Status(200).Must(`"assignee":"ann"`)
		ann.JSON("POST", "/api/v1/tasks/"+id+"/approve", map[string]any{"opinion": "同意"}).Status(200).Must(`"state":"done"`, `"withdraw-act"`)
		again := ann.JSON("POST", "/api/v1/tasks/"+id+"/approve", map[string]any{}).Status(409).Problem()
		if again.Code != "task_over" || len(again.Allowed) != 1 || again.Allowed[0] != ActWithdraw {
			t.Errorf("stale: %+v", again)
		}
		b := w.open("C1", "b")
		if p := ann.JSON("POST", "/api/v1/tasks/"+b+"/refuse", map[string]any{}).Status(422).Problem(); p.Field("opinion") == "" {
			t.Errorf("refuse without words: %+v", p)
		}
		ann.JSON("POST", "/api/v1/tasks/"+b+"/return", map[string]any{"to": "a", "opinion": "补充材料"}).Status(200)
		ann.JSON("POST", "/api/v1/tasks/"+w.open("C1", "a")+"/refuse", map[string]any{"opinion": "不符合"}).Status(200)
		last := "/api/v1/tasks/" + w.open("C1", "d")
		ann.JSON("POST", last+"/approve", map[string]any{"outcome": "denied", "opinion": "不予"}).Status(200).Must(`"allowed":[]`)
		w.wantShape("C1", "finished denied")
		// Nothing is taken back once the process is over, so nobody is told that it might be.
		for _, task := range []string{last, "/api/v1/tasks/" + id} {
			ann.Get(task).Status(200).Must(`"allowed":[]`)
			if p := ann.JSON("POST", task+"/withdraw-act", map[string]any{"opinion": "点错了"}).Status(409).Problem(); len(p.Allowed) > 0 {
				t.Errorf("taken back after the end: %+v", p)
			}
		}
		if looked, err := w.Look(w.as("ann"), []string{id}); err != nil || len(looked) != 1 || len(looked[0].Allowed) > 0 {
			t.Errorf("looked at: %+v, %v", looked, err)
		}

		webtest.New(t, h).Get("/api/v1/tasks").Status(401)
		webtest.New(t, h).With("X-Person", "city").Get("/api/v1/tasks/" + id).Status(404)
		webtest.New(t, h).With("X-Person", "city").JSON("POST", "/api/v1/tasks/"+w.open("C2", "a")+"/approve", map[string]any{}).Status(404)
	})
}

func TestAPISendsTwice(t *testing.T) {
	eachSite(t, func(t *testing.T, w *world, h http.Handler) {
		w.start("C1", line, nil)
		id := w.open("C1", "a")
		ann := webtest.New(t, h).With("X-Person", "ann").With("Idempotency-Key", "k-1")
		first := ann.JSON("POST", "/api/v1/tasks/"+id+"/approve", `{"opinion":"同意"}`).Status(200)
		second := ann.JSON("POST", "/api/v1/tasks/"+id+"/approve", `{"opinion":"同意"}`).Status(200)
		if first.Body != second.Body {
			t.Errorf("answers differ: %s / %s", first.Body, second.Body)
		}
		w.wantShape("C1", "b")
	})
}

// The other operations, each through its address.
func TestAPIVerbs(t *testing.T) {
	eachSite(t, func(t *testing.T, w *world, h http.Handler) {
		w.start("C1", line, nil)
		id := w.open("C1", "a")
		ann := webtest.New(t, h).With("X-Person", "ann")
		ben := webtest.New(t, h).With("X-Person", "ben")
		chief := webtest.New(t, h).With("X-Person", "chief")
		post := func(c *webtest.Client, act string, body any) *webtest.Page {
			return c.JSON("POST", "/api/v1/tasks/"+id+"/"+act, body)
		}
		post(ann, "claim", nil).Status(200)
		post(ann, "delegate", map[string]any{"to": "ben"}).Status(200).Must(`"assignee":"ben"`)
		post(ben, "unclaim", nil).Status(200).Must(`"assignee":"ann"`)
		post(chief, "remind", map[string]any{"opinion": "请尽快"}).Status(200)
		post(chief, "reassign", map[string]any{"to": "ben"}).Status(200).Must(`"assignee":"ben"`)
		post(ann, "approve", map[string]any{}).Status(409).Must("task_taken")
		post(ben, "add-approver", map[string]any{"to": "fire", "position": "before"}).Status(200).Must(`"state":"waiting"`)
		post(ben, "withdraw-act", map[string]any{"opinion": "不必了"}).Status(200).Must(`"state":"open"`)
		post(ann, "dance", nil).Status(404)
	})
}

// What an act says is to be done next is what reading the process says
// afterwards: colleagues who were added, signatures that are no longer needed,
// branches beside it, a refusal that closes them, and the end.
func TestAnActSaysWhatIsNext(t *testing.T) {
	eachSite(t, func(t *testing.T, w *world, h http.Handler) {
		opinion := map[string]any{"opinion": "不符合"}
		n := 0
		act := func(who, node, act string, body any, open ...string) {
			t.Helper()
			n++
			var told struct{ Process apiProcess }
			webtest.New(t, h).With("X-Person", who).With("Idempotency-Key", "act-"+strconv.Itoa(n)).
				JSON("POST", "/api/v1/tasks/"+w.open("C1", node)+"/"+act, body).Status(200).Decode(&told)
			read, err := w.process(t.Context(), "C1")
			w.must(err)
			if !reflect.DeepEqual(told.Process, read) {
				t.Errorf("%s at %s: told %+v, want as read afterwards: %+v", act, node, told.Process, read)
			}
			var got []string
			for _, s := range told.Process.Open {
				got = append(got, s.Node)
			}
			if !slices.Equal(got, open) {
				t.Errorf("%s at %s: open are %v, want %v", act, node, got, open)
			}
		}
		either := with(step("s"), func(n *Node) { n.Sign, n.Signers = SignAny, []string{"county", "receiving"} })
		w.start("C1", def(step("a"), either, parallel("p", branch("", step("b"), step("c")), branch("", step("e"))), decide("d")), nil)
		act("ann", "a", "claim", nil, "a")
		act("ann", "a", "add-approver", map[string]any{"to": "fire", "position": "after"}, "a")
		act("ann", "a", "approve", nil, "a") // the colleague's, who was waiting
		act("fire", "a", "approve", nil, "s", "s")
		act("ann", "s", "approve", nil, "b", "e")
		act("ann", "b", "approve", nil, "e", "c")
		act("ann", "c", "return", map[string]any{"to": "b", "opinion": "再看"}, "e", "b")
		act("ann", "e", "refuse", opinion, "d")
		act("ann", "d", "approve", map[string]any{"outcome": "denied", "opinion": "不予"})
		w.wantShape("C1", "finished denied")
	})
}

// eachSite is each with the tables that the edge needs.
func eachSite(t *testing.T, fn func(t *testing.T, w *world, h http.Handler)) {
	t.Helper()
	dbtest.Each(t, []db.Source{Migrations, web.Migrations}, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		fn(t, w, w.site())
	})
}
