package browser_test

import (
	"slices"
	"strings"
	"testing"

	"yimen/internal/cases"
	"yimen/internal/kit/db"
	"yimen/internal/licences"
)

// spared takes in a case at the window on the applicant's electronic identity
// card, and gives the page on which who decides reads it.
func (c *city) spared(t testing.TB) string {
	t.Helper()
	ctx, s := c.as(t, villageClerk), c.submission(t, unemployment("dismissed"))
	list, err := c.Licences.ForMaterial(ctx, []string{"ZZ001"}, s.Applicant.IDNo)
	must(t, err)
	d, err := c.Cases.SaveDraft(ctx, s)
	must(t, err)
	must(t, c.Licences.Consent(ctx, licences.Consent{Case: d.Number, Material: "id_or_card", MaterialName: "居民身份证或社会保障卡", Types: []string{"ZZ001"},
		Item: s.Item, ItemName: d.ItemName, AgencyName: "乳源瑶族自治县人力资源和社会保障局", Purpose: "办理“" + d.ItemName + "”", Licence: list[0].Identifier,
		HolderNo: s.Applicant.IDNo, Way: licences.ByPaper, ByName: s.Applicant.Name}))
	s.Draft = d.Number
	s.Materials = append(slices.DeleteFunc(s.Materials, func(h cases.Handed) bool { return h.ID == "id_or_card" }),
		cases.Handed{ID: "id_or_card", Licence: list[0].Identifier})
	x, err := c.Cases.Submit(ctx, s)
	must(t, err)
	used, err := c.Licences.UsedIn(ctx, x.Number)
	must(t, err)
	return "/office/cases/" + x.Number + "/licences/" + used[0].ID
}

// batch sends in a sheet with a line that can be issued and one that cannot.
func (c *city) batch(t testing.TB) string {
	t.Helper()
	own, _, err := c.Licences.Mine(c.as(t, villager), db.Page{Limit: 1})
	must(t, err)
	sheet := "持证主体,持证主体代码,查询期间,用途\n" + own[0].HolderName + "," + own[0].HolderNo + ",年满16周岁至今,求职\n无此人,110101199001010016,年满16周岁至今,\n"
	b, err := c.Licences.LookAt(c.as(t, "approver-440232-d07"), "ZZ011", "七月.csv", strings.NewReader(sheet))
	must(t, err)
	return "/office/licence-batches/" + b.ID
}

// A villager applies with the identity card in the store: she agrees, and takes no
// photograph. Afterwards she sees who used it.
func TestNoPhotographOfTheIdentityCard(t *testing.T) {
	everySize(t, func(t *testing.T, c *city, v *visitor) {
		a := unemployment("dismissed")
		number := c.begun(t, a)
		v.As(villager).Open("/apply/"+number+"/materials/id_or_card").Says("您有电子证照，可以不用交", "收件窗口和").SaysNot(a.who.IDNo).Keep("offered")
		v.Click("下一步").Says("请先勾选同意").Keep("asked")
		v.Fill("consent.id_or_card", "1").Click("下一步")
		v.Axe(t)
		d, err := c.Cases.Draft(c.as(t, villager), number)
		must(t, err)
		i := slices.IndexFunc(d.Submission.Materials, func(h cases.Handed) bool { return h.ID == "id_or_card" })
		if i < 0 || d.Submission.Materials[i].Licence == "" || d.Submission.Materials[i].File != "" {
			t.Fatalf("handed in: %+v", d.Submission.Materials)
		}
		v.Open("/apply/" + number + "/next")
		if got := v.athome(a); got != number {
			t.Errorf("handed in as %s, the draft was %s", got, number)
		}
		v.Open("/my/licences/"+d.Submission.Materials[i].Licence).Says("谁用过", "已使用", "网上登录后本人同意").Keep("told")
		v.Calm(t)
	})
}
