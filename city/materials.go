package city

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"yimen/internal/catalogue"
)

// materialSpec is a material as authors write it: short, with defaults.
type materialSpec struct {
	Use        string                  `json:"use"` // dictionary entry that this one changes
	ID         string                  `json:"id"`
	Name       string                  `json:"name"`
	Match      []string                `json:"match"` // dictionary only: names in items.csv that mean it
	Kind       string                  `json:"kind"`
	Form       string                  `json:"form"`
	Originals  *int                    `json:"originals"`
	Copies     *int                    `json:"copies"`
	Necessity  string                  `json:"necessity"`
	Source     string                  `json:"source"`
	Issuer     string                  `json:"issuer"`
	Basis      string                  `json:"basis"`
	Notes      string                  `json:"notes"`
	Accept     string                  `json:"accept"`
	Blank      string                  `json:"blank"`
	Sample     string                  `json:"sample"`
	Licence    *catalogue.LicenceTypes `json:"licence"` // keys of licence_types.csv; "" none, left out: as the name says
	DataShare  *bool                   `json:"data_share"`
	Promise    *bool                   `json:"promise"`
	Deferrable *bool                   `json:"deferrable"`
	ByForm     *bool                   `json:"by_form"`
	Class      string                  `json:"class"` // licence | form | proof | statement | photo | document; told from the name when it is left out
	Proof      string                  `json:"proof"` // number in proofs.csv
}

func (m *materialSpec) UnmarshalJSON(raw []byte) error {
	if len(raw) > 0 && raw[0] == '"' {
		return json.Unmarshal(raw, &m.Use)
	}
	type plain materialSpec
	return decodeStrict(raw, (*plain)(m))
}

// over lays m over base: what m does not say stays as it is.
func (m materialSpec) over(base materialSpec) materialSpec {
	for _, f := range []struct {
		mine string
		into *string
	}{
		{m.ID, &base.ID}, {m.Name, &base.Name}, {m.Kind, &base.Kind}, {m.Form, &base.Form}, {m.Necessity, &base.Necessity},
		{m.Source, &base.Source}, {m.Issuer, &base.Issuer}, {m.Basis, &base.Basis}, {m.Notes, &base.Notes},
		{m.Accept, &base.Accept}, {m.Blank, &base.Blank}, {m.Sample, &base.Sample}, {m.Class, &base.Class}, {m.Proof, &base.Proof},
	} {
		*f.into = orElse(f.mine, *f.into)
	}
	base.Originals, base.Copies = said(m.Originals, base.Originals), said(m.Copies, base.Copies)
	base.Licence, base.DataShare = said(m.Licence, base.Licence), said(m.DataShare, base.DataShare)
	base.Promise, base.Deferrable = said(m.Promise, base.Promise), said(m.Deferrable, base.Deferrable)
	base.ByForm = said(m.ByForm, base.ByForm)
	return base
}

func said[T any](p, other *T) *T {
	if p != nil {
		return p
	}
	return other
}

func value[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

// materialBook is the dictionary of common materials.
type materialBook struct {
	byID   map[string]materialSpec
	byName map[string]string // name in items.csv → id
}

func (b *book) readMaterials(files fs.FS) error {
	var all []materialSpec
	if err := decodeFile(files, "materials.json", &all); err != nil {
		return err
	}
	b.materials = &materialBook{byID: map[string]materialSpec{}, byName: map[string]string{}}
	for _, m := range all {
		if _, twice := b.materials.byID[m.ID]; twice {
			return fmt.Errorf("materials.json: %q is defined twice", m.ID)
		}
		for _, name := range append([]string{m.Name}, m.Match...) {
			if other, taken := b.materials.byName[name]; taken {
				return fmt.Errorf("materials.json: %q is a name of %q and %q", name, other, m.ID)
			}
			b.materials.byName[name] = m.ID
		}
		b.materials.byID[m.ID] = m
	}
	return nil
}

// materialsOf compiles the materials of an item file.
func (b *book) materialsOf(specs []materialSpec) ([]catalogue.Material, error) {
	list := make([]catalogue.Material, 0, len(specs))
	for _, s := range specs {
		if s.Use != "" {
			base, ok := b.materials.byID[s.Use]
			if !ok {
				return nil, fmt.Errorf("materials: materials.json has no %q", s.Use)
			}
			s = s.over(base)
		}
		m, err := b.material(s)
		if err != nil {
			return nil, err
		}
		if m.Sample == "" {
			return nil, fmt.Errorf("materials, %s: no sample; say in a sentence what a good one looks like", m.ID)
		}
		list = append(list, m)
	}
	return list, nil
}

// material fills the defaults in: one original, paper or electronic, required,
// from the applicant.
func (b *book) material(s materialSpec) (catalogue.Material, error) {
	m := catalogue.Material{
		ID: s.ID, Name: s.Name, Kind: orElse(s.Kind, "original"), Form: orElse(s.Form, "both"),
		Necessity: orElse(s.Necessity, catalogue.Required), Source: orElse(s.Source, "applicant"),
		Issuer: s.Issuer, Basis: s.Basis, Notes: s.Notes, AcceptStandard: s.Accept, BlankURL: s.Blank, Sample: s.Sample,
		LicenceTypes: b.licencesFor(s), DataShare: value(s.DataShare), Promise: value(s.Promise), Deferrable: value(s.Deferrable),
		ByForm: value(s.ByForm), Class: s.Class, Proof: s.Proof,
	}
	if s.Licence != nil && len(*s.Licence) > 0 {
		m.Class = orElse(m.Class, catalogue.ClassLicence) // though it be somebody else's
	}
	if m.ID == "" || m.Name == "" {
		return m, fmt.Errorf("materials: one has no id or no name (id %q, name %q)", m.ID, m.Name)
	}
	for _, t := range slices.Concat(value(s.Licence), m.LicenceTypes) {
		if _, ok := b.licences[t]; !ok {
			return m, fmt.Errorf("materials, %s: licence_types.csv has no %q", m.ID, t)
		}
	}
	if m.Kind != "copy" {
		m.Originals = 1
	}
	if m.Kind != "original" {
		m.Copies = 1
	}
	if s.Originals != nil {
		m.Originals = *s.Originals
	}
	if s.Copies != nil {
		m.Copies = *s.Copies
	}
	return m, nil
}

var (
	notesInName = regexp.MustCompile(`^(.*?)（(.*)）$`)
	conditional = regexp.MustCompile(`适用时|按情形|已有的|代办|未成年|暂住|在校生|再婚|现居住地|登记备案人员|智力`)
)

// parseMaterials reads the materials column of a row: parted by ；, with notes
// in parentheses. A part made only of dictionary names (身份证、户口簿) is several
// materials. What the notes make depend on the case is optional.
func (b *book) parseMaterials(text string) ([]catalogue.Material, error) {
	var list []catalogue.Material
	for _, part := range strings.Split(text, "；") {
		name, notes := strings.TrimSpace(part), ""
		if m := notesInName.FindStringSubmatch(name); m != nil && m[1] != "" {
			name, notes = m[1], m[2]
		}
		for _, one := range b.names(name) {
			s := b.specNamed(one, len(list)+1)
			s.Notes = orElse(notes, s.Notes)
			if conditional.MatchString(notes) {
				s.Necessity = catalogue.Optional
			}
			if slices.ContainsFunc(list, func(m catalogue.Material) bool { return m.ID == s.ID }) {
				continue
			}
			m, err := b.material(s)
			if err != nil {
				return nil, err
			}
			list = append(list, m)
		}
	}
	return list, nil
}

// names parts 身份证、户口簿 in two when both are in the dictionary.
func (b *book) names(name string) []string {
	if _, whole := b.materials.byName[name]; whole {
		return []string{name}
	}
	parts := strings.Split(name, "、")
	for _, p := range parts {
		if _, ok := b.materials.byName[p]; !ok {
			return []string{name}
		}
	}
	return parts
}

// specNamed is the dictionary entry of that name, or one made from the name.
func (b *book) specNamed(name string, n int) materialSpec {
	if id, ok := b.materials.byName[name]; ok {
		return b.materials.byID[id]
	}
	s := materialSpec{ID: fmt.Sprintf("m%d", n), Name: name}
	for _, k := range namedKinds {
		if strings.HasSuffix(name, k.suffix) {
			s.Kind, s.Source, s.Sample = k.kind, k.source, fmt.Sprintf(k.sample, name)
			return s
		}
	}
	s.Sample = fmt.Sprintf(`“%s”一份，内容完整、字迹清晰，逐页加盖公章或由申请人签名，注明日期。`, name)
	return s
}

// namedKinds tells from the end of its name what a material is.
var namedKinds = []struct{ suffix, kind, source, sample string }{
	{"表", "original", "applicant", `《%s》：各栏如实填写、没有空项，不适用的填“无”，申请人签名（单位盖章）并写明日期。`},
	{"申请书", "original", "applicant", `《%s》：写明申请人、申请事项和理由，申请人签名（单位盖章）并写明日期。`},
	{"承诺", "original", "applicant", `《%s》：写明承诺的内容和不实的责任，承诺人签名（单位盖章）并写明日期。`},
	{"声明", "original", "applicant", `《%s》：写明声明的事实，声明人签名并写明日期。`},
	{"证书", "both", "government", `“%s”原件彩色扫描或拍照，四角完整，证号、有效期和发证机关印章清晰。`},
	{"许可证", "both", "government", `“%s”正、副本原件彩色扫描，证号、有效期和发证机关印章清晰。`},
	{"执照", "both", "government", `“%s”副本原件彩色扫描，统一社会信用代码和登记机关印章清晰。`},
	{"证", "both", "government", `“%s”原件彩色扫描或拍照，信息页和签章页完整，在有效期内。`},
	{"证明", "original", "other", `“%s”：写明被证明的事实、出具单位和日期，加盖出具单位印章。`},
	{"报告", "original", "other", `“%s”：由有相应能力的机构出具，结论明确，签字盖章齐全，在有效期内。`},
	{"图", "original", "applicant", `“%s”：按比例绘制，标明方位、尺寸、功能分区和出入口，绘制人签名并盖章。`},
	{"照片", "original", "applicant", `“%s”：近期免冠白底彩色照片，JPG格式，人像清晰、没有修饰。`},
	{"合同", "copy", "applicant", `“%s”：全部页面，双方签名盖章齐全，在履行期内。`},
	{"制度", "original", "applicant", `“%s”：分条写明职责、流程、记录和检查，加盖公章。`},
}

// decodeStrict is json.Unmarshal that refuses unknown keys.
func decodeStrict(raw []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	return dec.Decode(into)
}
