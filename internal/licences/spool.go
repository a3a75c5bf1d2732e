package licences

import (
	"errors"
	"os"
)

// spool keeps pictures on disk from when they were read until they are stored, so
// that an import holds those of one line in memory at a time. The file has no name: it is gone
// with the process.
type spool struct {
	file *os.File
	end  int64
}

// slot is where a picture stands.
type slot struct{ at, size int64 }

func newSpool() (*spool, error) {
	f, err := os.CreateTemp("", "")
	if err != nil {
		return nil, wrap("make room for pictures", err)
	}
	if err := os.Remove(f.Name()); err != nil {
		return nil, wrap("make room for pictures", errors.Join(err, f.Close()))
	}
	return &spool{file: f}, nil
}

func (s *spool) put(raw []byte) (slot, error) {
	at := slot{s.end, int64(len(raw))}
	_, err := s.file.WriteAt(raw, at.at)
	s.end += at.size
	return at, wrap("put a picture aside", err)
}

func (s *spool) get(at slot) ([]byte, error) {
	raw := make([]byte, at.size)
	_, err := s.file.ReadAt(raw, at.at)
	return raw, wrap("read a picture put aside", err)
}

func (s *spool) close() { _ = s.file.Close() } // nothing was promised to last

// laid are the pictures of one licence that were put aside.
type laid struct {
	pictures map[string]slot
	scans    []slot
}

// lay puts the pictures of a licence aside.
func (s *spool) lay(l *Licence) (laid, error) {
	aside := laid{pictures: map[string]slot{}}
	for name, raw := range l.pictures {
		at, err := s.put(raw)
		if err != nil {
			return aside, err
		}
		aside.pictures[name] = at
	}
	for _, raw := range l.scans {
		at, err := s.put(raw)
		if err != nil {
			return aside, err
		}
		aside.scans = append(aside.scans, at)
	}
	l.pictures, l.scans = nil, nil
	return aside, nil
}

// take gives a licence its pictures again.
func (s *spool) take(l *Licence, aside laid) error {
	l.pictures = shots{}
	for name, at := range aside.pictures {
		raw, err := s.get(at)
		if err != nil {
			return err
		}
		l.pictures[name] = raw
	}
	for _, at := range aside.scans {
		raw, err := s.get(at)
		if err != nil {
			return err
		}
		l.scans = append(l.scans, raw)
	}
	return nil
}
