package errs_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"yimen/internal/kit/errs"
)

var errStale = errs.Define(errs.Conflict, "test_stale", "页面已过期，请刷新后重试。")

func TestCopiesAreTheSameError(t *testing.T) {
	cause := errors.New("row version 3")
	err := fmt.Errorf("accept: %w", errStale.Because(cause).Say("办件%s已被他人处理，请刷新。", "1").Field("x", "y").Allowed("withdraw"))
	if !errors.Is(err, errStale) || !errors.Is(err, cause) || errors.Is(err, errs.ErrInvalid) {
		t.Errorf("%v", err)
	}
	e := errs.From(err)
	if e.Message != "办件1已被他人处理，请刷新。" || e.Code != "test_stale" || !slices.Equal(e.Verbs, []string{"withdraw"}) || len(e.Fields) != 1 {
		t.Errorf("%+v", e)
	}
	if errStale.Message != "页面已过期，请刷新后重试。" || errStale.Fields != nil || errStale.Verbs != nil || errors.Unwrap(errStale) != nil {
		t.Errorf("the definition was changed: %+v", errStale)
	}
	a, b := e.Field("a", "1"), e.Field("b", "2")
	if a.Fields[1].Name != "a" || b.Fields[1].Name != "b" {
		t.Error("copies share their fields")
	}
}

func TestEveryKindHasAStatus(t *testing.T) {
	for kind := errs.Internal; kind <= errs.Unavailable; kind++ {
		if s := kind.Status(); s < 400 || s > 599 {
			t.Errorf("kind %d has status %d", kind, s)
		}
	}
}

func TestOtherErrorsAreInternal(t *testing.T) {
	plain := errors.New("disk on fire")
	e := errs.From(fmt.Errorf("x: %w", plain))
	if e.Code != "internal" || errs.KindOf(plain) != errs.Internal || !errors.Is(e, plain) {
		t.Errorf("%v", e)
	}
	if strings.Contains(e.Message, "fire") {
		t.Error("people see the cause")
	}
	if errs.From(nil) != nil || errs.KindOf(errStale) != errs.Conflict {
		t.Error("nil, or the kind, is lost")
	}
}

func TestCodesAreUnique(t *testing.T) {
	if errs.Lookup("test_stale") != errStale || errs.Lookup("never") != nil {
		t.Error("Lookup")
	}
	if codes := errs.Codes(); !slices.IsSorted(codes) || !slices.Contains(codes, "test_stale") {
		t.Errorf("codes %v", codes)
	}
	defer func() {
		if recover() == nil {
			t.Error("a code can be defined twice")
		}
	}()
	errs.Define(errs.Invalid, "test_stale", "")
}

func TestFieldsAreCollected(t *testing.T) {
	var f errs.Fields
	if f.Err() != nil || !f.Empty() {
		t.Error("nothing wrong is an error")
	}
	f.Merge("applicant", nil)
	f.Add("name", "请填写%s", "姓名")
	var inner errs.Fields
	inner.Add("id_no", "校验码不对")
	f.Merge("applicant", inner.Err())
	f.Merge("agent", errStale)
	f.Merge("form", errors.New("plain"))
	e := errs.From(f.Err())
	want := []errs.Field{{Name: "name", Message: "请填写姓名"}, {Name: "applicant.id_no", Message: "校验码不对"},
		{Name: "agent", Message: errStale.Message}, {Name: "form", Message: "plain"}}
	if !slices.Equal(e.Fields, want) || !errors.Is(e, errs.ErrInvalid) || f.Empty() || len(f.List()) != 4 {
		t.Errorf("%+v", e.Fields)
	}
	if len(errs.ErrInvalid.Fields) != 0 {
		t.Error("the definition was changed")
	}
}
