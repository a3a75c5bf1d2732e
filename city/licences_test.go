package city

import (
	"slices"
	"strings"
	"testing"

	"yimen/internal/catalogue"
)

// Which licences stand in for a material: what authors say, else its very name,
// and never somebody else's, or one of two.
func TestLicencesOfMaterials(t *testing.T) {
	b := openBook(t)
	card := &catalogue.LicenceTypes{"ZZ001"}
	for _, c := range []struct {
		name    string
		says    *catalogue.LicenceTypes
		licence string
	}{
		{"居民身份证", nil, "ZZ001"},
		{"本人身份证原件及复印件", nil, "ZZ001"},
		{"营业执照副本（复印件）", nil, "ZZ051"},
		{"营业执照正、副本", nil, "ZZ051"},
		{"残疾人证", nil, "ZZ046"},
		{"户口本", nil, "ZZ002"},
		{"居民身份证或户口簿", card, "ZZ001"},
		{"居民身份证", &catalogue.LicenceTypes{}, ""},
		{"监护人居民身份证", card, ""},
		{"双方户口簿", card, ""},
		{"居民身份证、户口簿", card, ""},
		{"原残疾人证", nil, ""},
		{"户口簿（与原户主同户页）", nil, ""},
		{"申请书", nil, ""},
	} {
		if got := strings.Join(b.licencesFor(materialSpec{Name: c.name, Licence: c.says}), " "); got != c.licence {
			t.Errorf("%s: %q, want %q", c.name, got, c.licence)
		}
	}
}

// Everyday items need no photograph of an identity card.
func TestItemsTakeIdentityCardsFromTheStore(t *testing.T) {
	defs, err := Definitions()
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, d := range defs {
		if slices.ContainsFunc(d.Materials, func(m catalogue.Material) bool { return slices.Contains(m.LicenceTypes, "ZZ001") }) {
			n++
		}
	}
	if n < 60 {
		t.Errorf("%d items", n)
	}
}
