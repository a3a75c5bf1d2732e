package face

import (
	"context"
	"errors"
	"io/fs"
	"runtime"
	"sync"
	"sync/atomic"
)

// ErrBusy: as many pictures as the machine can bear are being looked at, and as many again are waiting. Come back later.
var ErrBusy = errors.New("face: too many pictures at once")

// waitingPerCore bounds who waits for a turn: beyond it, waiting would take longer than coming back.
const waitingPerCore = 8

// Model looks at pictures. It is safe for use by many; at most as many run at once as there are cores, some more wait
// their turn, the rest get ErrBusy.
type Model struct {
	version string
	nets    func() *nets
	turns   chan struct{}
	waiting atomic.Int64
	scratch sync.Pool
}

type nets struct {
	detector *detector
	marker   *marker
	embedder *embedder
}

// Load checks the weights (package face/weights carries them). They take no memory until the first picture comes; then
// they take 27 MB.
func Load(weights fs.FS) (*Model, error) {
	names := []string{"tiny_face_detector", "face_landmark_68", "face_recognition"}
	all := func() (list []*arrays, err error) {
		for _, name := range names {
			a, err := read(weights, name)
			if err != nil {
				return nil, err
			}
			list = append(list, a)
		}
		return list, nil
	}
	first, err := all()
	if err != nil {
		return nil, err
	}
	return &Model{
		version: version(first...),
		nets: sync.OnceValue(func() *nets {
			a, err := all()
			if err != nil {
				panic(err) // they were read before
			}
			return &nets{newDetector(a[0]), newMarker(a[1]), newEmbedder(a[2])}
		}),
		turns:   make(chan struct{}, runtime.GOMAXPROCS(0)),
		scratch: sync.Pool{New: func() any { return new(scratch) }},
	}, nil
}

// Version names the weights: which package they are from and the first digits of their checksum. What was decided by
// them is written down with it.
func (m *Model) Version() string { return m.version }

// tries are the resolutions at which Detect looks by itself: the second and third only where nothing was found, as the
// detector misses a face now and then at one and sees it at another.
var tries = []int{224, 320, 160}

// Detect finds the faces of a picture, the most certain first, with their points and what follows from these. side is
// the resolution at which it looks, a multiple of 32, and decides which faces are found: 224 those that fill a quarter to
// three quarters of the picture's width, as before one's own camera; 416 those half as large, at four times the cost, and
// large ones no more. 0 tries what suits a face before a camera.
func (m *Model) Detect(ctx context.Context, p *Picture, side int) ([]Face, error) {
	sides := tries
	if side > 0 {
		sides = []int{max(side/32, 1) * 32}
	}
	var faces []Face
	err := m.turn(ctx, func(n *nets, s *scratch) {
		for _, side := range sides {
			found := n.detector.run(s, p, side)
			s.reset()
			for _, b := range found {
				if r, ok := p.clip(b.Box); ok {
					faces = append(faces, newFace(p, b, n.marker.run(s, p, r)))
					s.reset()
				}
			}
			if len(faces) > 0 {
				return
			}
		}
	})
	return faces, err
}

// Embed places a face that Detect found in this picture.
func (m *Model) Embed(ctx context.Context, p *Picture, f Face) (Embedding, error) {
	r, ok := p.clip(f.aligned())
	if !ok {
		return Embedding{}, ErrPicture
	}
	var e Embedding
	err := m.turn(ctx, func(n *nets, s *scratch) { e = n.embedder.run(s, p, r) })
	return e, err
}

// turn waits for a core and does the work there.
func (m *Model) turn(ctx context.Context, work func(*nets, *scratch)) error {
	if m.waiting.Add(1) > int64(cap(m.turns)*(1+waitingPerCore)) {
		m.waiting.Add(-1)
		return ErrBusy
	}
	defer m.waiting.Add(-1)
	select {
	case m.turns <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-m.turns }()
	s := m.scratch.Get().(*scratch)
	s.reset()
	work(m.nets(), s)
	m.scratch.Put(s)
	return nil
}
