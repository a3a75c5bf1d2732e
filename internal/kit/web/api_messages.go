package web

import (
	"errors"
	"net/http"
	"regexp"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"

	"yimen/internal/kit/errs"
)

// Errors of a request the API cannot take.
var (
	errMediaType = errs.Define(errs.Invalid, "media_type_unsupported", "不支持这种格式，请以 application/json 提交和接收。")
	errNotJSON   = errs.Define(errs.Invalid, "json_unreadable", "提交的内容不是正确的 JSON，请检查后重新提交。")
	errNoBody    = errs.Define(errs.Invalid, "body_required", "没有收到提交的内容，请填写后重新提交。")
)

// missing marks a message about a field that is not there; huma reports it on
// the object around it, we on the field itself.
const missing = "\x00missing\x00"

// init replaces huma's English before any schema is made: schemas keep the
// messages they are made with.
func init() {
	huma.DefaultArrayNullable = false
	huma.NewError = func(status int, msg string, list ...error) huma.StatusError {
		return humaProblem("", status, msg, list)
	}
	huma.NewErrorWithContext = func(ctx huma.Context, status int, msg string, list ...error) huma.StatusError {
		return loggedProblem(ctx, status, msg, list)
	}
	setMessages()
}

func setMessages() {
	for dest, text := range map[*string]string{
		&validation.MsgUnexpectedProperty:                 "没有这一项，请去掉",
		&validation.MsgExpectedRFC3339DateTime:            "应为 RFC 3339 时间，如2026-09-30T08:00:00Z",
		&validation.MsgExpectedRFC1123DateTime:            "应为 RFC 1123时间",
		&validation.MsgExpectedRFC3339Date:                "应为日期，如2026-09-30",
		&validation.MsgExpectedRFC3339Time:                "应为时间，如 08:30:00",
		&validation.MsgExpectedRFC5322Email:               "应为电子邮箱地址",
		&validation.MsgExpectedRFC5890Hostname:            "应为主机名",
		&validation.MsgExpectedRFC2673IPv4:                "应为 IPv4 地址",
		&validation.MsgExpectedRFC2373IPv6:                "应为 IPv6 地址",
		&validation.MsgExpectedRFCIPAddr:                  "应为 IP 地址",
		&validation.MsgExpectedRFC3986URI:                 "应为网址",
		&validation.MsgExpectedRFC4122UUID:                "应为 UUID",
		&validation.MsgExpectedRFC6570URITemplate:         "应为 URI 模板",
		&validation.MsgExpectedRFC6901JSONPointer:         "应为 JSON 指针",
		&validation.MsgExpectedRFC6901RelativeJSONPointer: "应为相对 JSON 指针",
		&validation.MsgExpectedRegexp:                     "应为正则表达式",
		&validation.MsgExpectedMatchAtLeastOneSchema:      "不符合任何一种允许的写法",
		&validation.MsgExpectedMatchExactlyOneSchema:      "应恰好符合一种允许的写法",
		&validation.MsgExpectedNotMatchSchema:             "不允许这样填写",
		&validation.MsgExpectedPropertyNameInObject:       "缺少用来区分类型的一项",
		&validation.MsgExpectedBoolean:                    "应为 true 或 false",
		&validation.MsgExpectedDuration:                   "应为时长，如1h30m",
		&validation.MsgExpectedNumber:                     "应为数字",
		&validation.MsgExpectedInteger:                    "应为整数",
		&validation.MsgExpectedString:                     "应为文字",
		&validation.MsgExpectedBase64String:               "应为 base64 编码的文字",
		&validation.MsgExpectedArray:                      "应为列表",
		&validation.MsgExpectedObject:                     "应为对象",
		&validation.MsgExpectedArrayItemsUnique:           "列表中不能有重复",
		&validation.MsgExpectedOneOf:                      "只能是下列之一：%s",
		&validation.MsgExpectedMinimumNumber:              "不能小于%v",
		&validation.MsgExpectedExclusiveMinimumNumber:     "应大于%v",
		&validation.MsgExpectedMaximumNumber:              "不能大于%v",
		&validation.MsgExpectedExclusiveMaximumNumber:     "应小于%v",
		&validation.MsgExpectedNumberBeMultipleOf:         "应为%v的倍数",
		&validation.MsgExpectedMinLength:                  "至少填写%d个字",
		&validation.MsgExpectedMaxLength:                  "最多填写%d个字",
		&validation.MsgExpectedBePattern:                  "格式不对，应为%s",
		&validation.MsgExpectedMatchPattern:               "格式不对，应符合 %s",
		&validation.MsgExpectedMinItems:                   "至少要有%d项",
		&validation.MsgExpectedMaxItems:                   "最多只能有%d项",
		&validation.MsgExpectedMinProperties:              "至少要有%d项",
		&validation.MsgExpectedMaxProperties:              "最多只能有%d项",
		&validation.MsgExpectedRequiredProperty:           missing + "%s",
		&validation.MsgExpectedDependentRequiredProperty:  missing + "%s\x00%s",
	} {
		*dest = text
	}
}

// Messages huma writes without a variable.
var otherMessages = []struct{ prefix, text string }{
	{"required ", "必填"},
	{"invalid integer", "应为整数"},
	{"invalid float", "应为数字"},
	{"invalid boolean", "应为 true 或 false"},
	{"invalid date/time", "应为日期或时间"},
	{"invalid url", "应为网址"},
	{"expected at most one value", "只能有一个值"},
	{"unknown query parameter", "没有这个参数，请去掉"},
	{"File required", "请上传文件"},
	{"Invalid mime type", "不支持这种文件格式"},
	{"Open file error", "文件无法读取，请重新上传"},
}

func loggedProblem(ctx huma.Context, status int, msg string, list []error) huma.StatusError {
	q := infoOf(ctx.Context())
	id := ""
	if q != nil {
		id = q.id
	}
	p := humaProblem(id, status, msg, list)
	if q != nil && p.Status >= 500 {
		err := errors.Join(append([]error{errors.New(msg)}, list...)...)
		q.rt.logError(ctx.Context(), errs.ErrInternal, err)
	}
	return p
}

// humaProblem is what we tell of something huma found wrong.
func humaProblem(id string, status int, msg string, list []error) *Problem {
	e := errs.ErrInternal
	switch {
	case tooLarge(list) || status == http.StatusRequestEntityTooLarge:
		e, status = ErrBodyTooLarge, http.StatusRequestEntityTooLarge
	case status == http.StatusUnprocessableEntity:
		e = errs.ErrInvalid
	case status == http.StatusBadRequest && msg == "request body is required":
		e = errNoBody
	case status == http.StatusBadRequest:
		return newProblem(errNotJSON, status, id)
	case status == http.StatusUnsupportedMediaType, status == http.StatusNotAcceptable:
		return newProblem(errMediaType, status, id)
	case status == http.StatusRequestTimeout:
		e = ErrBodyUnreadable
	}
	p := newProblem(e, status, id)
	if e.Kind == errs.Internal {
		return p
	}
	for _, err := range list {
		p.Errors = append(p.Errors, problemField(err))
	}
	return p
}

func tooLarge(list []error) bool {
	var m *http.MaxBytesError
	for _, err := range list {
		if errors.As(err, &m) {
			return true
		}
	}
	return false
}

var index = regexp.MustCompile(`\[(\d+)\]`)

// problemField tells where and what: body.materials[0].id becomes
// materials.0.id, the way the client wrote it.
func problemField(err error) ProblemField {
	var d huma.ErrorDetailer
	if !errors.As(err, &d) {
		return ProblemField{Message: "填写的内容格式不对"}
	}
	detail := d.ErrorDetail()
	field := index.ReplaceAllString(detail.Location, ".$1")
	for _, where := range []string{"body", "query", "path", "header", "cookie"} {
		if rest, ok := strings.CutPrefix(field, where); ok && (rest == "" || rest[0] == '.') {
			field = strings.TrimPrefix(rest, ".")
			break
		}
	}
	if name, ok := strings.CutPrefix(detail.Message, missing); ok {
		name, _, _ = strings.Cut(name, "\x00")
		return ProblemField{strings.TrimPrefix(field+"."+name, "."), "必填"}
	}
	if field == "" {
		field = "body" // the whole of it: a list where an object is wanted
	}
	return ProblemField{field, chinese(detail.Message)}
}

func chinese(message string) string {
	for _, m := range otherMessages {
		if strings.HasPrefix(message, m.prefix) {
			return m.text
		}
	}
	for _, c := range message {
		if c >= 0x4e00 {
			return message // ours, or a resolver's
		}
	}
	return "填写的内容格式不对"
}
