package files

import (
	"bytes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"io"
	"slices"

	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/sm4"

	"yimen/internal/kit/keyfile"
)

// A sealed file is a header and chunks:
//
//	"YMF1" ‖ key id (4) ‖ salt (16) ‖ chunk 0 ‖ chunk 1 ‖ …
//
// Each chunk is SM4-GCM of 64 KiB of content, the last one of the rest, under
//
//	HMAC-SM3(key, "yimen file" ‖ salt ‖ file id), first 16 bytes
//
// with the nonce counter (11) ‖ last (1). Because the key is the file's own the
// counter never repeats a nonce, because the last chunk says so a cut file is
// noticed (the STREAM construction of Hoang, Reyhanitabar, Rogaway, Vizár 2015).
const (
	magic     = "YMF1"
	keySize   = keyfile.Size
	saltSize  = 16
	chunkSize = 64 << 10
	tagSize   = 16
)

var (
	errCut      = errors.New("files: the sealed file is cut or changed")
	errOtherKey = errors.New("files: sealed with another key file")
)

// keyID tells key files apart without telling the key.
func keyID(key []byte) []byte {
	sum := sm3.Sum(append([]byte("yimen key id"), key...))
	return sum[:4]
}

func fileCipher(key, salt []byte, id string) (cipher.AEAD, error) {
	mac := hmac.New(sm3.New, key)
	mac.Write([]byte("yimen file"))
	mac.Write(salt)
	mac.Write([]byte(id))
	block, err := sm4.NewCipher(mac.Sum(nil)[:keySize])
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

func nonce(chunk uint64, last bool) []byte {
	n := make([]byte, 12)
	binary.BigEndian.PutUint64(n[3:11], chunk)
	if last {
		n[11] = 1
	}
	return n
}

// sealer writes sealed chunks to w; Close writes the last one.
type sealer struct {
	w     io.Writer
	aead  cipher.AEAD
	chunk uint64
	held  []byte // at most one chunk: whether it is the last shows only later
	out   []byte
}

func newSealer(w io.Writer, key []byte, id string) (*sealer, error) {
	salt := make([]byte, saltSize)
	rand.Read(salt)
	aead, err := fileCipher(key, salt, id)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(bytes.Join([][]byte{[]byte(magic), keyID(key), salt}, nil)); err != nil {
		return nil, err
	}
	return &sealer{w: w, aead: aead, held: make([]byte, 0, chunkSize)}, nil
}

func (s *sealer) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		if len(s.held) == chunkSize {
			if err := s.flush(false); err != nil {
				return 0, err
			}
		}
		take := min(len(p), chunkSize-len(s.held))
		s.held = append(s.held, p[:take]...)
		p = p[take:]
	}
	return n, nil
}

func (s *sealer) flush(last bool) error {
	s.out = s.aead.Seal(s.out[:0], nonce(s.chunk, last), s.held, nil)
	s.chunk++
	s.held = s.held[:0]
	_, err := s.w.Write(s.out)
	return err
}

func (s *sealer) Close() error { return s.flush(true) }

// opener reads what a sealer wrote. Read gives an error before it gives any
// byte that was not sealed.
type opener struct {
	r     io.Reader
	aead  cipher.AEAD
	chunk uint64
	next  []byte // sealed bytes read ahead: one more than a chunk tells whether it is the last
	plain []byte
	done  bool
}

func newOpener(r io.Reader, keys [][]byte, id string) (*opener, error) {
	head := make([]byte, len(magic)+4+saltSize)
	if _, err := io.ReadFull(r, head); err != nil {
		return nil, readSealed(err)
	}
	if string(head[:len(magic)]) != magic {
		return nil, errCut
	}
	at := slices.IndexFunc(keys, func(key []byte) bool { return bytes.Equal(head[len(magic):len(magic)+4], keyID(key)) })
	if at < 0 {
		return nil, errOtherKey
	}
	aead, err := fileCipher(keys[at], head[len(magic)+4:], id)
	if err != nil {
		return nil, err
	}
	return &opener{r: r, aead: aead, next: make([]byte, 0, chunkSize+tagSize+1)}, nil
}

func (o *opener) Read(p []byte) (int, error) {
	for len(o.plain) == 0 {
		if o.done {
			return 0, io.EOF
		}
		if err := o.open(); err != nil {
			return 0, err
		}
	}
	n := copy(p, o.plain)
	o.plain = o.plain[n:]
	return n, nil
}

func (o *opener) open() error {
	had := len(o.next)
	n, err := io.ReadFull(o.r, o.next[had:cap(o.next)])
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return err
	}
	o.next = o.next[:had+n]
	sealed, last := o.next, true
	if len(o.next) > chunkSize+tagSize {
		sealed, last = o.next[:chunkSize+tagSize], false
	}
	plain, err := o.aead.Open(nil, nonce(o.chunk, last), sealed, nil)
	if err != nil {
		return errCut
	}
	o.plain, o.done = plain, last
	o.chunk++
	o.next = append(o.next[:0], o.next[len(sealed):]...)
	return nil
}

// readSealed makes an early end of the blob the damage that it is.
func readSealed(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errCut
	}
	return err
}
