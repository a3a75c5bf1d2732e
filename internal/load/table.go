package load

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Print writes the result as tables.
func (x *Result) Print(w io.Writer) {
	fmt.Fprintf(w, "\n%s on %s, %d clients, %s\n", x.Profile, cmp.Or(x.Database, x.Server), x.Clients, time.Duration(x.Seconds*float64(time.Second)).Round(100*time.Millisecond))
	if x.Interrupted {
		fmt.Fprintln(w, "Interrupted: this is what had been done by then.")
	}
	if x.CasesBegun > 0 {
		fmt.Fprintf(w, "%d cases begun, %d brought to their end (%s), %d could not go on: %.1f cases a second\n",
			x.CasesBegun, x.CasesClosed, counted(x.Ends), x.CasesStuck, x.CasesPerSecond)
	}
	if x.JobsLeft != nil && *x.JobsLeft > 0 {
		fmt.Fprintf(w, "%d jobs (notices, papers) were left when the last case was closed, done %.1f s later: %.1f cases a second with them\n",
			*x.JobsLeft, x.JobsSeconds, float64(x.CasesClosed)/(x.Seconds+x.JobsSeconds))
	}
	if x.Visits > 0 {
		fmt.Fprintf(w, "%d visits: %.1f a second\n", x.Visits, float64(x.Visits)/x.Seconds)
	}
	fmt.Fprintf(w, "%d requests: %.0f a second\n\n", x.Requests, x.RequestsPerSecond)
	rows := [][]string{{"operation", "count", "errors", "p50 ms", "p95 ms", "p99 ms", "max ms"}}
	for _, name := range slices.Sorted(maps.Keys(x.Operations)) {
		rows = append(rows, line(name, x.Operations[name]))
	}
	if x.WholeCase.Count > 0 {
		rows = append(rows, line("(a whole case)", x.WholeCase))
	}
	rows = append(rows, line("(waited for a client)", x.WaitedForClient))
	table(w, rows)
	for _, kind := range slices.Sorted(maps.Keys(x.Errors)) {
		fmt.Fprintf(w, "error  %s: %d\n", kind, x.Errors[kind])
	}
	for _, note := range x.Notes {
		fmt.Fprintf(w, "could not go on  %s\n", note)
	}
	if len(x.LeftOut) > 0 {
		fmt.Fprintf(w, "left out  %d items in a place where nobody could apply for them (named in the JSON)\n", len(x.LeftOut))
	}
	x.Audit.print(w)
	if x.Raw != nil {
		fmt.Fprintf(w, "The database alone: %.0f durable commits a second, %.0f from one writer.\n", x.Raw.CommitsPerSecond, x.Raw.AlonePerSecond)
	}
}

func (a *Audit) print(w io.Writer) {
	fmt.Fprintf(w, "\nAudit: %d facts compared in %.1f s, %d differences", a.Checked, a.Seconds, a.Differences)
	if a.InDoubt > 0 {
		fmt.Fprintf(w, ", %d cases in doubt", a.InDoubt)
	}
	fmt.Fprintln(w)
	for _, f := range a.Found {
		fmt.Fprintf(w, "difference  %s\n", f)
	}
	if more := a.Differences - len(a.Found); more > 0 {
		fmt.Fprintf(w, "difference  … and %d more\n", more)
	}
}

func line(name string, o Operation) []string {
	f := func(ms float64) string { return fmt.Sprintf("%.1f", ms) }
	return []string{name, fmt.Sprint(o.Count), fmt.Sprint(o.Errors), f(o.P50), f(o.P95), f(o.P99), f(o.Max)}
}

func counted(n map[string]int) string {
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(n)) {
		parts = append(parts, fmt.Sprintf("%d %s", n[k], k))
	}
	return strings.Join(parts, ", ")
}

// table aligns the first column to the left, figures to the right.
func table(w io.Writer, rows [][]string) {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	for _, row := range rows {
		for i, cell := range row {
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if i == 0 {
				fmt.Fprint(w, cell+pad)
			} else {
				fmt.Fprint(w, "  "+pad+cell)
			}
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintln(w)
}
