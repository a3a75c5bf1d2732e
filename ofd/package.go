package ofd

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/klauspost/compress/flate"
)

// Package is the container of an OFD file: files by path, as they were received. What is not replaced is written again byte
// for byte, so a signature over it stays good. It is not safe for use by several goroutines while files are put into it;
// reading alone is.
type Package struct {
	limits  Limits
	order   []string
	entries map[string]*entry
	folded  map[string][]string // lower-cased path → paths
	odd     []Warning
}

// entry is a file: as received (from), or put in (data).
type entry struct {
	from *zip.File
	data []byte
}

// Clean gives the form in which the package knows a path: without the slash of the root, and cleaned.
func Clean(p string) string {
	return strings.TrimPrefix(path.Clean("/"+strings.ReplaceAll(p, `\`, "/")), "/")
}

// NewPackage makes an empty one.
func NewPackage() *Package {
	return &Package{limits: DefaultLimits, entries: map[string]*entry{}, folded: map[string][]string{}}
}

// Open reads the list of files of an OFD file of so many bytes. Nothing is inflated yet, except that what the archive claims
// is checked against [DefaultLimits].
func Open(r io.ReaderAt, size int64) (*Package, error) { return OpenWithin(r, size, Limits{}) }

// OpenBytes opens a file in memory.
func OpenBytes(b []byte) (*Package, error) { return Open(bytes.NewReader(b), int64(len(b))) }

// OpenWithin opens with limits of one's own.
func OpenWithin(r io.ReaderAt, size int64, limits Limits) (*Package, error) {
	p := NewPackage()
	p.limits = limits.full()
	if err := countEntries(r, size, p.limits.Files); err != nil {
		return nil, err
	}
	z, err := zip.NewReader(r, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, &Error{Reason: "no readable zip archive: " + err.Error(), Err: ErrNotOFD}
	}
	if len(z.File) > p.limits.Files {
		return nil, fail("", ErrLimit, "more than %d files", p.limits.Files)
	}
	var total uint64
	for _, f := range z.File {
		if strings.HasSuffix(f.Name, "/") && f.UncompressedSize64 == 0 {
			continue // folders are not files
		}
		if err := p.take(f); err != nil {
			return nil, err
		}
		if total += f.UncompressedSize64; total > uint64(p.limits.Total) {
			return nil, fail("", ErrLimit, "files of more than %d bytes in all", p.limits.Total)
		}
	}
	if err := apart(z.File, size); err != nil {
		return nil, err
	}
	if _, ok := p.Find("OFD.xml"); !ok {
		return nil, fail("OFD.xml", ErrNotOFD, "is not in the archive")
	}
	return p, nil
}

// take notes one file of the archive, or says why not.
func (p *Package) take(f *zip.File) error {
	name := f.Name
	switch {
	case strings.Contains(name, `\`):
		name = strings.ReplaceAll(name, `\`, "/")
		p.odd = append(p.odd, Warning{name, "zip.backslash", "the archive divides paths by backslashes"})
	case name == "" || len(name) > 1024 || strings.ContainsRune(name, 0):
		return fail("", ErrUnsafe, "a file has the name %.40q", name)
	}
	if strings.HasPrefix(name, "/") || strings.Contains(name, ":") || Clean(name) != name {
		return fail(name, ErrUnsafe, "the path leads out of the package")
	}
	if _, ok := p.entries[name]; ok {
		return fail(name, ErrUnsafe, "is in the archive twice")
	}
	mode := f.Mode()
	switch {
	case mode&fs.ModeType != 0:
		return fail(name, ErrUnsafe, "is a link or device, not a file")
	case f.Flags&1 != 0:
		return fail(name, ErrUnsafe, "is encrypted")
	case f.Method != zip.Store && f.Method != zip.Deflate:
		return fail(name, ErrUnsafe, "is packed by method %d; only store and deflate are known", f.Method)
	case f.UncompressedSize64 > uint64(p.limits.File):
		return fail(name, ErrLimit, "has %d bytes, more than %d", f.UncompressedSize64, p.limits.File)
	case f.UncompressedSize64 > 1<<20 && f.UncompressedSize64/uint64(p.limits.Ratio) > f.CompressedSize64:
		return fail(name, ErrLimit, "would grow more than %d times", p.limits.Ratio)
	}
	p.add(name, &entry{from: f})
	return nil
}

func (p *Package) add(name string, e *entry) {
	if _, ok := p.entries[name]; !ok {
		p.order = append(p.order, name)
		low := strings.ToLower(name)
		p.folded[low] = append(p.folded[low], name)
	}
	p.entries[name] = e
}

// Files lists the paths in the order of the archive.
func (p *Package) Files() []string { return append([]string(nil), p.order...) }

// Find gives the path under which a file is kept: the same, or the only one that differs in upper and lower case alone.
func (p *Package) Find(name string) (string, bool) {
	name = Clean(name)
	if _, ok := p.entries[name]; ok {
		return name, true
	}
	if alike := p.folded[strings.ToLower(name)]; len(alike) == 1 {
		return alike[0], true
	}
	return "", false
}

// Resolve gives the path that a place written in file from means (ST_Loc, 7.3): from the root if it begins with a slash,
// else from the folder of that file.
func Resolve(from, loc string) string {
	loc = strings.TrimSpace(strings.ReplaceAll(loc, `\`, "/"))
	if strings.HasPrefix(loc, "/") {
		return Clean(loc)
	}
	return Clean(path.Join(path.Dir("/"+from), loc))
}

// Bytes gives a file as it was received, found as by [Package.Find].
func (p *Package) Bytes(name string) ([]byte, error) {
	found, ok := p.Find(name)
	if !ok {
		return nil, fail(Clean(name), ErrMissing, "is not in the package")
	}
	e := p.entries[found]
	if e.from == nil {
		return e.data, nil
	}
	r, err := e.from.Open()
	if err != nil {
		return nil, fail(found, ErrBroken, "%v", err)
	}
	defer func() { _ = r.Close() }()
	// The size claimed was checked when the package was opened; the reader is not believed to keep to it.
	size := int64(e.from.UncompressedSize64)
	b := bytes.NewBuffer(make([]byte, 0, min(size+bytes.MinRead, 1<<20)))
	n, err := io.Copy(b, io.LimitReader(r, size+1))
	switch {
	case err != nil:
		return nil, fail(found, ErrBroken, "cannot be unpacked: %v", err)
	case n != size:
		return nil, fail(found, ErrBroken, "does not have the %d bytes the archive says", size)
	}
	return b.Bytes(), nil
}

// Put adds a file, or replaces the one of just that path.
func (p *Package) Put(name string, data []byte) error {
	if name = Clean(name); name == "" {
		return fail("", ErrInvalid, "a file needs a name")
	}
	p.add(name, &entry{data: data})
	return nil
}

// Remove takes a file out.
func (p *Package) Remove(name string) {
	name = Clean(name)
	if _, ok := p.entries[name]; !ok {
		return
	}
	delete(p.entries, name)
	without := func(list []string) []string {
		kept := make([]string, 0, len(list))
		for _, n := range list {
			if n != name {
				kept = append(kept, n)
			}
		}
		return kept
	}
	p.order = without(p.order)
	low := strings.ToLower(name)
	p.folded[low] = without(p.folded[low])
}

// stamp is the time of every file put in: the first that zip can tell, so that equal contents give equal bytes.
var stamp = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

// Write writes the package. Files received are copied packed as they are, files put in are deflated.
func (p *Package) Write(w io.Writer) error {
	z := zip.NewWriter(w)
	z.RegisterCompressor(zip.Deflate, deflate)
	for _, name := range p.order {
		e := p.entries[name]
		var err error
		if e.from != nil {
			err = z.Copy(e.from)
		} else {
			err = p.pack(z, name, e.data)
		}
		if err != nil {
			return fail(name, ErrBroken, "cannot be written: %v", err)
		}
	}
	return z.Close()
}

// compressors are used again: each has most of a megabyte of tables, and a document has ten files.
var compressors = sync.Pool{New: func() any {
	w, err := flate.NewWriter(io.Discard, flate.DefaultCompression)
	if err != nil {
		panic(err) // the level is a constant
	}
	return w
}}

// pooled gives its compressor back when the file is closed.
type pooled struct{ *flate.Writer }

func (p pooled) Close() error {
	err := p.Writer.Close()
	compressors.Put(p.Writer)
	return err
}

func deflate(w io.Writer) (io.WriteCloser, error) {
	c := compressors.Get().(*flate.Writer)
	c.Reset(w)
	return pooled{c}, nil
}

// pack writes a file that was put in. What is packed already is stored.
func (p *Package) pack(z *zip.Writer, name string, data []byte) error {
	method := zip.Deflate
	switch strings.ToLower(path.Ext(name)) {
	case ".png", ".jpg", ".jpeg", ".esl":
		method = zip.Store
	}
	w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: method, Modified: stamp})
	if err != nil {
		return err
	}
	_, err = w.Write(data)
	return err
}
