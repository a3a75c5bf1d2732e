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

// compiledForms keeps schemas by their text. A schema never changes under its
// own text, so what is kept cannot be stale; drafts come and go, so it is
// emptied when it has grown past any city's catalogue.
var compiledForms = struct {
	sync.Mutex
	byText map[[sha256.Size]byte]*compiledForm
}{byText: map[[sha256.Size]byte]*compiledForm{}}

const maxCompiledForms = 4000

func compileForm(schema json.RawMessage) (*compiledForm, error) {
	key := sha256.Sum256(schema)
	compiledForms.Lock()
	f, ok := compiledForms.byText[key]
	compiledForms.Unlock()
	if ok {
		return f, nil
	}
	f, err := compileFormNow(schema)
	if err != nil {
		return nil, err
	}
	compiledForms.Lock()
	defer compiledForms.Unlock()
	if len(compiledForms.byText) >= maxCompiledForms {
		clear(compiledForms.byText)
	}
	compiledForms.byText[key] = f
	return f, nil
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
