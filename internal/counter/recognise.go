package counter

import (
	"net/url"
	"regexp"
	"strings"
	"unicode"

	"yimen/gb"
	"yimen/internal/cases"
	"yimen/workday"
)

// kind is what the text of the omnibox turned out to be.
type kind string

const (
	isNothing  kind = ""
	isDocument kind = "document" // resident ID or credit code, checked
	isWrongID  kind = "wrong_id" // looks like one, and the check digit or the date is wrong
	isCase     kind = "case"
	isTicket   kind = "ticket" // as one reads it: A012
	isSlip     kind = "slip"   // the code in the QR code of a slip
	isPhone    kind = "phone"
	isItem     kind = "item"
	isWords    kind = "words" // a name, or words, pinyin, initials of an item
)

// reading is what somebody typed, scanned or had read from a card.
type reading struct {
	Kind   kind
	Text   string // as it is searched for: case number, ticket, telephone, words
	IDType gb.IDType
	IDNo   string
	Name   string // read from the card with the number
	Wrong  string // of isWrongID: what is wrong, for the clerk
}

var (
	idShape     = regexp.MustCompile(`[0-9]{17}[0-9X]`)
	onlyDigits  = regexp.MustCompile(`^[0-9]+$`)
	usccShape   = regexp.MustCompile(`^[0-9A-HJ-NPQRTUWXY]{18}$`)
	ticketShape = regexp.MustCompile(`^[A-Z][0-9]{3,4}$`)
	slipShape   = regexp.MustCompile(`^[0-9A-Z]{12}$`)
	itemShape   = regexp.MustCompile(`^SG[0-9]{5}$`)
	nameShape   = regexp.MustCompile(`\p{Han}[\p{Han}·]{1,19}`)
)

// recognise reads the one field of the desk. Full-width characters, which a
// Chinese keyboard leaves on, count as their plain ones. A card reader that
// types sends the name and the number, with tabs or commas between and other
// facts of the card among them; a scanner sends the address in a QR code.
func recognise(text string, today workday.Date) reading {
	text = strings.TrimSpace(narrowed(text))
	upper := strings.ToUpper(text)
	if r, ok := scanned(text); ok {
		return r
	}
	bare := strings.Map(withoutBlanks, upper)
	switch {
	case text == "":
		return reading{}
	case cases.ValidNumber(bare):
		return reading{Kind: isCase, Text: bare}
	case idShape.MatchString(upper):
		return document(text, upper, today)
	case idShape.MatchString(bare):
		return document(text, bare, today)
	case usccShape.MatchString(bare) && !onlyDigits.MatchString(bare[:17]):
		return creditCode(bare)
	case ticketShape.MatchString(bare):
		return reading{Kind: isTicket, Text: bare}
	case itemShape.MatchString(bare):
		return reading{Kind: isItem, Text: bare}
	}
	if phone, err := gb.ParseMobile(bare); err == nil && onlyDigits.MatchString(bare) {
		return reading{Kind: isPhone, Text: phone}
	}
	return reading{Kind: isWords, Text: text}
}

func document(text, upper string, today workday.Date) reading {
	no := idShape.FindString(upper)
	if id, err := gb.ParseUSCC(no); err == nil { // some credit codes are all digits
		if _, err := gb.ParseResidentID(no, today); err != nil {
			return reading{Kind: isDocument, IDType: gb.IDCreditCode, IDNo: string(id)}
		}
	}
	id, err := gb.ParseResidentID(no, today)
	if err != nil {
		return reading{Kind: isWrongID, Text: no, Wrong: err.Error()}
	}
	return reading{Kind: isDocument, IDType: gb.IDResident, IDNo: string(id), Name: cardName(text)}
}

// cardName is the name beside the number, "" when there is none: the first of
// the facts on a card that is a name and no label or sex.
func cardName(text string) string {
	for _, word := range nameShape.FindAllString(text, -1) {
		switch word {
		case "姓名", "性别", "民族", "出生", "住址", "公民身份号码", "身份证号", "汉族":
			continue
		}
		if name, err := gb.ParsePersonName(word); err == nil {
			return name
		}
	}
	return ""
}

func creditCode(no string) reading {
	code, err := gb.ParseUSCC(no)
	if err != nil {
		return reading{Kind: isWrongID, Text: no, Wrong: err.Error()}
	}
	return reading{Kind: isDocument, IDType: gb.IDCreditCode, IDNo: string(code)}
}

// scanned reads the QR codes of our own papers: the progress of a case
// (…/progress?number=…) and the ticket of a queue (…/ticket/…).
func scanned(text string) (reading, bool) {
	if !strings.Contains(text, "://") {
		return reading{}, false
	}
	u, err := url.Parse(text)
	if err != nil {
		return reading{}, false
	}
	if n := u.Query().Get("number"); cases.ValidNumber(n) {
		return reading{Kind: isCase, Text: n}, true
	}
	if code, ok := strings.CutPrefix(u.Path, "/ticket/"); ok && slipShape.MatchString(code) {
		return reading{Kind: isSlip, Text: code}, true
	}
	return reading{Kind: isWords, Text: text}, true
}

// narrowed turns full-width letters, digits and blanks into plain ones.
func narrowed(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～':
			return r - '！' + '!'
		case r == '　':
			return ' '
		}
		return r
	}, text)
}

func withoutBlanks(r rune) rune {
	if unicode.IsSpace(r) || r == '-' {
		return -1
	}
	return r
}

// looksLikeName says that words may be somebody's name rather than an item's.
func looksLikeName(words string) bool {
	_, err := gb.ParsePersonName(words)
	return err == nil && nameShape.FindString(words) == words
}
