package journeys

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"
)

// The clock of one program is set as a machine's would be: the whole of it, the
// libraries too, sees another time, and the counter that nobody sets runs on.
// On amd64 time.Now adds the seconds from 1885 to 1970 to what the kernel says,
// as a constant in its code; another constant there is another time. The binary
// stays as it was built otherwise.

// from1885 is that constant: Go keeps the seconds since 1885 beside the counter.
const from1885 = 2682288000

// clockPlace is where in the binary the constant stands.
type clockPlace struct{ file, address int64 }

var findClock = sync.OnceValues(func() (clockPlace, error) {
	f, err := elf.Open(program)
	if err != nil {
		return clockPlace{}, err
	}
	defer f.Close()
	symbols, err := f.Symbols()
	if err != nil {
		return clockPlace{}, err
	}
	text := f.Section(".text")
	for _, s := range symbols {
		if s.Name != "time.Now" {
			continue
		}
		code := make([]byte, s.Size)
		offset := int64(s.Value - text.Addr)
		if _, err := text.ReadAt(code, offset); err != nil {
			return clockPlace{}, err
		}
		want := binary.LittleEndian.AppendUint32(nil, from1885)
		at := int64(bytes.Index(code, want))
		if at < 0 || bytes.Count(code, want) != 1 {
			return clockPlace{}, fmt.Errorf("time.Now of this Go release adds its constant in another way: see set_clock_test.go")
		}
		return clockPlace{file: int64(text.Offset) + offset + at, address: int64(s.Value) + at}, nil
	}
	return clockPlace{}, fmt.Errorf("the binary has no time.Now")
})

func off(by time.Duration) []byte {
	return binary.LittleEndian.AppendUint32(nil, uint32(from1885+int64(by/time.Second)))
}

// setClock sets the clock of a running program: so much off the real time.
func (s *server) setClock(t *testing.T, by time.Duration) {
	t.Helper()
	place, err := findClock()
	must(t, err)
	must(t, s.cmd.Process.Signal(syscall.SIGSTOP))
	memory, err := os.OpenFile(fmt.Sprintf("/proc/%d/mem", s.cmd.Process.Pid), os.O_RDWR, 0)
	must(t, err)
	_, err = memory.WriteAt(off(by), place.address)
	must(t, memory.Close())
	must(t, s.cmd.Process.Signal(syscall.SIGCONT))
	must(t, err)
}

// withClock gives a binary of the program that is so much off the real time
// from its start.
func withClock(t *testing.T, by time.Duration) string {
	t.Helper()
	place, err := findClock()
	must(t, err)
	whole, err := os.ReadFile(program)
	must(t, err)
	copy(whole[place.file:], off(by))
	path := filepath.Join(t.TempDir(), "yimen")
	must(t, os.WriteFile(path, whole, 0o755))
	return path
}
