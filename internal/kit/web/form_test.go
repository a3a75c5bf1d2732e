package web_test

import (
	"errors"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
)

func TestFormValues(t *testing.T) {
	r := httptest.NewRequest("POST", "/x?name=query", strings.NewReader(url.Values{"name": {"　盘小妹 \r\n"}, "tag": {" a", "b "}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	f, err := web.ReadForm(r)
	if err != nil {
		t.Fatal(err)
	}
	if f.Value("name") != "盘小妹" || strings.Join(f.Values("tag"), ",") != "a,b" || f.Raw().Get("tag") != " a" || f.Has("nothing") {
		t.Errorf("form is %v", f.Raw())
	}
	r = httptest.NewRequest("POST", "/x", strings.NewReader("%zz"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if _, err := web.ReadForm(r); !errors.Is(err, web.ErrBodyUnreadable) {
		t.Errorf("error is %v", err)
	}
	if f, err := web.ReadForm(httptest.NewRequest("GET", "/x?q=%E4%B8%80", nil)); err != nil || f.Value("q") != "一" {
		t.Errorf("query is %v, %v", f.Raw(), err)
	}
}

func TestFormErrors(t *testing.T) {
	f := web.NewForm(nil)
	if !f.OK() {
		t.Error("an empty form is wrong")
	}
	if err := f.Merge(nil); err != nil || !f.OK() {
		t.Errorf("merging nothing: %v", err)
	}
	lost := errs.Define(errs.Unavailable, "test_lost", "没有了。")
	for _, err := range []error{errors.New("disk"), lost} {
		if got := f.Merge(err); got != err || f.OK() || strings.Contains(f.ErrorOf(""), "disk") {
			t.Errorf("merging %v gave %v and %v", err, got, f.Errors())
		}
	}
	f = web.NewForm(nil)
	if err := f.Merge(errs.ErrInvalid.Field("applicant.phone", "手机号应为11位数字。")); err != nil {
		t.Error(err)
	}
	if err := f.Merge(errTestConflict); err != nil {
		t.Error(err)
	}
	f.Error("name", "请填写姓名。")
	if f.OK() || len(f.Errors()) != 3 || f.ErrorOf("applicant.phone") == "" || f.ErrorOf("") == "" || f.ErrorOf("name") != "请填写姓名。" || f.ErrorOf("other") != "" {
		t.Errorf("errors are %v", f.Errors())
	}
	var none *web.Form
	if none.Value("x") != "" || none.Values("x") != nil || none.ErrorOf("x") != "" || !none.OK() || none.File("x") != nil {
		t.Error("a nil form is not an empty one")
	}
}
