package journeys

import (
	"fmt"
	"io"
	"net"
	"net/url"
	"sync"
	"testing"
	"time"
)

// A cable is the way to the database server, which can be cut and mended.
type cable struct {
	listener net.Listener
	to       string
	mu       sync.Mutex
	cut      bool
	open     map[net.Conn]bool
}

func layCable(t *testing.T, to string) *cable {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	c := &cable{listener: l, to: to, open: map[net.Conn]bool{}}
	t.Cleanup(func() { l.Close(); c.setCut(true) })
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			go c.carry(in)
		}
	}()
	return c
}

func (c *cable) carry(in net.Conn) {
	defer in.Close()
	if !c.hold(in) {
		return
	}
	defer c.release(in)
	out, err := net.Dial("tcp", c.to)
	if err != nil {
		return
	}
	defer out.Close()
	go func() {
		_, _ = io.Copy(out, in)
		out.Close()
	}()
	_, _ = io.Copy(in, out)
}

func (c *cable) hold(in net.Conn) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cut {
		return false
	}
	c.open[in] = true
	return true
}

func (c *cable) release(in net.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.open, in)
}

// setCut cuts the cable, with whatever is on its way, or mends it.
func (c *cable) setCut(cut bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cut = cut
	if cut {
		for in := range c.open {
			in.Close()
		}
	}
}

// The database cannot be reached: people are told to try again, the gateway is
// told to send them elsewhere, and when it is back everything goes on without
// a restart. Nothing is half done.
func TestDatabaseUnreachable(t *testing.T) {
	eachRemote(t, func(t *testing.T) {
		c := sampleCity(t, postgres)
		u, err := url.Parse(c.database)
		must(t, err)
		way := layCable(t, u.Host)
		u.Host = way.listener.Addr().String()
		c.through = u.String()
		s := c.serve(t, "demo")
		clerk, nobody := s.as(t, "clerk-"+theVillage), s.as(t, "")
		body := clerk.apply("SG02008", theVillage, "window", "citizen-1")
		number := clerk.keyed("before").do("POST", "/api/v1/cases", body, 201).text("number")
		before := c.rows(t)

		// Cut in the middle of work.
		var wg sync.WaitGroup
		acked := make([]string, 40)
		for i := range acked {
			wg.Go(func() {
				r, err := clerk.keyed(fmt.Sprintf("during-%d", i)).send("POST", "/api/v1/cases", body)
				switch {
				case err != nil:
					t.Errorf("the server did not answer: %v", err)
				case r.status == 201:
					acked[i] = r.text("number")
				default:
					r.unavailable(t)
				}
			})
			if i == len(acked)/2 {
				way.setCut(true)
			}
		}
		wg.Wait()

		r, err := clerk.send("POST", "/api/v1/cases", body)
		must(t, err)
		r.unavailable(t)
		r, err = clerk.send("GET", "/api/v1/cases/"+number, nil)
		must(t, err)
		r.unavailable(t)
		if status, err := s.ready(); err != nil || status != 503 {
			t.Errorf("/readyz: %d, %v", status, err)
		}
		nobody.get("/healthz") // the process itself is well: no reason to kill it

		way.setCut(false)
		for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(100 * time.Millisecond) {
			if status, _ := s.ready(); status == 200 {
				break
			}
			if time.Now().After(deadline) {
				t.Fatal("not ready again 30 s after the database is back")
			}
		}
		for i, number := range acked { // acknowledged is stored; the others may be sent again
			again := clerk.keyed(fmt.Sprintf("during-%d", i)).do("POST", "/api/v1/cases", body, 201)
			if number != "" {
				again.says(t, "number", number)
			}
		}
		clerk.get("/api/v1/cases/"+number).says(t, "number", number)
		if before == c.rows(t) {
			t.Error("nothing was stored after the return")
		}
		m := &morning{t: t, acks: map[string]string{}}
		m.whole(c, 0, 0)
		if n := c.count(t, "SELECT COUNT(*) FROM cases_case WHERE idempotency_key LIKE 'during-%'"); n != len(acked) {
			t.Errorf("%d cases for %d applications", n, len(acked))
		}
	})
}

// eachRemote runs fn on the databases that are reached over a network. SQLite
// lies in the program's own folder: what can happen to that is TestFullDisk.
func eachRemote(t *testing.T, fn func(t *testing.T)) {
	t.Helper()
	for _, e := range engines() {
		if e != sqlite {
			t.Run(string(e), fn)
		}
	}
}

// unavailable expects 503 with the sentence that nothing was stored.
func (r reply) unavailable(t testing.TB) {
	t.Helper()
	if r.status != 503 || r.notAProblem() != nil || r.header.Get("Retry-After") == "" {
		t.Errorf("want a 503 problem with Retry-After: %v: %s", r.notAProblem(), r)
	}
}
