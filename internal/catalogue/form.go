package catalogue

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"yimen/internal/kit/errs"
)

// maxForm bounds what a form may hold: the longest of the sample city's is 40 KB.
const maxForm = 1 << 20

// ErrForm is told for a form whose fields are wrong; Fields name them as
// form.xxx, and form.members.0.name inside a table.
var ErrForm = errs.Define(errs.Invalid, "form_invalid", "表单填写有误，请按提示修改后重新提交。")

// compiledForm is a schema ready to check forms, with its fields for messages.
type compiledForm struct {
	schema *jsonschema.Schema
	fields []FormField
}

// byText keeps what is made of schemas by their text. A schema never changes
// under its own text, so what is kept cannot be stale; drafts come and go, so
// it is emptied when it has grown past any city's catalogue.
type byText[T any] struct {
	mu   sync.Mutex
	kept map[[sha256.Size]byte]T
}

const maxKeptForms = 4000

// of gives what is kept for a schema, or makes and keeps it.
func (k *byText[T]) of(schema json.RawMessage, read func(json.RawMessage) (T, error)) (T, error) {
	key := sha256.Sum256(schema)
	k.mu.Lock()
	v, ok := k.kept[key]
	k.mu.Unlock()
	if ok {
		return v, nil
	}
	v, err := read(schema)
	if err != nil {
		return v, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.kept == nil || len(k.kept) >= maxKeptForms {
		k.kept = map[[sha256.Size]byte]T{}
	}
	k.kept[key] = v
	return v, nil
}

var (
	compiledForms byText[*compiledForm]
	formFields    byText[[]FormField]
)

func compileForm(schema json.RawMessage) (*compiledForm, error) {
	return compiledForms.of(schema, compileFormNow)
}

func compileFormNow(schema json.RawMessage) (*compiledForm, error) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema))
	if err != nil {
		return nil, fmt.Errorf("表单不是有效的 JSON：%w", err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	c.UseLoader(noLoader{})
	c.AssertFormat()
	for _, f := range formats {
		c.RegisterFormat(f)
	}
	const url = "form.json"
	if err := c.AddResource(url, doc); err != nil {
		return nil, err
	}
	compiled, err := c.Compile(url)
	if err != nil {
		return nil, err
	}
	fields, err := FormFields(schema)
	if err != nil {
		return nil, err
	}
	return &compiledForm{compiled, fields}, nil
}

// noLoader refuses references out of the schema: a form is complete in itself,
// and checking one must not reach into the network or the disk.
type noLoader struct{}

func (noLoader) Load(url string) (any, error) {
	return nil, fmt.Errorf("表单不能引用外部的 Schema：%s", url)
}

// CheckForm checks a filled-in form against the item's schema. An empty form
// is the empty object. The error is ErrForm with a Chinese message for every
// wrong field, named form.xxx.
func CheckForm(d *Definition, form json.RawMessage) error {
	compiled, err := compileForm(d.Form)
	if err != nil {
		return fmt.Errorf("catalogue: form of item %s: %w", d.Code, err)
	}
	if len(form) > maxForm {
		return ErrForm.Say("表单内容超过1MB，请减少填写的内容或改为上传附件。")
	}
	if len(bytes.TrimSpace(form)) == 0 {
		form = json.RawMessage("{}")
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(form))
	if err != nil {
		return ErrForm.Field("form", "表单不是有效的 JSON，请检查后重新提交。").Because(err)
	}
	err = compiled.schema.Validate(value)
	var invalid *jsonschema.ValidationError
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &invalid):
		return fmt.Errorf("catalogue: check form of item %s: %w", d.Code, err)
	}
	told := ErrForm
	for _, f := range translate(invalid, compiled.fields) {
		told = told.Field(f.Name, f.Message)
	}
	return told
}
