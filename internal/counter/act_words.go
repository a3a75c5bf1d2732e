package counter

import (
	"strconv"

	"github.com/a-h/templ"

	"yimen/internal/cases"
)

// Phrases that most corrections begin with.
var (
	problemPhrases = []string{"没有提交。", "复印件不清晰，看不清内容。", "缺页。", "没有签名。", "没有盖章。", "已过有效期。", "与申请人不一致。", "填写不完整。"}
	curePhrases    = []string{"提交原件，核对后退还。", "重新复印，四角完整。", "补齐缺页。", "本人签名。", "到出具单位补盖章。", "换发有效的证件后提交。", "补填后重新提交。"}
)

func quick(v cases.Verb) bool { a, ok := actOf(v); return ok && a.quick }

func itoa(n int) string { return strconv.Itoa(n) }

// digit is the shortcut of the first nine of a list, "" beyond.
func digit(i int) string {
	if i < 9 {
		return strconv.Itoa(i + 1)
	}
	return ""
}

func keyAttr(key string) templ.Attributes {
	if key == "" {
		return nil
	}
	return templ.Attributes{"data-key": key}
}

// uploads says that the form brings files: they are stored by content before
// anything else, and the revision of the case keeps a second sending out.
func (p *actPage) uploads() bool {
	return p.act.verb == cases.VerbCorrect || p.act.verb == cases.VerbSupplement
}

func (p *actPage) enctype() string {
	if p.uploads() {
		return "multipart/form-data"
	}
	return "application/x-www-form-urlencoded"
}
