package licences_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"yimen/gb"
	"yimen/internal/identity"
	"yimen/internal/kit/errs"
	"yimen/internal/licences"
	"yimen/internal/org"
	"yimen/ofd"
	"yimen/workday"
)

// cityStaff may edit templates, or put them in force, in the whole city.
func cityStaff(name string, verbs ...identity.Verb) context.Context {
	from, to := org.Range("440200000000")
	a := identity.Actor{Account: name, Name: name, Kind: identity.KindStaff, Division: "440200000000"}
	for _, v := range verbs {
		a.Grants = append(a.Grants, identity.Grant{Verb: v, From: from, To: to})
	}
	return identity.With(context.Background(), a)
}

// A template counts when somebody else has put it in force; documents that were
// made before stay as they are.
func TestTemplateIsPutInForceByAnother(t *testing.T) {
	withSeals(t, func(w *sealing) {
		one := cityStaff("one", licences.VerbTemplates, licences.VerbForce)
		two := cityStaff("two", licences.VerbForce)
		p := sheetWith(text("新照面：{性别}"))
		w.refused(w.SaveTemplate(w.head, "ZZ001", 0, p), licences.ErrLookRight)
		w.refused(w.SaveTemplate(two, "ZZ001", 0, p), licences.ErrLookRight)
		w.refused(w.SaveTemplate(one, "ZZ999", 0, p), licences.ErrTypeUnknown)
		w.refused(w.SaveTemplate(one, "ZZ001", 0, sheetWith(text("{籍贯}"))), errs.ErrInvalid)
		w.refused(w.ForceTemplate(two, "ZZ001", 1), licences.ErrLookNone)

		old, err := w.TakeOver(w.head, card())
		w.must(err)
		before, err := w.Document(w.head, old.Identifier)
		w.must(err)

		w.must(w.SaveTemplate(one, "ZZ001", 0, p))
		w.refused(w.SaveTemplate(one, "ZZ001", 0, p), licences.ErrLookStale)
		w.must(w.SaveTemplate(one, "ZZ001", 1, p))
		w.refused(w.ForceTemplate(one, "ZZ001", 2), licences.ErrLookOwn)
		w.refused(w.ForceTemplate(two, "ZZ001", 1), licences.ErrLookStale)
		w.refused(w.ForceTemplate(w.head, "ZZ001", 2), licences.ErrLookRight)
		w.must(w.ForceTemplate(two, "ZZ001", 2))
		w.refused(w.ForceTemplate(two, "ZZ001", 2), licences.ErrLookNone)

		next, err := w.Renew(w.head, old.Identifier, licences.Renewal{Reason: "变更", Fields: map[string]string{"性别": "男"}})
		w.must(err)
		if next.Trust != licences.TrustA {
			t.Errorf("trust %s of a version that was sealed here", next.Trust)
		}
		shown, err := w.Own(w.holder, next.Identifier)
		w.must(err)
		if shown.Paper.Revision != 2 || before.Revision != 0 {
			t.Errorf("revisions %d, %d", shown.Paper.Revision, before.Revision)
		}
		if said := w.says(shown.Paper.OFD); !strings.Contains(said, "新照面：男") {
			t.Errorf("the new version says %s", said)
		}
		if said := w.says(before.OFD); strings.Contains(said, "新照面") {
			t.Errorf("the old document says %s", said)
		}
		w.must(w.LoadTemplates(system, map[string]licences.Template{"ZZ001": sheetWith(text("又一个")), "ZZ026": sheetWith(text("样子"))}))
		if after, err := w.Own(w.holder, next.Identifier); err != nil || after.Paper != shown.Paper {
			t.Errorf("%+v %v", after.Paper, err)
		}
	})
}

// A licence whose issuer has no seal, or whose text cannot be shown, is not
// renewed: the version before goes on.
func TestNothingIsIssuedWithoutADocument(t *testing.T) {
	withSeals(t, func(w *sealing) {
		l, err := w.TakeOver(w.head, card())
		w.must(err)
		_, err = w.Renew(w.head, l.Identifier, licences.Renewal{Reason: "变更", Fields: map[string]string{"性别": "𖿢"}})
		w.refused(err, licences.ErrGlyph)
		far := card()
		far.HolderNo, far.Number, far.HolderName = neighbour(), "X1", "王五"
		there, err := w.TakeOver(w.stranger, far)
		w.must(err)
		_, err = w.Document(w.stranger, there.Identifier)
		if errs.From(err).Code != "seal_none_fits" {
			t.Errorf("%v", err)
		}
		if s, err := w.Own(w.holder, l.Identifier); err != nil || !s.Stands(today) || s.Paper.There() {
			t.Errorf("%+v %v", s.Paper, err)
		}
		poor := card()
		poor.Type, poor.Number, poor.Trust, poor.Fields = "ZZ047", "C1", licences.TrustC, nil
		c, err := w.TakeOver(w.head, poor)
		w.must(err)
		_, err = w.Document(w.head, c.Identifier)
		w.refused(err, licences.ErrUnsure)
	})
}

// says is the text of a stored OFD file.
func (w *sealing) says(file string) string {
	w.t.Helper()
	pkg, err := ofd.OpenBytes(w.file(file))
	w.must(err)
	doc, err := ofd.Read(pkg)
	w.must(err)
	return doc.Text(&doc.Pages[0])
}

// neighbour is another resident's number.
func neighbour() string {
	id, err := gb.MakeResidentID("440224", workday.NewDate(1985, time.May, 5), 5)
	if err != nil {
		panic(err)
	}
	return id.String()
}
