package search

import (
	"slices"
	"strings"
)

// fillers are what people say around what they want: 我想办理一个…怎么弄. The
// longest come first.
var fillers = [][]rune{}

// littles are fillers of one character. They are also parts of words (民办,
// 个体户), so they go only where no name has them beside their neighbour.
const littles = "我你您他的了吗呢吧啊呀想要去到来在把给帮办弄搞开拿有没是个张本份件咋么怎哪里能会得"

func init() {
	for _, w := range strings.Fields(`
		我想要办理 请问一下 需要什么材料 要什么材料 带什么材料 需要哪些材料 要哪些材料 去哪里办理 在哪里办理 怎么办理 如何办理 怎样办理
		能不能办理 可不可以 能不能 多少钱 多长时间 多久能办 要多久 几天能办好 怎么操作 怎么申请 如何申请 怎样申请
		我想办理 我要办理 想要办理 我想申请 我要申请 想申请 要申请 我想要 我想办 我要办 想要办 帮我办 给我办 去哪里办 在哪里办 去哪办 在哪办 到哪办 到哪里办 哪里能办 哪里可以办
		怎么办 怎么弄 怎么搞 怎么开 怎么领 怎么样 办手续 办一下 办一个 办一张 办个 办张
		我家里 我们家 我们 我家 家里 请问 我想 我要 想要 想办 要办 怎么 怎样 如何 哪里 哪儿 什么 需要 可以 应该 办理 申办 办好 申领
		一下 一个 一张 一本 一份 一套 手续 流程 步骤 材料 资料 条件 要求 时候 谢谢 你好 您好 帮忙 麻烦 咨询 问一下`) {
		fillers = append(fillers, []rune(w))
	}
	slices.SortStableFunc(fillers, func(a, b []rune) int { return len(b) - len(a) })
}

// withoutFillers takes the words around the question away. What is left falls
// into the pieces between them.
func (b *Book) withoutFillers(typed []run) []run {
	var left []run
	for _, r := range typed {
		if !r.han {
			left = append(left, r)
			continue
		}
		for _, piece := range cutFillers(r.runes) {
			for _, p := range b.cutMeasures(piece) {
				if p = b.trimLittles(p); len(p) > 0 {
					left = append(left, run{true, p})
				}
			}
		}
	}
	return left
}

func cutFillers(han []rune) [][]rune {
	var pieces [][]rune
	from := 0
	for i := 0; i < len(han); {
		n := fillerAt(han[i:])
		if n == 0 {
			i++
			continue
		}
		pieces = append(pieces, han[from:i])
		i += n
		from = i
	}
	return append(pieces, han[from:])
}

func fillerAt(han []rune) int {
	for _, f := range fillers {
		if len(han) >= len(f) && string(han[:len(f)]) == string(f) {
			return len(f)
		}
	}
	return 0
}

// measures are little words in the middle of others: 换个身份证, 小孩的户口.
const measures = "个的了下"

// cutMeasures cuts at little words that no name has beside either neighbour.
func (b *Book) cutMeasures(piece []rune) [][]rune {
	var pieces [][]rune
	from := 0
	for i := 1; i < len(piece)-1; i++ {
		if strings.ContainsRune(measures, piece[i]) && !b.holds(piece[i-1:i+1]) && !b.holds(piece[i:i+2]) {
			pieces = append(pieces, piece[from:i])
			from = i + 1
		}
	}
	return append(pieces, piece[from:])
}

// trimLittles takes little words off both ends.
func (b *Book) trimLittles(piece []rune) []rune {
	for len(piece) > 1 && strings.ContainsRune(littles, piece[0]) && !b.holds(piece[:2]) {
		piece = piece[1:]
	}
	for len(piece) > 1 && strings.ContainsRune(littles, piece[len(piece)-1]) && !b.holds(piece[len(piece)-2:]) {
		piece = piece[:len(piece)-1]
	}
	if len(piece) == 1 && strings.ContainsRune(littles, piece[0]) {
		return nil
	}
	return piece
}
