package journeys

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// copies is how many licences the sheet asks for: more than are issued before
// the power fails.
const copies = 400

// The power fails in the middle of a sheet of licences. After the restart it
// goes on by itself (on PostgreSQL once the dead process has been missed), and each
// line has become one licence, with one document and one use of the seal.
func TestPowerFailsInASheet(t *testing.T) {
	each(t, func(t *testing.T, e engine) {
		c := sampleCity(t, e)
		s := c.serve(t, "demo")
		who, err := person("citizen-1")
		must(t, err)
		var sheet strings.Builder
		sheet.WriteString("持证主体,持证主体代码,查询期间,用途\n")
		for i := range copies {
			fmt.Fprintf(&sheet, "%s,%s,年满16周岁至今,求职第%d家\n", who.DisplayName, who.IDNo, i+1)
		}
		const police = "approver-440232-d07"
		issued := func() int { return c.count(t, `SELECT COUNT(*) FROM licences_licence WHERE type = 'ZZ011'`) }
		before := issued()
		b := s.browse(t, police)
		page := b.Get("/office/licence-batches?type=ZZ011").Status(200).Form("[name=file]").Attach("file", "七月.csv", []byte(sheet.String())).Send().Status(200)
		page.Must(fmt.Sprintf("可以签发%d行", copies)).Form("main form[method=post]").Send().Status(200)
		at := page.URL.Path

		within(t, "the first lines are issued", func() bool { return issued() >= before+copies/10 })
		s.kill()
		cut := issued() - before
		if cut < copies/10 || cut >= copies {
			t.Fatalf("%d of %d were issued before the power failed", cut, copies)
		}

		s = c.serve(t, "demo")
		b = s.browse(t, police)
		within(t, "the sheet is done", func() bool { return strings.Contains(b.Get(at).Status(200).Text(), "签发已经结束") })
		b.Get(at).Must(fmt.Sprintf("成功%d本，没有成功0本", copies))
		for what, query := range map[string]string{
			"licences":        `SELECT COUNT(*) FROM licences_licence WHERE type = 'ZZ011'`,
			"numbers":         `SELECT COUNT(DISTINCT number_key) FROM licences_licence WHERE type = 'ZZ011'`,
			"documents":       `SELECT COUNT(*) FROM licences_paper p JOIN licences_licence l ON l.id = p.licence WHERE l.type = 'ZZ011'`,
			"uses of seals":   `SELECT COUNT(*) FROM seals_use WHERE purpose = 'proof:ZZ011'`,
			"lines, each one": `SELECT COUNT(DISTINCT licence) FROM licences_line WHERE good AND licence <> ''`,
		} {
			if n := c.count(t, query); n != before+copies {
				t.Errorf("%s: %d, want %d", what, n, before+copies)
			}
		}
		if n := c.count(t, `SELECT COUNT(*) FROM licences_line WHERE content <> ''`); n != 0 {
			t.Errorf("%d lines can still be read", n)
		}
		c.auditWhole(t)
	})
}

// within waits for something that comes by itself.
func within(t *testing.T, what string, done func() bool) {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); !done(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within two minutes: %s", what)
		}
	}
}
