package city

import (
	"regexp"
	"strings"

	"yimen/internal/catalogue"
)

// licenceWords are what the names of materials put around the name of a licence
// without making it another thing.
var licenceWords = regexp.MustCompile(`^(有效的?|本人的?|申请人的?)|(（[^）]*）|原件|复印件|扫描件|正本|副本|正、副本|正副本|原件及复印件|原件和复印件)$`)

// Names that say that one licence of the applicant's own is not enough: it is
// somebody else's, several are wanted, it is to be handed back, or a page of it
// is to tell something of others.
var (
	ofOthers = regexp.MustCompile(`双方|代办人|经办人|代缴人|监护人|法定代表人|负责人|家庭成员|成员|继承人|受益人|死者|逝者|父母|父（母）|子女|儿童|学生|患者|受让方|新经营者|` +
		`^原|损毁|变更页|同户页|注销页|已恢复`)
	several = regexp.MustCompile(`[、和]`)
	noted   = regexp.MustCompile(`（[^）]*）|正、副本`)
)

// ownLicence says that a material of that name is met by one licence of the
// applicant's own.
func ownLicence(name string) bool {
	return !ofOthers.MatchString(name) && (strings.Contains(name, "或") || !several.MatchString(noted.ReplaceAllString(name, "")))
}

// licencesFor are the licences of the applicant that stand in for a material.
// Authors say which; where they say nothing, the rule is that the material must
// be a licence by its very name, but for words like 原件 and 副本. Either way the
// name has the last word, see ownLicence.
func (b *book) licencesFor(s materialSpec) catalogue.LicenceTypes {
	if !ownLicence(s.Name) {
		return nil
	}
	if s.Licence != nil {
		return *s.Licence
	}
	if s.Proof != "" {
		return nil // the list of proofs knows its licence
	}
	name := s.Name
	for before := ""; before != name; {
		before, name = name, licenceWords.ReplaceAllString(name, "")
	}
	if alias := licenceAliases[name]; alias != "" {
		name = alias
	}
	if key := b.licenceNamed(name); key != "" {
		return catalogue.LicenceTypes{key}
	}
	return nil
}

// licenceAliases are what people and items call a licence beside its name.
var licenceAliases = map[string]string{"身份证": "居民身份证", "户口簿": "居民户口簿", "户口本": "居民户口簿", "残疾人证": "中华人民共和国残疾人证",
	"不动产权证": "不动产权证书", "居住证": "广东省居住证", "驾驶证": "机动车驾驶证", "行驶证": "机动车行驶证", "低保证": "最低生活保障证",
	"医师执业证": "医师执业证书", "护士执业证": "护士执业证书", "教师资格证": "教师资格证书"}
