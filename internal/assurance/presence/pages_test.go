package presence_test

import (
	"bytes"
	"encoding/binary"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"yimen/face/facetest"
	"yimen/internal/app/apptest"
	"yimen/internal/assurance/presence"
	"yimen/internal/kit/webtest"
)

func TestMain(m *testing.M) { apptest.Main(m) }

// begin goes to the page with the movements, as somebody who agreed.
func begin(c *webtest.Client, next string) *webtest.Page {
	return c.Get("/verify/face?next="+next).Status(200).Must("人脸核验", "比完就丢掉", "还没有测过它的准确率", "带身份证到就近的政务服务窗口").
		Form("main form").Fill("agree", "yes").Send().Status(200).Must("按顺序做这三个动作", "一分钟内")
}

// body is a film of somebody who does what the page asks.
func body(t *testing.T, s *apptest.Site, page *webtest.Page, portrait string) []byte {
	t.Helper()
	p := presence.Person(t, portrait)
	looks := map[string]facetest.Look{"left": {Yaw: 25}, "right": {Yaw: -25}, "down": {Pitch: -20}, "blink": {Closed: true}}
	var b bytes.Buffer
	add := func(step int, l facetest.Look) {
		data := facetest.JPEG(p.Frame(l, 480, 360))
		b.WriteByte(byte(step))
		_ = binary.Write(&b, binary.BigEndian, uint32(len(data)))
		b.Write(data)
	}
	add(0, facetest.Look{})
	add(0, facetest.Look{X: 0.01})
	for i, li := range page.Find("[data-move]") {
		l := looks[webtest.Attr(li, "data-move")]
		add(i+1, facetest.Look{})
		add(i+1, l)
		add(i+1, l)
		add(i+1, facetest.Look{Y: 0.01})
	}
	return b.Bytes()
}

const kind = "application/x-yimen-frames"

func sendTo(page *webtest.Page) string { return webtest.Attr(page.One("#presence"), "data-send") }

// citizen-3 has proven a telephone and no more; by face it is level 3, and nothing of the pictures is left anywhere.
func TestStepUpByFace(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	c := s.As("citizen-3")
	page := begin(c, "/my/settings")
	film := body(t, s, page, "a")
	c.Do(http.MethodPost, sendTo(page), kind, bytes.NewReader(film)).Status(200).Must("核验通过", "高级实名", "画面已经丢掉").
		Click("继续").Status(200).At("/my/settings")
	c.Get("/verify/face").Status(200).Must("您已经是高级实名")
	c.Do(http.MethodPost, sendTo(page), kind, bytes.NewReader(film)).Status(409).Must("请重新开始")
	s.As("admin-audit").Get("/admin/audit?action=face.check").Status(200).Must("人脸核验")
	leftNothing(t, s, film)
}

// leftNothing looks for the beginning of every frame, and for any JPEG, in the database and among the files.
func leftNothing(t *testing.T, s *apptest.Site, film []byte) {
	t.Helper()
	first := film[5 : 5+binary.BigEndian.Uint32(film[1:])]
	scan := first[len(first)/2 : len(first)/2+64] // of the picture itself
	looked := 0
	for _, place := range []string{strings.TrimPrefix(strings.SplitN(s.Database, "?", 2)[0], "sqlite:"), strings.TrimPrefix(s.Files, "file://")} {
		for _, path := range []string{place, place + "-wal"} {
			err := filepath.WalkDir(path, func(path string, d fs.DirEntry, err error) error {
				if err != nil || d.IsDir() {
					return nil // there is no -wal folder of files
				}
				data, err := os.ReadFile(path)
				if err != nil {
					return err
				}
				looked += len(data)
				if bytes.Contains(data, scan) || bytes.Contains(data, first[:40]) {
					t.Errorf("%s holds a frame", path)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	if looked < 1<<16 {
		t.Fatalf("only %d bytes were looked through: the database was not found", looked)
	}
}

func TestAnotherFaceIsRefused(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	c := s.As("citizen-3")
	page := begin(c, "/my")
	c.Do(http.MethodPost, sendTo(page), kind, bytes.NewReader(body(t, s, page, "d"))).Status(200).
		Must("没有通过", "没有对上", "再试一次", "带身份证到就近的政务服务窗口").MustNot("核验通过")
	c.Get("/verify/face").Status(200).MustNot("您已经是高级实名")
}

func TestPagesOfFaces(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	s.Anybody().NoRedirect().Get("/verify/face").Status(303)
	s.As("clerk-440232112209").Get("/verify/face").Status(403)
	s.As("enterprise-1").Get("/verify/face").Status(200).Must("现在不能刷脸", "法定代表人")
	c := s.As("citizen-3")
	c.Get("/verify/face").Form("main form").Send().Status(422).Must("同意后再开始")
	for _, next := range []string{"https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"} {
		field := c.Get("/verify/face?next=" + url.QueryEscape(next)).Status(200).One("main input[name=next]")
		if got := webtest.Attr(field, "value"); got != "/my" {
			t.Errorf("next %q leads to %q", next, got)
		}
	}

	page := begin(c, "/my")
	if policy := page.Header().Get("Permissions-Policy"); !strings.Contains(policy, "camera=(self)") {
		t.Errorf("Permissions-Policy: %s", policy)
	}
	c.Do(http.MethodPost, sendTo(page), "application/json", strings.NewReader("{}")).Status(422)
	c.Do(http.MethodPost, sendTo(page), kind, bytes.NewReader([]byte{0, 0xff, 0xff, 0xff, 0xff})).Status(413)
	c.Do(http.MethodPost, sendTo(page), kind, bytes.NewReader([]byte{0, 0, 0, 1, 0, 1, 2})).Status(422)
	c.Do(http.MethodPost, sendTo(page), kind, bytes.NewReader(make([]byte, 9<<20))).Status(413)
	c.Do(http.MethodPost, sendTo(page), kind, bytes.NewReader(nil)).Status(200).Must("画面太少", "再试一次")
	try := strings.TrimSuffix(strings.SplitN(sendTo(page), "?", 2)[0], "/frames")
	c.Get(try).Status(200).Must("没有通过")
	s.As("citizen-1").Get(try).Status(200).At("/verify/face").MustNot("没有通过")

	s.Presence.Register = nil
	c.Get("/verify/face").Status(200).Must("还没有接入人像库", "带身份证")
	_, err := s.Presence.Start(s.Ctx("citizen-3"))
	if err == nil {
		t.Error("a try without a register")
	}
}
