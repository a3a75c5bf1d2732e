package licences_test

import (
	"bytes"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"yimen/internal/licences"
	"yimen/ofd"
)

// A copy says across its page what it is for, is believed while it lasts and the
// licence stands, and falls with it.
func TestCopyForOnePurpose(t *testing.T) {
	withSeals(t, func(w *sealing) {
		e := card()
		e.To = today.Add(20)
		l, err := w.TakeOver(w.head, e)
		w.must(err)
		wish := licences.CopyWish{Purpose: "办理入学登记", Recipient: "韶关市第一中学", Days: 3}
		if _, err := w.CopyOwn(w.holder, l.Identifier, licences.CopyWish{Purpose: " ", Days: 366}); len(named(err)) != 3 || !errors.Is(err, licences.ErrCopyInvalid) {
			t.Errorf("nothing said: %v", named(err))
		}
		_, err = w.CopyOwn(w.stranger, l.Identifier, wish)
		w.refused(err, licences.ErrUnknown)
		_, err = w.CopyFor(w.stranger, l.Identifier, wish)
		w.refused(err, licences.ErrUnknown)
		_, err = w.CopyFor(w.looks, l.Identifier, wish)
		w.refused(err, licences.ErrNotHere)

		c, err := w.CopyOwn(w.holder, l.Identifier, wish)
		w.must(err)
		if !c.EndsOn.Equal(today.Add(2)) || c.Agency != "" {
			t.Errorf("%+v", c)
		}
		raw, pdf := w.file(c.OFD), w.copyPDF(l, c)
		if out := os.Getenv("LICENCE_OUT"); out != "" {
			w.must(os.WriteFile(out+".copy.ofd", raw, 0o600))
			w.must(os.WriteFile(out+".copy.pdf", pdf, 0o600))
		}
		doc, err := ofd.ReadFile(bytes.NewReader(raw), int64(len(raw)))
		w.must(err)
		if notes := doc.Pages[0].Annotations; len(notes) != 1 || notes[0].Type != ofd.Watermark || !strings.Contains(notes[0].Remark, "仅供韶关市第一中学用于办理入学登记，2026年11月20日止") {
			t.Errorf("annotations %+v", notes)
		}
		for name, want := range map[string]string{"JZJZZSY": "办理入学登记", "JZJYXQJZSJ": "2026-11-20", "JZJZZZ": "李立伟", "ZZBS": l.Identifier} {
			if got, _ := doc.Info.Field(name); got != want {
				t.Errorf("%s is %q", name, got)
			}
		}
		w.Witness = w.seals
		for _, data := range [][]byte{raw, pdf} {
			v := w.verdict(data)
			if v.Answer != licences.AnswerValid || !v.Archived || v.Copy == nil || v.Copy.Purpose != "办理入学登记" || v.Copy.Recipient != "韶关市第一中学" || !strings.Contains(v.Say, "用在别处无效") {
				t.Errorf("%s: %+v", v.Say, v)
			}
		}
		var stored string
		w.must(w.d.Conn(w.head).Get(w.head, &stored, `SELECT purpose || recipient FROM licences_copy`))
		if strings.Contains(stored, "入学") {
			t.Error("purposes can be read in the table")
		}
		other, err := w.CopyFor(w.head, l.Identifier, licences.CopyWish{Purpose: "核验身份", Recipient: "银行", Days: 365})
		w.must(err)
		if !other.EndsOn.Equal(e.To) || other.Agency == "" {
			t.Errorf("it lasts longer than the licence, or says nothing of who made it: %+v", other)
		}
		s, err := w.Own(w.holder, l.Identifier)
		w.must(err)
		list, err := w.Copies(w.holder, s)
		w.must(err)
		if len(list) != 2 || list[0].Purpose != "核验身份" || list[1].Recipient != "韶关市第一中学" {
			t.Errorf("%+v", list)
		}

		w.clock.Advance(3 * 24 * time.Hour)
		for _, data := range [][]byte{raw, pdf} {
			if v := w.verdict(data); v.Answer != licences.AnswerInvalid || v.Code != "copy_ended" {
				t.Errorf("it is over: %s", v.Say)
			}
		}
		w.must(w.Do(w.head, l.Identifier, licences.Step{Act: licences.Revoke, Reason: "行政处罚决定", Document: "罚1号"}))
		if v := w.verdict(w.file(other.OFD)); v.Answer != licences.AnswerInvalid || v.Code != "revoked" {
			t.Errorf("the licence is revoked: %s", v.Say)
		}
		_, err = w.CopyOwn(w.holder, l.Identifier, wish)
		w.refused(err, licences.ErrNotStanding)
	})
}

// None is made of what its issuer has not confirmed, with a character that has no
// glyph, or again and again.
func TestCopiesThatAreNotMade(t *testing.T) {
	withSeals(t, func(w *sealing) {
		e := card()
		e.Trust = licences.TrustC
		l, err := w.TakeOver(w.head, e)
		w.must(err)
		wish := licences.CopyWish{Purpose: "办理入学登记", Recipient: "韶关市第一中学", Days: 3}
		_, err = w.CopyOwn(w.holder, l.Identifier, wish)
		w.refused(err, licences.ErrUnsure)
		e = card()
		e.Type, e.Fields, e.Number = "ZZ047", nil, "采1"
		l, err = w.TakeOver(w.head, e)
		w.must(err)
		wish.Recipient = "韶关市\ue003中学"
		_, err = w.CopyOwn(w.holder, l.Identifier, wish)
		w.refused(err, licences.ErrGlyph)
		wish.Recipient = "银行"
		var made []string
		for len(made) < 20 {
			c, err := w.CopyOwn(w.holder, l.Identifier, wish)
			w.must(err)
			if slices.Contains(made, c.Hash) {
				t.Fatal("two copies are the same file")
			}
			made = append(made, c.Hash)
		}
		_, err = w.CopyOwn(w.holder, l.Identifier, wish)
		w.refused(err, licences.ErrCopyMany)
	})
}
