package messages

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"yimen/gb"
)

// smsLength is the most characters of one text message in Chinese (UCS-2),
// signature included; a longer one is cut in two and paid twice.
const smsLength = 70

// leastCut is how short a value may be made to fit.
const leastCut = 4

// placeholder is {name}.
var placeholder = regexp.MustCompile(`\{([^{}]*)\}`)

// documentNumber is what looks like a resident number or a bank card: such
// digits are starred whatever variable they came in. Case numbers have sixteen.
var documentNumber = regexp.MustCompile(`\b\d{17}[\dXx]\b|\b\d{15}\b|\b\d{19}\b`)

// yearOfDate is dropped from text messages: 2026年12月2日 → 12月2日.
var yearOfDate = regexp.MustCompile(`\d{4}年(\d{1,2}月\d{1,2}日)`)

// fill puts values into words. A placeholder without a value stays empty:
// check and Send see to it that there is none.
func fill(words string, vars map[string]string) string {
	return placeholder.ReplaceAllStringFunc(words, func(p string) string { return vars[p[1:len(p)-1]] })
}

// placeholders lists the names in words, in order, each once.
func placeholders(words string) []string {
	var names []string
	seen := map[string]bool{}
	for _, m := range placeholder.FindAllStringSubmatch(words, -1) {
		if !seen[m[1]] {
			seen[m[1]] = true
			names = append(names, m[1])
		}
	}
	return names
}

// within gives the values as the box may show them: document numbers starred.
func within(vars map[string]string) map[string]string {
	out := make(map[string]string, len(vars))
	for k, v := range vars {
		out[k] = documentNumber.ReplaceAllStringFunc(v, gb.MaskResidentID)
	}
	return out
}

// outside gives the values as they may leave the building: names starred too.
func (t Template) outside(vars map[string]string) map[string]string {
	out := within(vars)
	for _, v := range t.Vars {
		if v.Person && isPersonName(out[v.Name]) {
			out[v.Name] = gb.MaskName(out[v.Name])
		}
	}
	return out
}

// isPersonName tells a person's name from that of a company or an office,
// which is public.
func isPersonName(s string) bool {
	return utf8.RuneCountInString(s) <= 4 || strings.Contains(s, "·")
}

// smsText is the text message: signature, words, and within smsLength as long
// as there are values that may be shortened.
func (t Template) smsText(words, signature string, vars map[string]string) string {
	vars = t.outside(vars)
	for k, v := range vars {
		vars[k] = yearOfDate.ReplaceAllString(v, "$1")
	}
	text := signature + fill(words, vars)
	for over := utf8.RuneCountInString(text) - smsLength; over > 0; over = utf8.RuneCountInString(text) - smsLength {
		if !t.shorten(words, vars, over) {
			break
		}
		text = signature + fill(words, vars)
	}
	return text
}

// shorten cuts the longest value that may be cut by up to over characters and
// the sign that says so; false when none can be.
func (t Template) shorten(words string, vars map[string]string, over int) bool {
	longest, length := "", leastCut+1
	for _, name := range placeholders(words) {
		v, _ := t.v(name)
		if n := utf8.RuneCountInString(vars[name]); v.Cut && n > length {
			longest, length = name, n
		}
	}
	if longest == "" {
		return false
	}
	runes := []rune(strings.TrimSuffix(vars[longest], "…"))
	keep := max(leastCut, length-over-1)
	cut := string(runes[:min(keep, len(runes))])
	if open := strings.LastIndex(cut, "（"); open > 0 && !strings.Contains(cut[open:], "）") {
		cut = cut[:open] // no bracket that never closes
	}
	vars[longest] = cut + "…"
	return true
}

// mailText is the text of a mail: its own words, or those of the box, and
// where to read on.
func (t Template) mailText(w Words, link string, vars map[string]string) string {
	words := w.Mail
	if words == "" {
		words = w.Text
	}
	text := fill(words, t.outside(vars))
	if link != "" {
		text += "\n\n查看：" + link
	}
	return text + "\n\n这封邮件由系统发出，请不要直接回复。不想再收邮件，可登录后在“消息设置”里关闭。"
}

// maskMail keeps the first character and the host: z***@example.com.
func maskMail(address string) string {
	name, host, ok := strings.Cut(address, "@")
	if !ok || name == "" {
		return "***"
	}
	r, _ := utf8.DecodeRuneInString(name)
	return string(r) + "***@" + host
}
