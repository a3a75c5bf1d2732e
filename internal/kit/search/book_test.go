package search

import (
	"slices"
	"strings"
	"testing"
)

func sampleBook() *Book {
	return NewBook([]Entry{
		{ID: "birth", Name: "生育登记（一孩、二孩、三孩）", Said: []string{"准生证", "生育证"}, Other: "卫生健康局 结婚证 居民身份证"},
		{ID: "again", Name: "再生育审批", Said: []string{"四孩审批"}, Other: "卫生健康局"},
		{ID: "move", Name: "户口迁移（市内）", Said: []string{"迁户口"}, Other: "公安局 户口簿"},
		{ID: "idcard", Name: "居民身份证换领", Said: []string{"身份证到期"}, Other: "公安局"},
		{ID: "shop", Name: "个体工商户设立登记", Said: []string{"个体户", "开店"}, Other: "市场监督管理局 营业执照"},
		{ID: "food", Name: "食品经营许可（新办）", Said: []string{"开饭店"}, Other: "市场监督管理局 健康证明"},
		{ID: "card", Name: "社会保障卡申领", Other: "人力资源和社会保障局"},
		{ID: "etc", Name: "ETC办理", Other: ""},
	}, map[string]string{"户口本": "户口簿", "饭馆": "饭店", "过期": "到期"})
}

func ids(list []Found) string {
	var all []string
	for _, f := range list {
		all = append(all, f.ID)
	}
	return strings.Join(all, " ")
}

func TestBookFinds(t *testing.T) {
	b := sampleBook()
	for typed, want := range map[string]string{
		"准生证":          "birth",  // what people call it
		"生育登记":         "birth",  // two items have 生育, one has it all
		"登记生育":         "birth",  // another order
		"我想办个准生证怎么弄":   "birth",  // words around it
		"准生正":          "birth",  // sounds alike
		"户口钱移":         "move",   // one character wrong
		"迁个户口":         "move",   // a little word between
		"个体户":          "shop",   // 个 is part of the word
		"开个饭店":         "food",   //
		"开饭馆":          "food",   // another word for it
		"身份证过期":        "idcard", //
		"shenfenzheng": "idcard", // pinyin
		"senfenzen":    "idcard", // as the south says it
		"sfz":          "idcard", // initials
		"社bao卡":        "card",   // a mix
		"etc":          "etc",
		"健康证明":         "food", // only a material says it
	} {
		got := b.Find(typed)
		if len(got) == 0 || got[0].ID != want {
			t.Errorf("%q finds %v, want %s first", typed, got, want)
		}
	}
	for _, typed := range []string{"", "！？", "火星移民", "zzzz", "我想"} {
		if got := b.Find(typed); len(got) > 0 {
			t.Errorf("%q finds %v", typed, got)
		}
	}
}

func TestBookOrder(t *testing.T) {
	b := NewBook([]Entry{
		{ID: "c", Name: "居民用电报装"}, {ID: "b", Name: "别的事", Said: []string{"用电"}}, {ID: "a", Name: "用电"},
		{ID: "d", Name: "别的事", Other: "用电合同"},
	}, nil)
	got := b.Find("用电")
	if ids(got) != "a b c" && ids(got) != "a b c d" {
		t.Errorf("order %v", got)
	}
	if !slices.IsSortedFunc(got, func(x, y Found) int { return y.Score - x.Score }) {
		t.Errorf("scores %v", got)
	}
	if got[0].How != Exactly || got[2].How != Inside {
		t.Errorf("how %v", got)
	}
	// The name that sounds alike is told, so that a page can say what it took it for.
	if got := sampleBook().Find("准生正"); got[0].How != BySound || got[0].Phrase != "准生证" {
		t.Errorf("%v", got)
	}
}

// TestBookBearsAnything: no input is too long or too strange.
func TestBookBearsAnything(t *testing.T) {
	b := sampleBook()
	for _, typed := range []string{strings.Repeat("准生证", 1000), strings.Repeat("a", 1000), "\x00\xff", "ü", "的的的的", "个", "𠮷野家", "１２３"} {
		b.Find(typed)
	}
	empty := NewBook(nil, nil)
	if got := empty.Find("准生证"); len(got) > 0 {
		t.Errorf("an empty book finds %v", got)
	}
	none := NewBook([]Entry{{ID: "x", Name: "！"}}, nil)
	if got := none.Find("x"); len(got) > 0 {
		t.Errorf("%v", got)
	}
}
