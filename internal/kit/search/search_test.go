package search

import (
	"slices"
	"testing"
)

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		text, query string
		want        bool
	}{
		{"韶关市政务服务中心", "sgs", true}, {"韶关市政务服务中心", "政务", true}, {"韶关市政务服务中心", "中心 韶关", true},
		{"韶关市政务服务中心", "心", true}, {"韶关市政务服务中心", "务政", false}, {"韶关市政务服务中心", "", false},
		{"韶关市政务服务中心", "zhengwufuwu", true}, {"重庆", "chongqing", true}, {"中国银行", "zgyh", true},
		{"乐昌市长来镇", "changlai", true}, {"市长信箱", "shizhang", true}, {"市长信箱", "szxx", true}, {"南雄市长坪村", "nxscpc", true},
		{"社会保障卡申领", "社保卡", true}, {"社会保障卡申领", "she hui ka", true}, {"社会保障卡申领", "sbk", true}, {"调解申请", "调解shen", true},
		{"A4表格", "ａ４", true}, {"绿色通道", "lüse", true}, {"绿色通道", "lvse", true}, {"社会", "社会' OR '1'='1", false}, {"社会", "(社会*", true},
		{"社会", "\x00", false}, {"社会", "  ，。", false},
	} {
		if got := Match(c.text, c.query); got != c.want {
			t.Errorf("Match(%s, %s) = %v", c.text, c.query, got)
		}
	}
}

func TestTokens(t *testing.T) {
	if got, want := titleWords("曲江 A1"), []string{"曲江", "江", "a1", "qujiang", "qj", "jiang", "j"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := Query("保 保障卡 sb"), []string{"保*", "保障", "障卡", "sb*"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
