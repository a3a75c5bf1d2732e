package designer

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
)

// pairs is a JSON object whose members keep their order and their bytes: what
// nobody edits is written back as it was read.
type pairs []pair

type pair struct {
	name string
	raw  json.RawMessage
}

// UnmarshalJSON cuts an object into its members. encoding/json has checked the
// text before it calls this, so that looking for where values end is enough: a
// form is opened whole for every field that is edited.
func (p *pairs) UnmarshalJSON(raw []byte) error {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || raw[0] != '{' {
		return fmt.Errorf("应为 JSON 对象")
	}
	*p = nil
	for i := next(raw, 1); raw[i] != '}'; {
		end := valueEnd(raw, i)
		var m pair
		if err := json.Unmarshal(raw[i:end], &m.name); err != nil {
			return err
		}
		i = next(raw, next(raw, end)+1) // past the colon
		end = valueEnd(raw, i)
		m.raw = slices.Clone(raw[i:end])
		*p = append(*p, m)
		if i = next(raw, end); raw[i] == ',' {
			i = next(raw, i+1)
		}
	}
	return nil
}

// next is the first place from i on that is not white space.
func next(raw []byte, i int) int {
	for i < len(raw) && (raw[i] == ' ' || raw[i] == '\n' || raw[i] == '\t' || raw[i] == '\r') {
		i++
	}
	return i
}

// valueEnd is where the value that begins at i ends.
func valueEnd(raw []byte, i int) int {
	depth := 0
	for ; i < len(raw); i++ {
		switch raw[i] {
		case '"':
			for i++; raw[i] != '"'; i++ {
				if raw[i] == '\\' {
					i++
				}
			}
			if depth == 0 {
				return i + 1
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth < 0 { // of what the value stands in
				return i
			}
			if depth == 0 {
				return i + 1
			}
		case ',', ':', ' ', '\n', '\t', '\r':
			if depth == 0 {
				return i
			}
		}
	}
	return i
}

// MarshalJSON writes the members in their order.
func (p pairs) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	out.WriteByte('{')
	for i, m := range p {
		if i > 0 {
			out.WriteByte(',')
		}
		name, err := encode(m.name)
		if err != nil {
			return nil, err
		}
		out.Write(name)
		out.WriteByte(':')
		out.Write(m.raw)
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

func (p pairs) index(name string) int {
	return slices.IndexFunc(p, func(m pair) bool { return m.name == name })
}

func (p pairs) raw(name string) json.RawMessage {
	if i := p.index(name); i >= 0 {
		return p[i].raw
	}
	return nil
}

// read decodes a member into v, which stays as it is when there is none or
// it is of another type.
func (p pairs) read(name string, v any) bool {
	raw := p.raw(name)
	return raw != nil && json.Unmarshal(raw, v) == nil
}

func (p pairs) text(name string) string {
	var s string
	p.read(name, &s)
	return s
}

// set writes a member; nil removes it. A value that reads the same leaves the
// bytes alone.
func (p *pairs) set(name string, v any) error {
	i := p.index(name)
	if v == nil {
		if i >= 0 {
			*p = slices.Delete(*p, i, i+1)
		}
		return nil
	}
	raw, err := encode(v)
	if err != nil {
		return err
	}
	switch {
	case i < 0:
		*p = append(*p, pair{name, raw})
	case !sameJSON((*p)[i].raw, raw):
		(*p)[i].raw = raw
	}
	return nil
}

// setText writes a text; "" removes it.
func (p *pairs) setText(name, text string) error {
	if text == "" {
		return p.set(name, nil)
	}
	return p.set(name, text)
}

func sameJSON(a, b json.RawMessage) bool {
	if bytes.Equal(a, b) {
		return true
	}
	var x, y bytes.Buffer
	if json.Compact(&x, a) != nil || json.Compact(&y, b) != nil {
		return false
	}
	if bytes.Equal(x.Bytes(), y.Bytes()) {
		return true
	}
	var u, v any
	if json.Unmarshal(a, &u) != nil || json.Unmarshal(b, &v) != nil {
		return false
	}
	s, _ := json.Marshal(u)
	t, _ := json.Marshal(v)
	return bytes.Equal(s, t)
}
