package face

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"math"
)

// entry is one array of a manifest. Most are stored as one byte a number: value = byte × scale + min.
type entry struct {
	Name         string `json:"name"`
	Shape        []int  `json:"shape"`
	DType        string `json:"dtype"`
	Quantization *struct {
		DType string  `json:"dtype"`
		Scale float64 `json:"scale"`
		Min   float64 `json:"min"`
	} `json:"quantization"`
}

func (e entry) numbers() int {
	n := 1
	for _, d := range e.Shape {
		n *= d
	}
	return n
}

// arrays are the weights of one net by name, as they are stored, and which of them were asked for in another shape than
// they have.
type arrays struct {
	net     string
	entries map[string]entry
	raw     map[string][]byte
	sum     [sha256.Size]byte
}

// read finds a net's weights without turning them into numbers.
func read(files fs.FS, net string) (*arrays, error) {
	manifest, err := fs.ReadFile(files, net+"_model-weights_manifest.json")
	if err != nil {
		return nil, fmt.Errorf("face: the manifest of %s: %w", net, err)
	}
	var groups []struct {
		Weights []entry  `json:"weights"`
		Paths   []string `json:"paths"`
	}
	if err := json.Unmarshal(manifest, &groups); err != nil || len(groups) != 1 || len(groups[0].Paths) != 1 {
		return nil, fmt.Errorf("face: the manifest of %s is not of one group and one file (%v)", net, err)
	}
	all, err := fs.ReadFile(files, groups[0].Paths[0])
	if err != nil {
		return nil, fmt.Errorf("face: the weights of %s: %w", net, err)
	}
	a := &arrays{net: net, entries: map[string]entry{}, raw: map[string][]byte{}, sum: sha256.Sum256(all)}
	rest := all
	for _, e := range groups[0].Weights {
		size := 4 * e.numbers()
		if e.Quantization != nil {
			size = e.numbers()
		}
		if size > len(rest) || e.DType != "float32" || (e.Quantization != nil && e.Quantization.DType != "uint8") {
			return nil, fmt.Errorf("face: %s of %s is cut short or of a kind not known here", e.Name, net)
		}
		a.entries[e.Name], a.raw[e.Name] = e, rest[:size]
		rest = rest[size:]
	}
	if len(rest) != 0 {
		return nil, fmt.Errorf("face: %d bytes of %s belong to nothing", len(rest), net)
	}
	return a, nil
}

// get turns one array into numbers. It panics where the array is missing or of another shape: the files were read, so
// only a program built with the wrong weights comes here, and its first test says so.
func (a *arrays) get(name string, shape ...int) []float32 {
	e, ok := a.entries[name]
	if !ok || fmt.Sprint(e.Shape) != fmt.Sprint(shape) {
		panic(fmt.Sprintf("face: %s of %s has shape %v, not %v", name, a.net, e.Shape, shape))
	}
	raw, out := a.raw[name], make([]float32, e.numbers())
	if e.Quantization == nil {
		for i := range out {
			out[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
		}
		return out
	}
	scale, low := float32(e.Quantization.Scale), float32(e.Quantization.Min)
	for i := range out {
		out[i] = float32(raw[i])*scale + low
	}
	return out
}

// conv reads NAME/filters and NAME/bias.
func (a *arrays) conv(name string, size, in, out int) conv {
	return conv{size: size, in: in, out: out, filters: a.get(name+"/filters", size, size, in, out), bias: a.get(name+"/bias", out)}
}

// separable reads NAME/depthwise_filter, NAME/pointwise_filter and NAME/bias.
func (a *arrays) separable(name string, in, out int) separable {
	return separable{
		depthwise: a.get(name+"/depthwise_filter", 3, 3, in, 1),
		mix:       conv{size: 1, in: in, out: out, filters: a.get(name+"/pointwise_filter", 1, 1, in, out), bias: a.get(name+"/bias", out)},
	}
}

// version names the weights by their content.
func version(nets ...*arrays) string {
	h := sha256.New()
	for _, n := range nets {
		h.Write(n.sum[:])
	}
	return "face-api-1.7.15/" + hex.EncodeToString(h.Sum(nil)[:4])
}
