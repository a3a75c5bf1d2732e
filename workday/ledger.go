package workday

import (
	"encoding/json"
	"fmt"
	"slices"
)

// A Kind says what an [Entry] did to the clock.
type Kind string

// The kinds of entries.
const (
	Start  Kind = "start"  // acceptance (受理), or receipt for the receipt clock
	Pause  Kind = "pause"  // special procedure other than extension (特别程序 B); 行政许可法 art. 45
	Resume Kind = "resume" // its result is there
	Extend Kind = "extend" // 延长审批 (特别程序 A); art. 42
	Stop   Kind = "stop"   // decided, withdrawn or ended
)

// An Entry is one step of a clock.
type Entry struct {
	Kind       Kind   `json:"kind"`
	On         Date   `json:"on"`
	Reason     string `json:"reason,omitempty"`      // needed to pause and to extend
	Document   string `json:"document,omitempty"`    // number of the written notice; needed to pause and to extend
	ApprovedBy string `json:"approved_by,omitempty"` // needed to extend
	Days       int    `json:"days,omitempty"`        // only with Extend, in the unit of the limit
}

const maxExtension = 366

// A Ledger is the history of one legal clock: its entries in order, each legal after those before it. It is a value;
// [Ledger.Append] leaves the receiver as it was. The zero Ledger is a clock not started.
//
// The asOf of its methods is the date on which the question is asked. Entries after asOf do not count, so that the past
// can be asked too; the zero Date means the date of the last entry.
type Ledger struct {
	entries []Entry
	options Options
}

// NewLedger makes a ledger of the entries, appended one by one; the error is that of the first illegal one (see Append).
func NewLedger(entries ...Entry) (Ledger, error) {
	var l Ledger
	for i, e := range entries {
		next, err := l.Append(e)
		if err != nil {
			return Ledger{}, fmt.Errorf("entry %d: %w", i+1, err)
		}
		l = next
	}
	return l, nil
}

// WithOptions gives the ledger counted by other habits than the default.
func (l Ledger) WithOptions(o Options) Ledger { l.options = o; return l }

// Entries lists the history, oldest first. The slice is the caller's.
func (l Ledger) Entries() []Entry { return slices.Clone(l.entries) }

// Append gives the ledger with one more entry. It refuses, with an *Error:
//   - no date, or one before the last entry (ErrNeedsDate, ErrOutOfOrder);
//   - anything before the start, a second start, anything after the stop (ErrNotStarted, ErrStartedTwice, ErrStopped);
//   - a pause while paused, without reason or without written notice (ErrPausedTwice, ErrNeedsReason, ErrNeedsDocument);
//   - a resumption while running (ErrNotPaused);
//   - a second extension, one without reason, notice or approver, or of fewer than 1 or more than 366 days
//     (ErrExtendedTwice, ErrNeedsReason, ErrNeedsDocument, ErrNeedsApprover, ErrExtensionDays).
func (l Ledger) Append(e Entry) (Ledger, error) {
	if err := l.check(e); err != nil {
		return l, err
	}
	l.entries = append(slices.Clip(l.entries), e)
	return l, nil
}

func (l Ledger) check(e Entry) error {
	if e.On.IsZero() {
		return ErrNeedsDate
	}
	if len(l.entries) == 0 {
		if e.Kind != Start {
			return ErrNotStarted
		}
		return nil
	}
	last := l.entries[len(l.entries)-1]
	switch {
	case last.Kind == Stop:
		return ErrStopped
	case e.On.Before(last.On):
		return ErrOutOfOrder
	}
	switch e.Kind {
	case Start:
		return ErrStartedTwice
	case Pause:
		return l.checkPause(e)
	case Resume:
		if !l.Paused(e.On) {
			return ErrNotPaused
		}
		return nil
	case Extend:
		return l.checkExtend(e)
	case Stop:
		return nil
	}
	return ErrUnknownKind
}

func (l Ledger) checkPause(e Entry) error {
	switch {
	case l.Paused(e.On):
		return ErrPausedTwice
	case e.Reason == "":
		return ErrNeedsReason
	case e.Document == "":
		return ErrNeedsDocument
	}
	return nil
}

func (l Ledger) checkExtend(e Entry) error {
	switch {
	case l.Extension(e.On) > 0:
		return ErrExtendedTwice
	case e.Days < 1 || e.Days > maxExtension:
		return ErrExtensionDays
	case e.Reason == "":
		return ErrNeedsReason
	case e.Document == "":
		return ErrNeedsDocument
	case e.ApprovedBy == "":
		return ErrNeedsApprover
	}
	return nil
}

// until gives the entries that count on asOf.
func (l Ledger) until(asOf Date) []Entry {
	if asOf.IsZero() {
		return l.entries
	}
	n := len(l.entries)
	for n > 0 && l.entries[n-1].On.After(asOf) {
		n--
	}
	return l.entries[:n]
}

// StartedOn gives the date of the start; the zero Date if not started.
func (l Ledger) StartedOn() Date {
	if len(l.entries) == 0 {
		return Date{}
	}
	return l.entries[0].On
}

// StoppedOn gives the date of the stop; the zero Date if not stopped.
func (l Ledger) StoppedOn() Date {
	if n := len(l.entries); n > 0 && l.entries[n-1].Kind == Stop {
		return l.entries[n-1].On
	}
	return Date{}
}

// Started tells whether the clock had started by asOf.
func (l Ledger) Started(asOf Date) bool { return len(l.until(asOf)) > 0 }

// Stopped tells whether the clock had stopped by asOf.
func (l Ledger) Stopped(asOf Date) bool {
	list := l.until(asOf)
	return len(list) > 0 && list[len(list)-1].Kind == Stop
}

// Paused tells whether the clock stands still on asOf because of a pause. A stopped clock is not paused.
func (l Ledger) Paused(asOf Date) bool {
	list := l.until(asOf)
	for i := len(list) - 1; i >= 0; i-- {
		switch list[i].Kind {
		case Pause:
			return true
		case Start, Resume, Stop:
			return false
		}
	}
	return false
}

// Extension gives the days by which the limit had been extended by asOf, in the unit of the limit.
func (l Ledger) Extension(asOf Date) int {
	days := 0
	for _, e := range l.until(asOf) {
		if e.Kind == Extend {
			days += e.Days
		}
	}
	return days
}

// MarshalJSON gives the list of entries. Options are not part of the history and not written.
func (l Ledger) MarshalJSON() ([]byte, error) {
	if l.entries == nil {
		return []byte("[]"), nil
	}
	return json.Marshal(l.entries)
}

// UnmarshalJSON reads the list of entries and checks it as NewLedger does.
func (l *Ledger) UnmarshalJSON(data []byte) error {
	var entries []Entry
	if err := json.Unmarshal(data, &entries); err != nil {
		return err
	}
	read, err := NewLedger(entries...)
	if err != nil {
		return err
	}
	l.entries = read.entries
	return nil
}
