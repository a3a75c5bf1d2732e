package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// figure is one line of the table.
type figure struct {
	What     string  `json:"what"`
	Engine   string  `json:"engine,omitempty"`
	Budget   string  `json:"budget"`
	Measured string  `json:"measured"`
	Value    float64 `json:"value"`
	Unit     string  `json:"unit"`
	Raw      float64 `json:"raw,omitempty"` // of the database alone, in the unit of the line
	RawText  string  `json:"raw_text,omitempty"`
	Ratio    float64 `json:"ratio,omitempty"` // measured ÷ raw
}

// report is the table.
type report struct {
	Machine string   `json:"machine"`
	Cases   int      `json:"cases"`
	Seconds float64  `json:"seconds"`
	Figures []figure `json:"figures"`

	engine string
}

func (r *report) add(f figure) {
	f.Engine = r.engine
	if f.Raw > 0 {
		f.Ratio = f.Value / f.Raw
	}
	r.Figures = append(r.Figures, f)
	progress("%s %s: %s", f.Engine, f.What, f.Measured)
}

func (r *report) write(path string) error {
	raw, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(raw, '\n'), 0o644)
}

func (r *report) print(w io.Writer) {
	rows := [][]string{{"what", "database", "budget", "measured", "database alone", "ratio"}}
	for _, f := range r.Figures {
		ratio := ""
		if f.Ratio > 0 {
			ratio = fmt.Sprintf("%.2f", f.Ratio)
		}
		rows = append(rows, []string{f.What, f.Engine, f.Budget, f.Measured, f.RawText, ratio})
	}
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	fmt.Fprintf(w, "\n%s; %d cases wanted; took %s\n\n", r.Machine, r.Cases, time.Duration(r.Seconds*float64(time.Second)).Round(time.Second))
	for i, row := range rows {
		for j, cell := range row {
			fmt.Fprintf(w, "| %s%s ", cell, strings.Repeat(" ", widths[j]-utf8.RuneCountInString(cell)))
		}
		fmt.Fprintln(w, "|")
		if i == 0 {
			for _, width := range widths {
				fmt.Fprintf(w, "|%s", strings.Repeat("-", width+2))
			}
			fmt.Fprintln(w, "|")
		}
	}
}

// load is what many did at the same time.
type load struct {
	took   []time.Duration
	wall   time.Duration
	failed int
	first  error
}

func (l *load) perSecond() float64 { return float64(len(l.took)) / l.wall.Seconds() }

// at is the time in which a share of them were done.
func (l *load) at(share float64) time.Duration {
	if len(l.took) == 0 {
		return 0
	}
	return l.took[min(int(share*float64(len(l.took))), len(l.took)-1)]
}

func (l *load) latencies() string {
	text := fmt.Sprintf("p50 %s  p95 %s  p99 %s  %.0f/s", ms(l.at(.5)), ms(l.at(.95)), ms(l.at(.99)), l.perSecond())
	if l.failed > 0 {
		text += fmt.Sprintf("  %d FAILED (%v)", l.failed, l.first)
	}
	return text
}

func ms(d time.Duration) string {
	if d < 10*time.Millisecond {
		return fmt.Sprintf("%.1f ms", float64(d)/1e6)
	}
	return fmt.Sprintf("%.0f ms", float64(d)/1e6)
}

func (l *load) sort() { slices.Sort(l.took) }
