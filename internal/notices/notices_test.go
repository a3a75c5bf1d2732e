package notices_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"yimen/internal/app/apptest"
	"yimen/internal/cases"
	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/notices"
	"yimen/internal/seals"
	"yimen/ofd"
	"yimen/ofd/ses"
)

func TestMain(m *testing.M) { apptest.Main(m) }

// noticeOf finds a notice of a kind among the sample's cases of the county.
func noticeOf(t *testing.T, s *apptest.Site, kind string) cases.Notice {
	t.Helper()
	list, _, err := s.Cases.List(s.System(), cases.Query{}, db.Page{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range list {
		if !strings.HasPrefix(c.Competent.Code, "440232-") {
			continue
		}
		whole, err := s.Cases.Find(s.System(), c.Number)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range whole.Content.Notices {
			if n.Kind == kind {
				out, err := s.Cases.Notice(s.System(), c.Number, n.ID)
				if err != nil {
					t.Fatal(err)
				}
				return out
			}
		}
	}
	t.Fatalf("no case of the sample has a notice of kind %s", kind)
	return cases.Notice{}
}

// A notice becomes a file under the seal of the body that signs, which verifies,
// says what the notice says, and is made once.
func TestANoticeBecomesASealedDocument(t *testing.T) {
	s := apptest.New(t)
	n := noticeOf(t, s, cases.NoticeAcceptance)
	p, raw, err := s.Notices.Open(s.System(), n.Sheet.Number, n.ID)
	if err != nil {
		t.Fatal(err)
	}
	pkg, err := ofd.OpenBytes(raw)
	if err != nil {
		t.Fatal(err)
	}
	trust, err := s.Seals.Trust(s.System())
	if err != nil {
		t.Fatal(err)
	}
	report := ses.Verify(context.Background(), pkg, ses.Options{Trust: trust, Status: s.Seals, Now: s.Clock.Now})
	if report.Verdict != ses.Valid {
		t.Errorf("verdict %s: %+v", report.Verdict, report.Signatures)
	}
	d, err := ofd.Read(pkg)
	if err != nil || len(d.Warnings) > 0 {
		t.Fatal(err, d.Warnings)
	}
	var words strings.Builder
	for i := range d.Pages {
		words.WriteString(strings.ReplaceAll(d.Text(&d.Pages[i]), "\n", ""))
	}
	for _, want := range []string{n.Sheet.Organ, "受理通知书", n.DocNo, n.Sheet.Applicant, n.Sheet.IDNo, n.Sheet.On.Chinese(), n.Sheet.Number} {
		if !strings.Contains(words.String(), want) {
			t.Errorf("the document does not say %q", want)
		}
	}
	again, same, err := s.Notices.Open(s.System(), n.Sheet.Number, n.ID)
	if err != nil || again.File != p.File || !bytes.Equal(same, raw) {
		t.Errorf("sealed twice: %v", err)
	}
}

// What cannot be sealed says why, waits, and is sealed when the reason is gone.
func TestWhatCannotBeSealedIsTriedAgain(t *testing.T) {
	s := apptest.New(t)
	n := noticeOf(t, s, cases.NoticeAcceptance)
	list, _, err := s.Seals.List(s.Ctx("seals-440232"), seals.Query{State: seals.Active, Agency: n.Sheet.OrganCode}, db.Page{})
	if err != nil || len(list) == 0 {
		t.Fatal(err, len(list))
	}
	for _, x := range list {
		if _, err := s.Seals.Do(s.Ctx("seals-440232"), x.ID, seals.Act{Move: seals.MoveSuspend, Reason: "印章检修", Revision: x.Revision}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Notices.Of(s.System(), n.Sheet.Number, n.ID); errs.KindOf(err) != errs.Conflict || errs.From(err).Code != "seal_none_fits" {
		t.Fatalf("sealed without a seal: %v", err)
	}
	keeper := s.As("seals-440232")
	keeper.Get("/admin/notices").Status(200).Must(n.DocNo, "没有盖成", "请先申请或启用印章")
	s.As("clerk-440232112209").Get("/admin/notices").Status(403)
	for _, x := range list {
		now, err := s.Seals.Find(s.System(), x.ID)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Seals.Do(s.Ctx("seals-approve-440200"), x.ID, seals.Act{Move: seals.MoveResume, Reason: "检修完毕", Revision: now.Revision}); err != nil {
			t.Fatal(err)
		}
	}
	s.Clock.Advance(time.Hour)
	if err := s.Notices.SealDue(s.System()); err != nil {
		t.Fatal(err)
	}
	if p, err := s.Notices.Of(s.System(), n.Sheet.Number, n.ID); err != nil || p.State != notices.Sealed {
		t.Errorf("after the seal came back: %s, %v", p.State, err)
	}
	keeper.Get("/admin/notices").Status(200).MustNot(n.DocNo)
}

// The applicant has the file; whoever may not see the whole number has not, and
// strangers do not learn that there is one.
func TestWhoHasTheFile(t *testing.T) {
	s := apptest.New(t)
	c := s.Submit("clerk-440232112209", "SG01001", "440232112209", func(sub *cases.Submission) { sub.Deliver = cases.DeliverWindow })
	if _, err := s.Cases.Accept(s.Ctx("clerk-440232112209"), c.Number, cases.Act{Revision: c.Revision}); err != nil {
		t.Fatal(err)
	}
	number := c.Number
	notices := func(kind string) string {
		c, err := s.Cases.Find(s.System(), number)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range c.Content.Notices {
			if n.Kind == kind {
				return cases.NoticeURL(number, n.ID)
			}
		}
		t.Fatalf("case %s has no notice %s", number, kind)
		return ""
	}
	at := notices(cases.NoticeAcceptance)
	mine := s.As("citizen-1")
	mine.Get(at).Status(200).Must("盖章文件（PDF）", "盖章文件（OFD）")
	file := mine.Get(at + "/sealed.pdf").Status(200).Body
	look(t, []byte(file), "受理通知书", number)
	verifies(t, s, "notice.pdf", file, "由“样例城市政务服务电子文件”签名，签名以后没有改动", "与存档的OFD文件版面相同", "受理通知书")
	verifies(t, s, "notice.pdf", mine.Get(at+"/sealed.pdf").Status(200).Body, "签名以后没有改动", "受理通知书") // signed again
	verifies(t, s, "notice.ofd", mine.Get(at+"/sealed.ofd").Status(200).Body, "盖章以后没有改动", "存档的文件完全一致", "受理通知书")
	s.Anybody().Get("/licences/check").Form("[name=file]").Attach("file", "notice.pdf", []byte(file+"\n")).Send().Status(200).
		Must("无效", "又追加了1个字节").MustNot("受理通知书")
	s.As("citizen-2").Get(at + "/sealed.pdf").Status(404)
	s.Anybody().NoRedirect().Get(at + "/sealed.pdf").Status(303)
	receipt := notices(cases.NoticeReceipt)
	mine.Get(receipt).Status(200).MustNot("盖章文件")
	mine.Get(receipt + "/sealed.pdf").Status(404).Must("请打印本页")
}

// verifies sees that the public page knows a file, and says nothing of whom it is about.
func verifies(t *testing.T, s *apptest.Site, name, file string, words ...string) {
	t.Helper()
	who, err := s.Identity.Person(s.System(), identity.FromContext(s.Ctx("citizen-1")).Account)
	if err != nil {
		t.Fatal(err)
	}
	s.Anybody().Get("/licences/check").Form("[name=file]").Attach("file", name, []byte(file)).Send().Status(200).
		Must(append(words, "有效")...).MustNot("无效", "不能证明真伪", who.IDNo)
	s.Anybody().Do("POST", "/api/v1/licences/verify", "application/octet-stream", strings.NewReader(file)).Status(200).
		Must(`"answer":"valid"`, `"archived":true`, `"document":{"title":"受理通知书"`)
}

// look sees that other people's programs read the file.
func look(t *testing.T, file []byte, words ...string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "notice.pdf")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("qpdf", "--check", path).CombinedOutput(); err != nil {
		t.Errorf("qpdf: %v\n%s", err, out)
	}
	out, err := exec.Command("pdftotext", path, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	plain := strings.NewReplacer("\n", "", " ", "").Replace(string(out))
	for _, w := range words {
		if !strings.Contains(plain, w) {
			t.Errorf("the PDF does not say %q: %s", w, plain)
		}
	}
}
