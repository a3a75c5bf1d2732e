package seals_test

import (
	"testing"

	"yimen/internal/app/apptest"
	"yimen/internal/kit/webtest"
)

func TestMain(m *testing.M) { apptest.Main(m) }

// A seal from the application to use, each by who may, and the pages of those who may not.
func TestPagesOfSeals(t *testing.T) {
	s := apptest.New(t)
	b := s.As("seals-440232")
	for _, path := range []string{"/admin/seals", "/admin/seals/new", "/admin/seals/uses"} {
		s.Anybody().NoRedirect().Get(path).Status(303)
		s.As("clerk-440232112209").Get(path).Status(403)
		b.Get(path).Status(200)
	}
	b.Get("/admin/certificates").Status(403)
	page := b.Get("/admin/seals/new").Form("#apply").Fill("agency", "440299").Send().Status(422).Must("没有这个单位", "章面预览")
	page = page.Form("#apply").Fill("agency", "440232-d11").Fill("kind", "licence").Fill("line", "电子证照专用章").Fill("purposes", "notice").Send().Status(200).Must("待审批", "电子证照专用章")
	at := page.URL.Path
	s.As("seals-approve-440200").Get(at).Form("form[action="+at+"/moves/refuse]").Fill("reason", "否").Send().Status(422).Must("请写明原因")
	s.As("seals-approve-440200").Get(at).Form("form[action=" + at + "/moves/approve]").Send().Status(200).Must("已批准，待备案")
	b.Get(at).Must("下一步是“登记备案”，由制章员办理")
	b.Get(at + "/picture.png").Status(200)
	send := func(as, move string, fill ...string) *webtest.Page {
		t.Helper()
		f := s.As(as).Get(at).Status(200).Form("form[action=" + at + "/moves/" + move + "]")
		if len(fill) == 2 {
			f.Fill(fill[0], fill[1])
		}
		return f.Send().Status(200)
	}
	send("seals-make-440200", "record", "record_no", "粤公备4402320099")
	send("seals-make-440200", "make")
	send("seals-make-440200", "hand_out")
	s.As("seals-make-440200").Get(at).Must("下一步是“领用启用”，由保管人")
	send("seals-440232", "activate").Must("使用中").MustNot("下一步是")
	send("seals-440232", "suspend", "reason", "保管人出差一周").Must("已停用", "停用期间盖不了章", "由印章审批员办理")
	s.As("seals-approve-440200").Get(at).Must("恢复使用").MustNot("停用期间盖不了章")
	send("seals-approve-440200", "resume", "reason", "保管人已经返岗").Must("使用中")
	send("seals-approve-440200", "cancel", "reason", "机构改革换发新章").Must("已注销").MustNot("下一步是", "由印章审批员办理")
	b.Get(at).Must("已注销", "机构改革换发新章").MustNot("恢复使用的原因", "注销的原因")
	certificates := s.As("seals-make-440200").Get("/admin/certificates").Status(200).Must("导入证书", "样例城市政务服务电子文件", "PDF签名根证书的吊销列表")
	certificates.Form("[name=organisation]").Fill("subject", "韶关").Fill("organisation", "韶关").Send().Status(422).Must("请选择申请哪种证书")
	s.As("seals-make-440200").Get("/admin/certificates").Form("[name=organisation]").Fill("role", "pdf").Fill("subject", "韶关").Fill("organisation", "韶关").Send().
		Status(200).Must("证书申请已生成", "等证书机构答复的申请")
	s.Anybody().Get("/seals/crl/pdf").Status(200)
}
