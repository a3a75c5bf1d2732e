package journeys

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestStories runs every script of testdata/script on every database.
//
// Besides testscript's own commands, scripts know these:
//
//	city empty|sample            an own city; $YIMEN_DATA and $YIMEN_DATABASE name it, exec yimen works on it
//	start COMMAND [ARG…]         start the program on the own city (stories without it share a running one)
//	stop                         end it as systemd does
//	as ACCOUNT|nobody            who speaks from here on
//	api METHOD PATH [FILE|{…}] STATUS    call the API; a status from 400 on must come with a well-made problem
//	json PATH VALUE              the answer holds this there; ! json: it does not
//	match PATH REGEXP            the same, by regular expression
//	body REGEXP                  the answer as it came, a page perhaps
//	save NAME PATH               put a value of the answer into $NAME
//	apply FILE ITEM DIVISION CHANNEL APPLICANT    write a complete application
//	set FILE PATH JSON           change a value in it
//	upload NAME SAVE             upload a PDF and put its id into $SAVE
//	pass STEP JSON               approve the open step of $NUMBER
//	until STATE                  wait until a job has brought $NUMBER there
//	sql STATEMENT                change the database behind the program's back
//	query NAME STATEMENT         put what a query answers into $NAME
//	exit CODE PROGRAM [ARG…]     run a program that ends with just this code
//
// $SEALED is the folder of sealed documents made by others and by us, $SIGNED that of signed PDF files.
func TestStories(t *testing.T) {
	each(t, func(t *testing.T, e engine) {
		testscript.Run(t, testscript.Params{
			Dir:                filepath.Join("testdata", "script"),
			RequireUniqueNames: true,
			Setup:              func(env *testscript.Env) error { return setUp(env, e) },
			Condition:          func(c string) (bool, error) { return condition(c, e) },
			Cmds: map[string]func(*testscript.TestScript, bool, []string){
				"city": cmdCity, "start": cmdStart, "stop": cmdStop, "as": cmdAs, "api": cmdAPI, "json": cmdJSON, "match": cmdMatch, "body": cmdBody,
				"save": cmdSave, "apply": cmdApply, "set": cmdSet, "upload": cmdUpload, "pass": cmdPass, "until": cmdUntil,
				"sql": cmdSQL, "query": cmdQuery, "exit": cmdExit,
			},
		})
	})
}

// A story is what one script has to hand.
type story struct {
	engine  engine
	city    *city
	server  *server
	account string
	last    reply
}

type storyKey struct{}

func setUp(env *testscript.Env, e engine) error {
	st := &story{engine: e}
	env.Values[storyKey{}] = st
	env.Setenv("PATH", filepath.Dir(program)+string(os.PathListSeparator)+os.Getenv("PATH"))
	sealed, err := filepath.Abs("../../ofd/ses/testdata")
	if err != nil {
		return err
	}
	env.Setenv("SEALED", sealed)
	signed, err := filepath.Abs("../../ofd/pdf/testdata")
	if err != nil {
		return err
	}
	env.Setenv("SIGNED", signed)
	env.Defer(func() {
		if st.city != nil && st.server != nil {
			_ = st.server.stop()
		}
	})
	return nil
}

func condition(c string, e engine) (bool, error) {
	switch c {
	case string(sqlite), string(postgres):
		return c == string(e), nil
	}
	return false, fmt.Errorf("unknown condition %s", c)
}

func storyOf(ts *testscript.TestScript) *story { return ts.Value(storyKey{}).(*story) }

// api gives the caller of the current account, on the shared server unless the
// story has a city of its own.
func (st *story) api(ts *testscript.TestScript) api {
	if st.server == nil {
		if st.city != nil {
			ts.Fatalf("the own city is not started")
		}
		var err error
		st.server, err = shared[st.engine]()
		ts.Check(err)
	}
	token, err := st.server.token(st.account)
	ts.Check(err)
	return api{base: st.server.URL, token: token}
}

func need(ts *testscript.TestScript, neg bool, args []string, least, most int) {
	if neg || len(args) < least || len(args) > most {
		ts.Fatalf("wrong use: %q", args)
	}
}

func cmdCity(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, neg, args, 1, 1)
	st, dir := storyOf(ts), ts.MkAbs("city")
	var err error
	if args[0] == "empty" {
		st.city, err = emptyCity(st.engine, dir)
	} else {
		st.city, err = copyCity(st.engine, dir)
	}
	ts.Check(err)
	ts.Setenv("YIMEN_DATA", st.city.dir)
	ts.Setenv("YIMEN_DATABASE", st.city.database)
}

func cmdStart(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, neg, args, 1, 20)
	st := storyOf(ts)
	var err error
	st.server, err = st.city.start(args[0], args[1:]...)
	ts.Check(err)
	ts.Setenv("URL", st.server.URL)
}

func cmdStop(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, neg, args, 0, 0)
	ts.Check(storyOf(ts).server.stop())
}

func cmdAs(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, neg, args, 1, 1)
	st := storyOf(ts)
	if st.account = args[0]; args[0] == "nobody" {
		st.account = ""
	}
}

func cmdAPI(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, neg, args, 3, 4)
	st := storyOf(ts)
	var body any
	if len(args) == 4 {
		raw := []byte(args[2])
		if !strings.HasPrefix(args[2], "{") {
			raw = []byte(ts.ReadFile(args[2]))
		}
		body = raw
	}
	want, err := strconv.Atoi(args[len(args)-1])
	ts.Check(err)
	st.last, err = st.api(ts).send(args[0], args[1], body)
	ts.Check(err)
	ts.Logf("%s", st.last)
	if st.last.status != want {
		ts.Fatalf("status %d, want %d", st.last.status, want)
	}
	if want >= 400 {
		ts.Check(st.last.notAProblem())
	}
}

func cmdJSON(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, false, args, 2, 2)
	if got := storyOf(ts).last.text(args[0]); (got == args[1]) == neg {
		ts.Fatalf("%s is %q", args[0], got)
	}
}

func cmdMatch(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, false, args, 2, 2)
	if got := storyOf(ts).last.text(args[0]); regexp.MustCompile(args[1]).MatchString(got) == neg {
		ts.Fatalf("%s is %q", args[0], got)
	}
}

func cmdBody(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, false, args, 1, 1)
	if regexp.MustCompile(args[0]).Match(storyOf(ts).last.body) == neg {
		ts.Fatalf("%s: %v", args[0], !neg)
	}
}

func cmdSave(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, neg, args, 2, 2)
	v, ok := storyOf(ts).last.find(args[1])
	if !ok {
		ts.Fatalf("the answer has no %s", args[1])
	}
	ts.Setenv(args[0], fmt.Sprint(v))
}

func cmdApply(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, neg, args, 5, 5)
	body, err := storyOf(ts).api(ts).apply(args[1], args[2], args[3], args[4], today())
	ts.Check(err)
	writeJSON(ts, args[0], body)
}

func writeJSON(ts *testscript.TestScript, file string, v any) {
	raw, err := json.MarshalIndent(v, "", "  ")
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(file), raw, 0o600))
}

func cmdSet(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, neg, args, 3, 3)
	doc := j{}
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &doc))
	var v any
	ts.Check(json.Unmarshal([]byte(args[2]), &v))
	writeJSON(ts, args[0], change(doc, args[1], v))
}

func cmdUpload(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, neg, args, 2, 2)
	r, err := storyOf(ts).api(ts).upload(args[0], pdf)
	ts.Check(err)
	if r.status != 201 {
		ts.Fatalf("%s", r)
	}
	ts.Setenv(args[1], r.text("id"))
}

func cmdPass(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, neg, args, 2, 2)
	st := storyOf(ts)
	list, err := st.api(ts).send("GET", "/api/v1/tasks?case="+ts.Getenv("NUMBER"), nil)
	ts.Check(err)
	if list.text("items.0.step") != args[0] {
		ts.Fatalf("the open step is not %s: %s", args[0], list)
	}
	st.last, err = st.api(ts).send("POST", "/api/v1/tasks/"+list.text("items.0.id")+"/approve", []byte(args[1]))
	ts.Check(err)
	if st.last.status != 200 {
		ts.Fatalf("%s", st.last)
	}
}

func cmdUntil(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, neg, args, 1, 1)
	st := storyOf(ts)
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		var err error
		st.last, err = st.api(ts).send("GET", "/api/v1/cases/"+ts.Getenv("NUMBER"), nil)
		ts.Check(err)
		if st.last.text("state") == args[0] {
			return
		}
		if time.Now().After(deadline) {
			ts.Fatalf("the case does not come to %s: %s", args[0], st.last)
		}
	}
}

func cmdSQL(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, false, args, 1, 1)
	d, err := storyOf(ts).city.open()
	ts.Check(err)
	defer d.Close()
	if _, err = d.Exec(args[0]); (err != nil) != neg {
		ts.Fatalf("%v", err)
	}
}

func cmdQuery(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, neg, args, 2, 2)
	d, err := storyOf(ts).city.open()
	ts.Check(err)
	defer d.Close()
	var v any
	ts.Check(d.QueryRow(args[1]).Scan(&v))
	if raw, ok := v.([]byte); ok {
		v = string(bytes.TrimSpace(raw))
	}
	ts.Setenv(args[0], fmt.Sprint(v))
}

func cmdExit(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, neg, args, 2, 20)
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	var ended *exec.ExitError
	if got := 0; err != nil {
		if !errors.As(err, &ended) {
			ts.Fatalf("%v", err)
		}
		if got = ended.ExitCode(); got != want {
			ts.Fatalf("ended with %d, want %d", got, want)
		}
	} else if want != 0 {
		ts.Fatalf("ended with 0, want %d", want)
	}
}
