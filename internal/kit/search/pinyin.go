package search

import (
	"strings"

	"github.com/mozillazg/go-pinyin"
	"golang.org/x/text/unicode/norm"
)

// maxSyllables of a title are indexed by sound; maxInitials is as many first
// letters as anybody types.
const (
	maxSyllables = 60
	maxInitials  = 12
)

// phrases fix the reading of characters that have several, where the commonest
// is wrong. Longer phrases come first.
var phrases = []struct{ text, sound string }{
	{"会计师", "kuai ji shi"}, {"音乐厅", "yin yue ting"},
	{"重庆", "chong qing"}, {"重新", "chong xin"}, {"重复", "chong fu"}, {"重阳", "chong yang"}, {"重建", "chong jian"},
	{"重组", "chong zu"}, {"重审", "chong shen"}, {"银行", "yin hang"}, {"行业", "hang ye"}, {"商行", "shang hang"},
	{"分行", "fen hang"}, {"支行", "zhi hang"}, {"同行", "tong hang"}, {"行情", "hang qing"}, {"会计", "kuai ji"},
	{"音乐", "yin yue"}, {"乐器", "yue qi"}, {"调解", "tiao jie"}, {"调整", "tiao zheng"}, {"调节", "tiao jie"},
	{"调剂", "tiao ji"}, {"协调", "xie tiao"}, {"空调", "kong tiao"}, {"调处", "tiao chu"}, {"给付", "ji fu"},
	{"给予", "ji yu"}, {"供给", "gong ji"}, {"补给", "bu ji"}, {"校对", "jiao dui"}, {"校准", "jiao zhun"},
	{"院长", "yuan zhang"}, {"校长", "xiao zhang"}, {"镇长", "zhen zhang"}, {"村长", "cun zhang"}, {"局长", "ju zhang"},
	{"市长", "shi zhang"}, {"县长", "xian zhang"}, {"科长", "ke zhang"}, {"家长", "jia zhang"}, {"成长", "cheng zhang"},
	{"生长", "sheng zhang"}, {"增长", "zeng zhang"}, {"首长", "shou zhang"}, {"长辈", "zhang bei"}, {"西藏", "xi zang"},
	{"厦门", "xia men"}, {"番禺", "pan yu"}, {"人参", "ren shen"}, {"参差", "cen ci"}, {"率领", "shuai ling"},
	{"传记", "zhuan ji"}, {"提防", "di fang"}, {"转载", "zhuan zai"}, {"朝气", "zhao qi"}, {"劳累", "lao lei"},
	{"便宜", "pian yi"}, {"单县", "shan xian"}, {"解数", "xie shu"}, {"落枕", "lao zhen"}, {"应用", "ying yong"},
	{"供应", "gong ying"}, {"反应", "fan ying"}, {"血液", "xue ye"}, {"宿舍", "su she"}, {"薄荷", "bo he"},
}

// readings replace the dictionary's first one: in a government's texts and in
// the place names of northern Guangdong another is the usual.
var readings = map[rune]string{
	'长': "chang", '地': "di", '埔': "bu", '圩': "xu", '佛': "fo", '薄': "bo", '柏': "bai", '提': "ti", '的': "de", '车': "che",
}

// spoken gives, for each Han character of a title, the pinyin from there on
// without gaps and the initials from there on; both are looked up by prefix.
// What is not Han is skipped, as people skip it when they type initials.
func spoken(s string) []string {
	sounds := syllables(s)
	initials := make([]byte, len(sounds))
	for i, x := range sounds {
		initials[i] = x[0]
	}
	var all []string
	for i := range sounds {
		var full strings.Builder
		for _, x := range sounds[i:] {
			if full.Len() >= maxLetter {
				break
			}
			full.WriteString(x)
		}
		all = append(all, cut(full.String(), maxLetter), string(initials[i:min(i+maxInitials, len(initials))]))
	}
	return all
}

func syllables(s string) []string {
	var han []rune
	for _, r := range runs(s) {
		if r.han {
			han = append(han, r.runes...)
		}
	}
	if len(han) > maxSyllables {
		han = han[:maxSyllables]
	}
	var all []string
	for i := 0; i < len(han); {
		if sounds, n := phraseAt(han[i:]); n > 0 {
			all = append(all, sounds...)
			i += n
			continue
		}
		if x := syllable(han[i]); x != "" {
			all = append(all, x)
		}
		i++
	}
	return all
}

// places begin with 长 (chang) and often follow a 市, 县 or 镇: in 乐昌市长来镇
// there is no mayor.
const places = "江来迳坪坑龙陂潭溪洞梅春排引坝"

func startsPlace(han []rune, phrase string) bool {
	n := len([]rune(phrase))
	return strings.HasSuffix(phrase, "长") && len(han) > n && strings.ContainsRune(places, han[n])
}

func phraseAt(han []rune) ([]string, int) {
	head := string(han[:min(3, len(han))])
	for _, p := range phrases {
		if strings.HasPrefix(head, p.text) && !startsPlace(han, p.text) {
			return strings.Fields(p.sound), len([]rune(p.text))
		}
	}
	return nil, 0
}

// syllable is the first reading of r without its tone, ü as v; "" if it has none.
func syllable(r rune) string {
	if x, ok := readings[r]; ok {
		return x
	}
	first, _, _ := strings.Cut(pinyin.PinyinDict[int(r)], ",")
	var b strings.Builder
	for _, c := range norm.NFD.String(first) {
		switch {
		case c >= 'a' && c <= 'z':
			b.WriteRune(c)
		case c == '\u0308' && b.Len() > 0: // the dots of ü, which stand after its u
			plain := b.String()
			b.Reset()
			b.WriteString(plain[:len(plain)-1] + "v")
		}
	}
	return b.String()
}
