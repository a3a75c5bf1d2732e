package journeys

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// A backup is made while a thousand applications come in, and restored into the
// other engine: what was acknowledged before it is there, once and whole; the
// audit chain holds; files open; and work goes on where it stood.
func TestBackupWhileWorking(t *testing.T) {
	each(t, func(t *testing.T, e engine) {
		c := sampleCity(t, e)
		s := c.serve(t, "demo")
		clerk := s.as(t, "clerk-"+theVillage)
		before := c.count(t, "SELECT COUNT(*) FROM cases_case")
		m := &morning{t: t, acks: map[string]string{}, body: clerk.apply("SG02008", theVillage, "window", "citizen-1")}
		dir := filepath.Join(t.TempDir(), "backups")
		var once sync.Once
		var acked map[string]string
		taken := make(chan error, 1)
		m.send(clerk, func(n int) {
			if n < applications/4 {
				return
			}
			once.Do(func() {
				m.mu.Lock()
				acked = map[string]string{}
				for k, v := range m.acks {
					acked[k] = v
				}
				m.mu.Unlock()
				go func() {
					_, err := c.yimen("backup", dir)
					taken <- err
				}()
			})
		})
		must(t, <-taken)

		to := sqlite
		if len(engines()) > 1 && e == sqlite {
			to = postgres
		}
		other, err := emptyCity(to, filepath.Join(t.TempDir(), "data"))
		must(t, err)
		key, err := os.ReadFile(filepath.Join(c.dir, "files.key"))
		must(t, err)
		must(t, os.WriteFile(filepath.Join(other.dir, "files.key"), key, 0o600))
		out, err := other.yimen("restore", dir)
		if err != nil || !strings.Contains(out, "each table compared") || !strings.Contains(out, " 0 findings") {
			t.Fatalf("restore: %v\n%s", err, out)
		}
		if out, err := other.yimen("restore", dir); err == nil || !strings.Contains(out, "not empty") {
			t.Errorf("a second restore over the first: %v\n%s", err, out)
		}
		kept := &morning{t: t, acks: acked}
		kept.whole(other, before, len(acked))
		if n := other.count(t, "SELECT COUNT(*) FROM cases_case"); n < before+len(acked) || n > before+applications {
			t.Errorf("%d cases restored; %d to %d were there", n, before+len(acked), before+applications)
		}
		goesOn(t, other, m.body, acked)
	})
}

// goesOn works in a restored city: an application of the morning comes to its
// end, and the rest of the morning can be sent again.
func goesOn(t *testing.T, c *city, body j, acked map[string]string) {
	t.Helper()
	s := c.serve(t, "demo")
	clerk := s.as(t, "clerk-"+theVillage)
	for key, number := range acked {
		clerk.keyed(key).do("POST", "/api/v1/cases", body, 201).says(t, "number", number)
		clerk.do("GET", "/api/v1/cases/"+number, nil, 200).says(t, "number", number)
		break
	}
	numbers := s.decideMany(t, 3)
	finishedOnce(t, c, s, numbers)
}
