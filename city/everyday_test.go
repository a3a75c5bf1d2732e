package city_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"yimen/city"
	cityorg "yimen/city/org"
	"yimen/internal/catalogue"
	"yimen/internal/identity"
	"yimen/internal/kit/audit"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/internal/org"
)

// everyday is what people type, and the item they mean: it must be among the
// first three. Several codes: any of them is what was meant.
var everyday = map[string]string{
	// as people speak
	"办准生证": "SG04001", "准生证": "SG04001", "我想办理一个准生证怎么弄": "SG04001", "怀孕了办什么证": "SG04001", "二胎登记": "SG04001",
	"低保": "SG02001", "家里困难怎么申请低保": "SG02001", "吃低保": "SG02001", "最低生活保障": "SG02001",
	"社保卡丢了": "SG01008", "我的社保卡不见了怎么补办": "SG01008", "社保卡过期": "SG01008", "办社保卡": "SG01007",
	"开饭店": "SG06008", "我要开一家饭店": "SG06008", "开奶茶店需要什么手续": "SG06008", "餐饮许可证": "SG06008", "开早餐店": "SG06008",
	"小孩上学": "SG10001", "小孩上小学报名": "SG10001", "转学": "SG10003", "孩子休学": "SG10002", "助学金": "SG10006",
	"砍树": "SG05001 SG05002", "砍自家的树": "SG05002", "自留山砍树": "SG05002", "采伐证": "SG05001", "烧荒": "SG05004", "烧山": "SG05004",
	"房子过户": "SG13003", "过户房子": "SG13003", "二手房过户要带什么": "SG13003", "买房子办房产证": "SG13003", "无房证明": "SG13005",
	"结婚": "SG02012", "领结婚证": "SG02012", "登记结婚": "SG02012", "离婚": "SG02013", "结婚证丢了": "SG02014", "单身证明": "SG02015",
	"身份证丢了": "SG08003", "身份证到期了怎么换": "SG08002", "给小孩办身份证": "SG08001", "临时身份证": "SG08004",
	"新生儿上户口": "SG08005", "小孩落户": "SG08005", "迁户口": "SG08007", "人死了销户口": "SG08006", "改名字": "SG08008", "暂住证": "SG08009",
	"无犯罪记录证明": "SG08010", "没有犯罪证明": "SG08010", "去香港": "SG08011", "护照": "SG08012", "换驾照": "SG08013", "驾驶证到期": "SG08013", "车年检": "SG08014",
	"开公司": "SG06001", "办营业执照": "SG06001 SG06004", "个体户": "SG06004", "我想开个小卖部": "SG06004 SG06011", "公司不开了": "SG06003", "注销个体户": "SG06006", "刻公章": "SG08016",
	"合作社": "SG06007", "摆摊": "SG07001", "卖烟": "SG19001", "卖烟花": "SG23002", "开药店": "SG06013", "开民宿": "SG08015", "开网吧": "SG27002", "开诊所": "SG04010 SG04009", "开理发店": "SG04008", "开幼儿园": "SG10004",
	"养老金": "SG01003 SG01001 SG01006", "领养老金": "SG01003", "养老金认证": "SG01006", "人脸认证": "SG01006", "交社保": "SG14003", "失业": "SG01010", "失业登记": "SG01010",
	"高龄补贴": "SG02008", "老年证": "SG02009", "老人免费坐公交": "SG02009", "残疾证": "SG03001", "残疾人补贴": "SG02006", "轮椅": "SG03008", "五保户": "SG02003", "孤儿": "SG02011",
	"异地就医": "SG18002", "外地看病报销": "SG18004 SG18002", "医保报销": "SG18004", "慢性病": "SG18003", "生育津贴": "SG18006", "交医保": "SG14003", "大病救助": "SG18005 SG02004",
	"建房": "SG07002", "农村建房子": "SG07002", "宅基地": "SG07002 SG13002", "危房改造": "SG12002", "公租房": "SG12001", "取公积金": "SG11001", "用电报装": "SG31001", "装水表": "SG30001", "土地流转": "SG07003", "种粮补贴": "SG17007", "买拖拉机补贴": "SG17008", "卖猪检疫": "SG17002",
	"改民族": "SG09001", "中考加分": "SG09002", "瑶族证明": "SG09003", "退伍军人优待证": "SG16001", "光荣牌": "SG16005",
	"法律援助": "SG15001", "老板拖欠工资": "SG15001", "邻居吵架调解": "SG15002", "公证": "SG15003", "发票": "SG14002", "完税证明": "SG14004", "消防检查": "SG28001", "环评": "SG22001", "叉车证": "SG06016", "教师资格证": "SG10005",
	// characters that sound alike, and the south's way of hearing them
	"准生正": "SG04001", "设保卡": "SG01007 SG01008", "身分证": "SG08002 SG08003 SG08001", "身份正丢了": "SG08003", "驾使证换证": "SG08013", "居住正": "SG08009", "底保": "SG02001", "残急证": "SG03001", "户照": "SG08012",
	"养劳保险": "SG01001 SG01002 SG01003", "营业直照": "SG06001 SG06004", "低宝": "SG02001", "结昏登记": "SG02012", "过护": "SG13003",
	// other words around, another order, a word missing
	"登记生育": "SG04001", "请问哪里可以办理残疾人证": "SG03001", "老人去世了户口怎么办": "SG08006", "食品经营许可": "SG06008", "林木采伐": "SG05001", "补办身份证": "SG08003", "证生准": "SG04001",
	"我家小孩要上户口": "SG08005", "帮我爸办老年人优待证": "SG02009", "想开个食品店": "SG06008 SG06011",
	// the keyboard alone
	"zhunshengzheng": "SG04001", "zsz": "SG04001", "dibao": "SG02001", "shebaoka": "SG01007 SG01008", "sbk": "SG01007 SG01008", "shenfenzheng": "SG08001 SG08002 SG08003 SG08004",
	"jiehun": "SG02012", "guohu": "SG13003", "linmu": "SG05001", "lmcf": "SG05001", "hukou": "SG08007 SG08006", "zunsenzen": "SG04001", "gtgsh": "SG06004", "sg04001": "SG04001",
	"社bao卡": "SG01007 SG01008", "she hui bao zhang ka": "SG01007 SG01008",
}

func theCatalogue(t testing.TB) (*catalogue.Module, context.Context) {
	t.Helper()
	d := dbtest.Open(t, []db.Source{audit.Migrations, org.Migrations, catalogue.Migrations})
	ground := org.New(org.Deps{DB: d})
	m := catalogue.New(catalogue.Deps{DB: d, Org: ground})
	ctx := identity.With(context.Background(), identity.System("test"))
	rows, err := cityorg.Rows()
	must(t, err)
	must(t, ground.LoadCity(ctx, rows))
	defs, err := city.Definitions()
	must(t, err)
	must(t, m.LoadCity(ctx, defs))
	words, err := city.Synonyms()
	must(t, err)
	if len(words) < 300 {
		t.Errorf("%d synonyms, want 300 at least", len(words))
	}
	must(t, m.LoadSynonyms(ctx, words))
	return m, ctx
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestEverydayWordsFindTheItem(t *testing.T) {
	m, ctx := theCatalogue(t)
	for typed, want := range everyday {
		r, err := m.Find(ctx, catalogue.Query{Q: typed}, db.Page{Limit: 3})
		must(t, err)
		var got []string
		for _, it := range r.Items {
			got = append(got, it.Code+" "+it.Name)
		}
		if !slices.ContainsFunc(got, func(g string) bool { return strings.Contains(want, g[:7]) }) {
			t.Errorf("%q finds %q of %d, want %s", typed, got, r.Total, want)
		}
	}
}

// TestNonsenseFindsNothing: forgiving is not guessing.
func TestNonsenseFindsNothing(t *testing.T) {
	m, ctx := theCatalogue(t)
	for _, typed := range []string{"火星移民", "qqqqqq", "？！", "12345678", "我想", "%", "恐龙化石展览门票"} {
		r, err := m.Find(ctx, catalogue.Query{Q: typed}, db.Page{Limit: 3})
		must(t, err)
		if r.Total > 0 {
			t.Errorf("%q finds %d items, the first %s", typed, r.Total, r.Items[0].Name)
		}
	}
}
