package web

import (
	"errors"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"

	"yimen/internal/kit/errs"
	"yimen/internal/kit/web/ui"
	"yimen/workday"
)

// Errors of a request that cannot be read at all.
var (
	ErrBodyTooLarge   = errs.Define(errs.TooLarge, "body_too_large", "提交的内容太大，请减少内容或压缩附件后重试。")
	ErrBodyUnreadable = errs.Define(errs.Invalid, "body_unreadable", "提交的内容无法读取，请返回上一页重新提交。")
)

// formMemory is how much of a multipart form is held in memory; the rest
// waits in temporary files.
const formMemory = 4 << 20

// Form is what somebody typed, and what is wrong with it. A nil Form is an
// empty one, so a page can be rendered before anything was sent.
type Form struct {
	values url.Values
	files  map[string][]*multipart.FileHeader
	errors []errs.Field
}

// NewForm is a form filled in beforehand; nil gives an empty one.
func NewForm(values url.Values) *Form {
	if values == nil {
		values = url.Values{}
	}
	return &Form{values: values}
}

// ReadForm reads the fields of a POST, or the query of a GET. Errors:
// ErrBodyTooLarge, ErrBodyUnreadable.
func ReadForm(r *http.Request) (*Form, error) {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return NewForm(r.URL.Query()), nil
	}
	if err := parseBody(r); err != nil {
		return nil, err
	}
	f := NewForm(r.PostForm)
	if r.MultipartForm != nil {
		f.files = r.MultipartForm.File
	}
	return f, nil
}

// parseBody reads a form body once; later calls cost nothing.
func parseBody(r *http.Request) error {
	var err error
	if isMultipart(r) {
		err = r.ParseMultipartForm(formMemory)
	} else {
		err = r.ParseForm()
	}
	if err != nil {
		return bodyError(err)
	}
	return nil
}

func isMultipart(r *http.Request) bool {
	t, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return t == "multipart/form-data"
}

func bodyError(err error) error {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) || errors.Is(err, multipart.ErrMessageTooLarge) {
		return ErrBodyTooLarge.Because(err)
	}
	return ErrBodyUnreadable.Because(err)
}

// Value is the first value of a field, without surrounding blanks.
func (f *Form) Value(name string) string {
	if f == nil {
		return ""
	}
	return trim(f.values.Get(name))
}

// Date is the day a field names (2026-09-30); the zero day when it is empty, or
// wrong, which is then said beside the field.
func (f *Form) Date(name string) workday.Date {
	text := f.Value(name)
	if text == "" {
		return workday.Date{}
	}
	d, err := workday.ParseDate(text)
	if err != nil {
		f.Error(name, "日期不正确，请重新选择，或写成2026-09-30的样子。")
	}
	return d
}

// trim also takes the ideographic space that Chinese input methods leave.
func trim(s string) string { return strings.Trim(s, " \t\r\n\u3000\u00a0\ufeff") }

// Values are all values of a field, without surrounding blanks.
func (f *Form) Values(name string) []string {
	if f == nil {
		return nil
	}
	list := make([]string, 0, len(f.values[name]))
	for _, v := range f.values[name] {
		list = append(list, trim(v))
	}
	return list
}

// Has says whether the field was sent at all.
func (f *Form) Has(name string) bool { return f != nil && f.values.Has(name) }

// Set changes a field, for pages that fill in a value themselves.
func (f *Form) Set(name, value string) { f.values.Set(name, value) }

// Raw gives the fields as they came.
func (f *Form) Raw() url.Values {
	if f == nil {
		return nil
	}
	return f.values
}

// File is the uploaded file of a field, nil when none was chosen.
func (f *Form) File(name string) *multipart.FileHeader {
	if list := f.Files(name); len(list) > 0 {
		return list[0]
	}
	return nil
}

// Files are the uploaded files of a field. A browser sends an empty part for
// a file field left alone; it does not count.
func (f *Form) Files(name string) []*multipart.FileHeader {
	if f == nil {
		return nil
	}
	var list []*multipart.FileHeader
	for _, h := range f.files[name] {
		if h.Filename != "" {
			list = append(list, h)
		}
	}
	return list
}

// Error notes what is wrong with a field; name "" is the form as a whole.
func (f *Form) Error(name, message string) {
	f.errors = append(f.errors, errs.Field{Name: name, Message: message})
}

// Merge takes an error of the input into the form and gives back any other:
//
//	if err := f.Merge(m.Submit(ctx, s)); err != nil {
//		return err // the edge's business
//	}
//	if !f.OK() {
//		return web.Render(w, r, 422, page(f))
//	}
//
// Kinds Invalid, Conflict and TooLarge are about the input. Their field
// messages go beside the fields; an error without fields goes on top. Any
// other error is noted on top too, so that a form is never OK after one.
func (f *Form) Merge(err error) error {
	if err == nil {
		return nil
	}
	e := errs.From(err)
	if e.Kind != errs.Invalid && e.Kind != errs.Conflict && e.Kind != errs.TooLarge {
		f.Error("", e.Message)
		return err
	}
	if len(e.Fields) == 0 {
		f.Error("", e.Message)
	}
	f.errors = append(f.errors, e.Fields...)
	return nil
}

// ErrorOf is the first message of a field, "" when it is right.
func (f *Form) ErrorOf(name string) string {
	if f == nil {
		return ""
	}
	for _, e := range f.errors {
		if e.Name == name {
			return e.Message
		}
	}
	return ""
}

// Errors are all messages, in the order they were found.
func (f *Form) Errors() []errs.Field {
	if f == nil {
		return nil
	}
	return f.errors
}

// OK says that nothing is wrong.
func (f *Form) OK() bool { return f == nil || len(f.errors) == 0 }

// Status is that of the page that shows the form: 422 when something is wrong.
func (f *Form) Status() int {
	if f.OK() {
		return http.StatusOK
	}
	return http.StatusUnprocessableEntity
}

// Field gives a field with what was typed into it and what is wrong with it.
func (f *Form) Field(o ui.FieldOpts) ui.FieldOpts {
	if f.Has(o.Name) {
		o.Value, o.Values = f.Value(o.Name), f.Values(o.Name)
	}
	o.Error = f.ErrorOf(o.Name)
	return o
}
