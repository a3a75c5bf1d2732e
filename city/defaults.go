package city

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"yimen/internal/catalogue"
)

var (
	basisPattern = regexp.MustCompile(`^《([^》]+)》(.*)$`)
	numberInside = regexp.MustCompile(`^（([^）]*[〔\[（第令][^）]*)）`)
	articleFound = regexp.MustCompile(`第[一二三四五六七八九十百零]+[条章](?:[至、]第[一二三四五六七八九十百零]+[条章])*`)
)

// readBasis reads 《社会保险法》第二十条、第二十二条；国发〔2014〕8号 into structured grounds.
func readBasis(text string) []catalogue.Basis {
	var grounds []catalogue.Basis
	for _, part := range strings.Split(text, "；") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		g := catalogue.Basis{Law: part}
		if m := basisPattern.FindStringSubmatch(part); m != nil {
			g.Law, part = m[1], m[2]
			if n := numberInside.FindStringSubmatch(part); n != nil {
				g.Number = n[1]
			}
			g.Article = articleFound.FindString(part)
		}
		grounds = append(grounds, g)
	}
	return grounds
}

func (b *book) feeOf(r row, d *catalogue.Definition) catalogue.Fee {
	if f, ok := b.fees[r.Code]; ok {
		return f
	}
	if !strings.HasPrefix(r.Fee, "不收费") && !strings.Contains(r.Fee, "免费") {
		d.Defect = joined(d.Defect, "收费原文“"+r.Fee+"”未录入 fees.json")
	}
	return catalogue.Fee{}
}

var documentEnds = regexp.MustCompile(`(书|文|函|表|通知|决定|意见|批准|文件|凭证|回执|单)$`)

// resultOf reads the result: its kind from its name (§2.5 rule 7), the licence
// type from the list of licences.
func (b *book) resultOf(r row) catalogue.Result {
	name := r.Result
	res := catalogue.Result{Name: name, Kind: catalogue.ResultOther, LicenceType: b.licenceNamed(orElse(licenceAliases[name], name)), DeliverBy: []string{"window", "post"}}
	if res.LicenceType != "" {
		res.LicenceHow = licenceHow(r.Name)
	}
	switch {
	case strings.HasSuffix(name, "批复"):
		res.Kind = catalogue.ResultApproval
	case strings.HasSuffix(name, "证"), res.LicenceType != "":
		res.Kind = catalogue.ResultLicence
	case documentEnds.MatchString(name):
		res.Kind = catalogue.ResultDocument
	}
	if res.LicenceType != "" || res.Kind != catalogue.ResultLicence {
		res.DeliverBy = append(res.DeliverBy, "electronic")
	}
	res.Sample = fmt.Sprintf("《%s》样本：载明持有人（单位）名称、事项内容、编号、有效期（如有）、发证（出具）机关及日期，加盖机关印章或电子印章。", name)
	return res
}

// licenceHow reads from an item's name what it does to a licence there is.
func licenceHow(item string) string {
	for _, x := range []struct{ word, how string }{{"延续", catalogue.LicenceExtend}, {"变更", catalogue.LicenceChange}, {"补换", catalogue.LicenceReissue},
		{"补领", catalogue.LicenceReissue}, {"补办", catalogue.LicenceReissue}, {"换领", catalogue.LicenceReissue}, {"换证", catalogue.LicenceReissue}} {
		if strings.Contains(item, x.word) {
			return x.how
		}
	}
	return ""
}

// phones are sample numbers: one line of consultation for each department, the
// city's hotline for complaints.
func phones(dept string) (consult, complaint string) {
	return "0751-88120" + strings.TrimPrefix(dept, "D"), "0751-8812345"
}

func defaultConditions(r row) []string {
	c := []string{"申请人属于本事项的服务对象，申请事项属于本机关职权范围"}
	if r.Type == catalogue.TypeLicence {
		c = append(c, "符合设定依据规定的条件、标准")
	}
	return append(c, "申请材料齐全、符合法定形式，所填信息真实")
}

// vertical departments are led from above; their decisions are reviewed by the
// department above and not by the government beside (行政复议法 第二十七条).
var vertical = []string{"D33"}

func remedyOf(r row, decidedAt int) catalogue.Remedy {
	if r.Type == catalogue.TypeService {
		return catalogue.Remedy{
			Reconsideration: "本事项为公共服务；认为工作人员不依法履行职责、侵犯合法权益的，可以自知道之日起60日内向本级（镇、街道办理的向县级）人民政府申请行政复议。",
			Litigation:      "也可以自知道之日起6个月内依法向有管辖权的人民法院提起行政诉讼。",
		}
	}
	organ := map[int]string{3: "韶关市人民政府", 4: "作出决定部门的县（市、区）人民政府", 5: "县（市、区）人民政府", 6: "县（市、区）人民政府"}[decidedAt]
	if slices.Contains(vertical, r.Dept) {
		organ = "作出决定机关的上一级主管部门"
	}
	return catalogue.Remedy{
		Reconsideration: "对决定不服的，可以自收到决定之日起60日内向" + organ + "申请行政复议。",
		Litigation:      "也可以自收到决定之日起6个月内向有管辖权的人民法院提起行政诉讼。",
	}
}

func defaultFAQ(r row, d *catalogue.Definition) []catalogue.QA {
	how := "当场办结"
	if !d.Promised.None() {
		how = "受理后" + d.Promised.Promise() + "内办结"
	}
	return []catalogue.QA{
		{Q: "“" + r.Name + "”多久能办好？", A: "材料齐全的，" + how + "；需要听证、检验、检测、鉴定和专家评审的时间另计，并会书面告知。"},
		{Q: "一定要带纸质材料吗？", A: "能够通过电子证照或数据共享核验的材料免予提交；拍照上传的材料清晰完整即可，审核人员认为需要核对原件的会提前告知。"},
	}
}

// standardSituations are asked of people where the item has none of its own:
// whether they come themselves or send somebody. What an agent brings is then
// no longer asked of everybody.
func standardSituations(d *catalogue.Definition) []questionSpec {
	self := "本人办理"
	if !d.Serves("person") {
		self = "法定代表人（负责人）办理"
	}
	return []questionSpec{{ID: "who", Text: "由谁来办理？", Options: []catalogue.Option{
		{ID: "self", Label: self, Defaults: map[string]any{"handled_by": "self"}},
		{ID: "agent", Label: "委托他人代办", Materials: []string{"agent_id_card", "power_of_attorney"}, Defaults: map[string]any{"handled_by": "agent"}},
	}}}
}
