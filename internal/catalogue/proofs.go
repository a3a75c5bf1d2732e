package catalogue

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"yimen/internal/identity"
)

// Classes of materials (材料类别, domain.md §7): a proof is what an organ or an
// institution writes about a fact; it is neither a licence nor one's own word.
const (
	ClassLicence   = "licence"   // 证照
	ClassForm      = "form"      // 申请表
	ClassProof     = "proof"     // 证明
	ClassStatement = "statement" // 本人声明或承诺
	ClassPhoto     = "photo"     // 照片
	ClassDocument  = "document"  // 其他文书: contracts, reports, medical documents
)

var classes = []string{ClassLicence, ClassForm, ClassProof, ClassStatement, ClassPhoto, ClassDocument}

// nameClasses tell a class from the end of a name, remarks in parentheses left out.
var nameClasses = []struct {
	class string
	name  *regexp.Regexp
}{
	{ClassProof, regexp.MustCompile(`证明(（[^）]*）)?$`)},
	{ClassPhoto, regexp.MustCompile(`(照片|相片)(（[^）]*）)?$`)},
	{ClassStatement, regexp.MustCompile(`(承诺书?|声明书?)(（[^）]*）)?$`)},
	{ClassForm, regexp.MustCompile(`(申请表|登记表|申请书)(（[^）]*）)?$`)},
	{ClassLicence, regexp.MustCompile(`(证书|许可证|执照|证)(（[^）]*）)?$`)},
}

// ClassOf is what kind of thing the material is: what its editor says, or else
// what an entry of the list, a licence and its name tell.
func (m Material) ClassOf() string {
	switch {
	case m.Class != "":
		return m.Class
	case m.Proof != "":
		return ClassProof
	case len(m.LicenceTypes) > 0 && !nameClasses[0].name.MatchString(m.Name): // a licence that does for a proof does not make it one
		return ClassLicence
	case m.ByForm:
		return ClassForm
	}
	for _, c := range nameClasses {
		if c.name.MatchString(m.Name) {
			return c.class
		}
	}
	return ClassDocument
}

// Proofs knows the city's list of proofs (证明事项清单).
type Proofs interface {
	// Listed gives the entries of those numbers that are on the list; all, when
	// none is named.
	Listed(ctx context.Context, numbers ...string) ([]ListedProof, error)
}

// ListedProof is an entry of the list as items need it.
type ListedProof struct {
	Number, Name string
	Kept         bool   // it may be asked for
	ByPromise    bool   // no longer kept: the applicant promises instead (告知承诺)
	ByOrgan      bool   // no longer kept: the organ finds it out itself
	Promise      string // the words of the promise; "" the usual ones
	LicenceType  string // electronic licence of a proof that is kept; "" there is none
}

// Check applies every publication rule: those that the definition alone can
// break, and that proofs are kept on the city's list.
func (m *Module) Check(ctx context.Context, d *Definition) ([]Finding, error) {
	found := Check(d)
	if m.Proofs == nil || len(d.Materials) == 0 {
		return found, nil
	}
	list, err := m.Proofs.Listed(ctx)
	if err != nil {
		return nil, err
	}
	c := &checker{def: d, found: found}
	for i, x := range d.Materials {
		c.proof(i, x, list)
	}
	return c.found, nil
}

// Rule 21: no proof that is not on the list, or no longer kept there.
func (c *checker) proof(i int, m Material, list []ListedProof) {
	field := fmt.Sprintf("materials.%d.proof", i)
	named := slices.IndexFunc(list, func(p ListedProof) bool { return p.Name == m.Name })
	if m.Proof != "" {
		named = slices.IndexFunc(list, func(p ListedProof) bool { return p.Number == m.Proof })
	}
	class := m.ClassOf()
	switch {
	case m.Proof != "" && named < 0:
		c.block(RuleProofs, field, "证明清单编号：“%s”引用的编号%s不在证明事项清单上，请改正编号；清单没有的证明不得要求提供，请删除这份材料。", m.Name, m.Proof)
	case m.Proof != "" && class != ClassProof:
		c.block(RuleProofs, fmt.Sprintf("materials.%d.class", i), "材料类别：“%s”填了证明清单编号，材料类别应为“证明”，请改正其中一项。", m.Name)
	case class != ClassProof && (named < 0 || list[named].Kept):
	case m.DataShare && (named < 0 || !list[named].Kept): // the organ looks it up: nobody is asked
	case named < 0:
		c.block(RuleProofs, field, "证明清单编号：“%s”是证明，但没有填证明事项清单的编号。清单上有的，请填编号；清单上没有的不得要求提供，请删除，或改为部门核查、告知承诺；不是证明的（证照、本人声明、医疗文书），请改材料类别。", m.Name)
	case !list[named].Kept && !(list[named].ByPromise && m.Promise):
		c.block(RuleProofs, field, "证明清单编号：“%s”（清单编号%s）已不在保留之列，不得要求提供。请删除这份材料%s。", m.Name, list[named].Number, list[named].instead())
	case m.Proof == "" && list[named].Kept:
		c.block(RuleProofs, field, "证明清单编号：“%s”是清单上的证明，请填清单编号%s。", m.Name, list[named].Number)
	}
}

func (p ListedProof) instead() string {
	switch {
	case p.ByPromise && p.ByOrgan:
		return "，由部门核查，或勾选“可以告知承诺代替”"
	case p.ByPromise:
		return "，或勾选“可以告知承诺代替”"
	case p.ByOrgan:
		return "，由部门核查"
	}
	return ""
}

// waive relieves applicants of proofs that are not kept any more, though the
// version in force still names them, and of those that the organ looks up; a
// proof that is kept may be met by its electronic licence. The
// list is a copy: versions never change.
func (m *Module) waive(ctx context.Context, list []Material) error {
	var numbers []string
	for i, x := range list {
		if x.Proof != "" {
			numbers = append(numbers, x.Proof)
		} else if x.ClassOf() == ClassProof && x.DataShare {
			list[i].without(ListedProof{ByOrgan: true})
		}
	}
	if m.Proofs == nil || len(numbers) == 0 {
		return nil
	}
	entries, err := m.Proofs.Listed(ctx, numbers...)
	if err != nil {
		return err
	}
	for _, p := range entries {
		for i := range list {
			switch {
			case list[i].Proof != p.Number:
			case !p.Kept:
				list[i].without(p)
			case len(list[i].LicenceTypes) == 0 && p.LicenceType != "": // what was issued electronically does for the paper
				list[i].LicenceTypes = []string{p.LicenceType}
			}
		}
	}
	return nil
}

// OffList finds a proof that is not kept on the list in what somebody is told
// to bring; "" when there is none. Names that the lawful things to bring have in
// them say nothing of a proof.
func (m *Module) OffList(ctx context.Context, text string, lawful ...string) (string, error) {
	if m.Proofs == nil || !strings.Contains(text, "证明") {
		return "", nil
	}
	for _, name := range lawful {
		text = strings.ReplaceAll(text, name, "")
	}
	list, err := m.Proofs.Listed(ctx)
	if err != nil {
		return "", err
	}
	for _, p := range list {
		if p.Kept {
			text = strings.ReplaceAll(text, plainName(p.Name), "")
		}
	}
	for _, p := range list {
		name := plainName(p.Name)
		if p.Kept || !strings.Contains(text, name) || slices.ContainsFunc(lawful, func(l string) bool { return strings.Contains(l, name) }) {
			continue
		}
		return p.Name, nil
	}
	return "", nil
}

// plainName is a name without its remarks in parentheses.
func plainName(name string) string {
	plain, _, _ := strings.Cut(name, "（")
	return plain
}

// without says what stands in for a proof that is not kept.
func (m *Material) without(p ListedProof) {
	switch {
	case p.ByPromise && !p.ByOrgan:
		m.Promise, m.Waived = true, "这份证明已改为告知承诺：签承诺书即可，无需提供。"
		if p.Promise != "" {
			m.Notes = "承诺内容：" + p.Promise
		}
		return
	case p.ByOrgan:
		m.Waived = "由部门核查，无需提供。"
	default:
		m.Waived = "这份证明已经取消，无需提供。"
	}
	m.Necessity = Optional
}

// ProofUse is a proof that an item in force asks for.
type ProofUse struct {
	Item, ItemName string
	DeptName       string
	Material       string // name of the material
	Number         string // on the list; "" it names none
	Promise        bool   // a promise does instead
	DataShare      bool   // it is looked up
	Place          identity.Place
}

// proofsOf lists the proofs that a definition asks applicants for.
func proofsOf(d *Definition) []ProofUse {
	var list []ProofUse
	for _, m := range d.Materials {
		if m.ClassOf() == ClassProof && (m.Proof != "" || !m.DataShare) {
			list = append(list, ProofUse{Item: d.Code, ItemName: d.Name, DeptName: d.DeptName, Material: m.Name, Number: m.Proof, Promise: m.Promise, DataShare: m.DataShare})
		}
	}
	return list
}

// ProofsInForce lists the proofs that published items ask for, by item.
func (m *Module) ProofsInForce(ctx context.Context) ([]ProofUse, error) {
	s, err := m.onShelf(ctx)
	if err != nil {
		return nil, err
	}
	return s.proofs, nil
}
