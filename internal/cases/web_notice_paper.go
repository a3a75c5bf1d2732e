package cases

import (
	"embed"
	"io/fs"

	"yimen/internal/kit/web/static"
)

//go:embed dist
var dist embed.FS

func init() {
	sub, err := fs.Sub(dist, "dist")
	if err != nil {
		panic("cases: " + err.Error()) // embedded at build time
	}
	static.Add(sub)
}

// paperRoll is the roll of a receipt printer, 80 mm wide, as ?paper= says it.
const paperRoll = "80mm"

// signs are who signs a notice on paper: both sides of a hand-over, and whoever
// takes a notice along.
func (s Sheet) signs() []string {
	switch s.Kind {
	case NoticeReceipt:
		return []string{"收件人（签名）", "申请人或代办人（签名）"}
	case NoticeDelivery:
		return []string{"受送达人（签名或盖章）", "送达人（签名）", "代收人（签名）", "与受送达人的关系"}
	case NoticeAcceptance, NoticeCorrection, NoticeRefusal, NoticeDeferral:
		return []string{"签收人（签名）", "签收日期"}
	}
	return nil
}

// length is how much of the roll a receipt takes: pages of a roll have a length
// that is chosen beforehand.
func (s Sheet) length() string {
	switch n := len(s.Names); {
	case n <= 4:
		return "is-short"
	case n <= 10:
		return "is-middle"
	}
	return "is-long"
}
