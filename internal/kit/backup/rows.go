package backup

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"math/big"
	"os"
	"path/filepath"

	"github.com/emmansun/gmsm/sm3"
	"github.com/klauspost/compress/zstd"
)

// sum adds up the hashes of rows: equal for equal rows in any order.
type sum struct{ total big.Int }

var sumSize = new(big.Int).Lsh(big.NewInt(1), 256)

func (s *sum) add(line []byte) {
	h := sha256.Sum256(line)
	s.total.Add(&s.total, new(big.Int).SetBytes(h[:]))
	s.total.Mod(&s.total, sumSize)
}

func (s *sum) String() string { return hex.EncodeToString(s.total.FillBytes(make([]byte, 32))) }

// sheet is a file of lines being written.
type sheet struct {
	Part
	f    *os.File
	hash hash.Hash
	z    *zstd.Encoder
}

func newSheet(folder, name string) (*sheet, error) {
	f, err := os.OpenFile(filepath.Join(folder, name+".jsonl.zst"), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	s := &sheet{f: f, hash: sm3.New()}
	s.z, err = zstd.NewWriter(io.MultiWriter(f, s.hash), zstd.WithEncoderConcurrency(1))
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return s, nil
}

func (s *sheet) line(raw []byte) error {
	s.Rows++
	if _, err := s.z.Write(raw); err != nil {
		return err
	}
	_, err := s.z.Write([]byte{'\n'})
	return err
}

// close waits until the file is on the disk.
func (s *sheet) close() error {
	err := s.z.Close()
	if err == nil {
		err = s.f.Sync()
	}
	if at, seekErr := s.f.Seek(0, io.SeekCurrent); seekErr == nil {
		s.Bytes = at
	}
	s.SM3 = hex.EncodeToString(s.hash.Sum(nil))
	return errors.Join(err, s.f.Close())
}

// lines gives each line of a file to fn; a file that is not what the manifest
// says is an error, told after its last line.
func lines(folder, name string, p Part, fn func(line []byte) error) error {
	path := filepath.Join(folder, name+".jsonl.zst")
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	hash := sm3.New()
	z, err := zstd.NewReader(io.TeeReader(f, hash), zstd.WithDecoderConcurrency(1))
	if err != nil {
		return err
	}
	defer z.Close()
	rows := 0
	for r := bufio.NewReaderSize(z, 1<<20); ; rows++ {
		line, err := r.ReadBytes('\n')
		if errors.Is(err, io.EOF) && len(line) == 0 {
			break
		}
		if err != nil {
			return fmt.Errorf("%s is damaged: %w", path, err)
		}
		if err := fn(bytes.TrimSuffix(line, []byte("\n"))); err != nil {
			return fmt.Errorf("%s, line %d: %w", path, rows+1, err)
		}
	}
	if rows != p.Rows || hex.EncodeToString(hash.Sum(nil)) != p.SM3 {
		return fmt.Errorf("%s is not the file the manifest describes", path)
	}
	return nil
}
