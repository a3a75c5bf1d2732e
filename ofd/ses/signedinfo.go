package ses

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"yimen/ofd"
)

// description is a Signature.xml: what is protected, how, and where the seal
// stands.
type description struct {
	raw         []byte
	method      string
	time        time.Time
	checkMethod string
	references  []reference
	stamps      []stampAnnot
	seal, value string // paths of Seal.esl ("" if none) and SignedValue.dat
}

type reference struct {
	file  string // path as it is kept, or as written if there is none
	value []byte // nil if it cannot be read
}

type stampAnnot struct {
	id, page  string
	box, clip *Box
}

// A Box is a rectangle in millimetres, from the top left of the page or of the
// stamp.
type Box struct{ X, Y, Width, Height float64 }

func parseBox(s string) (Box, bool) {
	f := strings.Fields(s)
	if len(f) != 4 {
		return Box{}, false
	}
	var v [4]float64
	for i, x := range f {
		n, err := strconv.ParseFloat(x, 64)
		if err != nil || n != n || n > 1e6 || n < -1e6 {
			return Box{}, false
		}
		v[i] = n
	}
	return Box{v[0], v[1], v[2], v[3]}, v[2] > 0 && v[3] > 0
}

func (b Box) String() string {
	parts := make([]string, 4)
	for i, v := range []float64{b.X, b.Y, b.Width, b.Height} {
		parts[i] = strconv.FormatFloat(v, 'f', -1, 64)
	}
	return strings.Join(parts, " ")
}

func readDescription(p *ofd.Package, path string, s *steps) (*description, bool) {
	root, ok := readXML(p, path, s)
	if !ok {
		return nil, false
	}
	raw, err := p.Bytes(path)
	if err != nil {
		return nil, false
	}
	info := root.child("SignedInfo")
	refs := info.child("References")
	d := &description{raw: raw, method: info.child("SignatureMethod").value(), checkMethod: refs.attr("CheckMethod"),
		time: parseDateTime(info.child("SignatureDateTime").value())}
	if d.checkMethod == "" {
		d.checkMethod = "MD5" // the schema's default
	}
	for _, n := range refs.all("Reference") {
		r := reference{file: find(p, ofd.Resolve(path, n.attr("FileRef")))}
		if v, ok := n.child("CheckValue").base64Value(); ok {
			r.value = v
		}
		d.references = append(d.references, r)
	}
	for _, n := range info.all("StampAnnot") {
		a := stampAnnot{id: n.attr("ID"), page: plainID(n.attr("PageRef"))}
		if b, ok := parseBox(n.attr("Boundary")); ok {
			a.box = &b
		}
		if b, ok := parseBox(n.attr("Clip")); ok {
			a.clip = &b
		}
		d.stamps = append(d.stamps, a)
	}
	if loc := info.child("Seal").child("BaseLoc").value(); loc != "" {
		d.seal = find(p, ofd.Resolve(path, loc))
	}
	if loc := root.child("SignedValue").value(); loc != "" {
		d.value = find(p, ofd.Resolve(path, loc))
	}
	return d, true
}

// unreadable says why a file of the package cannot be read.
func unreadable(err error) string {
	if errors.Is(err, ofd.ErrMissing) {
		return "文件不在包里。"
	}
	return "文件已损坏，读不出来。"
}
