package journeys

import (
	"context"
	"io"
	"net/http"
	"os/exec"
	"strings"
	"testing"
	"time"
)

const aDay = 24 * time.Hour

// The machine's clock is set a day ahead, an hour back and a year back while
// people work: the program does not follow, says so, and everything goes on as
// if nothing had been: no case is stamped with a wrong day, jobs run, nobody is
// signed out, and the audit log is whole.
func TestClockIsSetWhileWorking(t *testing.T) {
	each(t, func(t *testing.T, e engine) {
		c := sampleCity(t, e)
		s := c.serve(t, "demo")
		s.setClock(t, 0) // nothing happens
		if said := s.page(t, "/readyz"); said != "ready\n" {
			t.Errorf("/readyz: %s", said)
		}
		decided := s.decideMany(t, 1)
		for _, by := range []time.Duration{aDay, -time.Hour, -365 * aDay} {
			s.setClock(t, by)
			clerk := s.as(t, "clerk-"+theVillage)
			body := clerk.apply("SG02008", theVillage, "window", "citizen-1")
			made := clerk.do("POST", "/api/v1/cases", body, 201)
			s.stampedRight(t, made.text("number"))
			decided = append(decided, s.decideMany(t, 1)...)
			if said := s.page(t, "/readyz"); !strings.Contains(said, "ready\n") || !strings.Contains(said, "warning: 服务器时钟在") {
				t.Errorf("%v: /readyz says nothing of the clock: %s", by, said)
			}
			if figures := s.page(t, "/metrics"); !strings.Contains(figures, "yimen_clock_jumps_total") || strings.Contains(figures, "yimen_clock_off_seconds 0\n") {
				t.Errorf("%v: /metrics shows no jump", by)
			}
		}
		finishedOnce(t, c, s, decided)
		if !strings.Contains(s.out.String(), "clock jumped") {
			t.Errorf("the log says nothing:\n%s", s.out)
		}
		s.setClock(t, 0)
		if said := s.page(t, "/readyz"); said != "ready\n" {
			t.Errorf("mended: %s", said)
		}
		must(t, s.stop())
		c.auditWhole(t)
	})
}

// A program that is started while the clock shows last year refuses; one that
// is started a day ahead cannot know. When the clock is right again it refuses
// too, until somebody says that it is right, and then no case gets a date before
// those it has.
func TestStartedWithAWrongClock(t *testing.T) {
	each(t, func(t *testing.T, e engine) {
		c := sampleCity(t, e)
		s := c.serve(t, "demo")
		clerk := s.as(t, "clerk-"+theVillage)
		body := clerk.apply("SG02008", theVillage, "window", "citizen-1", "deliver", "electronic")
		today := clerk.do("POST", "/api/v1/cases", body, 201).text("number")
		must(t, s.stop())

		c.refusesToStart(t, withClock(t, -365*aDay))
		c.refusesToStart(t, withClock(t, -time.Hour))

		c.binary = withClock(t, aDay)
		s = c.serve(t, "demo")
		clerk = s.as(t, "clerk-"+theVillage)
		clerk.get("/api/v1/cases/"+today).says(t, "state", "received") // a day is not five
		tomorrow := clerk.do("POST", "/api/v1/cases", body, 201).text("number")
		s.kill() // with its lead among the processes, which by its clock lasts another day

		c.refusesToStart(t, program)
		c.binary = ""
		s = c.serve(t, "demo", "--trust-clock")
		clerk = s.as(t, "clerk-"+theVillage)
		clerk.refused("POST", "/api/v1/cases/"+tomorrow+"/accept", j{}, 503, "case_clock_behind")
		clerk.get("/api/v1/cases/"+tomorrow).says(t, "state", "received")
		clerk.act(today, "accept", j{})
		numbers := s.decideMany(t, 1)
		finishedOnce(t, c, s, numbers)
		must(t, s.stop())
		c.auditWhole(t)
		s = c.serve(t, "demo") // trusted once is enough
		s.stampedRight(t, numbers[0])
	})
}

// page is the body of a page without a session.
func (s *server) page(t *testing.T, path string) string {
	t.Helper()
	r, err := http.Get(s.URL + path)
	must(t, err)
	defer r.Body.Close()
	raw, err := io.ReadAll(r.Body)
	must(t, err)
	return string(raw)
}

// stampedRight looks whether a case that was just made says so.
func (s *server) stampedRight(t *testing.T, number string) {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s.as(t, "clerk-"+theVillage).get("/api/v1/cases/"+number).text("submitted_at"))
	must(t, err)
	if time.Since(at).Abs() > 10*time.Minute {
		t.Errorf("case %s was made at %v, it is %v", number, at, time.Now())
	}
}

// refusesToStart runs a build of the program that must not start, and must say
// what is to be done.
func (c *city) refusesToStart(t *testing.T, binary string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, binary, append([]string{"demo", "--addr", "127.0.0.1:0"}, c.args()...)...).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "set the clock") || !strings.Contains(string(out), "--trust-clock") {
		t.Errorf("started with a clock that is behind: %v\n%s", err, out)
	}
}

func (c *city) auditWhole(t *testing.T) {
	t.Helper()
	if out, err := c.yimen("verify", "audit"); err != nil {
		t.Errorf("verify audit: %v\n%s", err, out)
	}
}
