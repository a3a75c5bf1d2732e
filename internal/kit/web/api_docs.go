package web

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// docs is what the page /docs shows: the operations by their tags, and each
// shape of a body once, however many operations and shapes speak of it.
type docs struct {
	Groups []docGroup
	Shapes []docShape
}

// docGroup is one tag of the API with its operations.
type docGroup struct {
	Name string
	Ops  []docOp
}

type docOp struct {
	Method, Path, Summary, Description, Guard, ID string
	Params                                        []*huma.Param
	Request, Response                             docType
	Parts                                         []docField // of a form that is submitted
	Codes                                         []string
}

// docShape is a named object with its fields.
type docShape struct {
	Name   string
	Fields []docField
}

// docField is one line of a shape. Its name is a dotted path below objects
// that have no name of their own.
type docField struct {
	Name     string
	Type     docType
	Note     string
	Required bool
}

// docType is the type of a field or body in words; Shape is the named object
// that it is or lists, if any.
type docType struct{ Text, Shape string }

func describe(o *huma.OpenAPI) docs {
	byTag := map[string][]docOp{}
	for path, item := range o.Paths {
		for method, op := range map[string]*huma.Operation{"GET": item.Get, "POST": item.Post, "PUT": item.Put,
			"PATCH": item.Patch, "DELETE": item.Delete} {
			if op == nil {
				continue
			}
			tag := "其他"
			if len(op.Tags) > 0 {
				tag = op.Tags[0]
			}
			byTag[tag] = append(byTag[tag], describeOp(method, path, op))
		}
	}
	var d docs
	for _, tag := range slices.Sorted(maps.Keys(byTag)) {
		slices.SortFunc(byTag[tag], func(a, b docOp) int { return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Method, b.Method)) })
		d.Groups = append(d.Groups, docGroup{tag, byTag[tag]})
	}
	shapes := o.Components.Schemas.Map()
	for _, name := range slices.Sorted(maps.Keys(shapes)) {
		d.Shapes = append(d.Shapes, docShape{name, fieldsOf(shapes[name], "")})
	}
	return d
}

// describeOp leaves out the header that every POST has: the page says it once.
func describeOp(method, path string, op *huma.Operation) docOp {
	d := docOp{Method: method, Path: path, Summary: op.Summary, Description: op.Description, ID: op.OperationID}
	d.Guard, _ = op.Extensions["x-guard"].(string)
	for _, p := range op.Parameters {
		if p.Name != KeyHeader {
			d.Params = append(d.Params, p)
		}
	}
	if op.RequestBody != nil {
		d.Request = bodyType(op.RequestBody.Content)
		if form := op.RequestBody.Content["multipart/form-data"]; form != nil && form.Schema != nil {
			d.Parts = fieldsOf(form.Schema, "")
		}
	}
	d.Codes = slices.Sorted(maps.Keys(op.Responses))
	for _, code := range d.Codes {
		if strings.HasPrefix(code, "2") {
			d.Response = bodyType(op.Responses[code].Content)
			break
		}
	}
	return d
}

// bodyType is the shape of a body, the media type itself where it has none.
func bodyType(content map[string]*huma.MediaType) docType {
	names := slices.Sorted(maps.Keys(content))
	if len(names) == 0 {
		return docType{}
	}
	if s := content[names[0]].Schema; s != nil && (s.Ref != "" || s.Items != nil) {
		return typeOf(s)
	}
	return docType{Text: names[0]}
}

func fieldsOf(s *huma.Schema, prefix string) []docField {
	var list []docField
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		p := s.Properties[name]
		list = append(list, docField{Name: prefix + name, Type: typeOf(p), Note: p.Description, Required: slices.Contains(s.Required, name)})
		switch {
		case p.Items != nil:
			list = append(list, fieldsOf(p.Items, prefix+name+"[].")...)
		default:
			list = append(list, fieldsOf(p, prefix+name+".")...)
		}
	}
	return list
}

func typeOf(s *huma.Schema) docType {
	if s.Ref != "" {
		name := s.Ref[strings.LastIndexByte(s.Ref, '/')+1:]
		return docType{Text: name, Shape: name}
	}
	if s.Items != nil {
		t := typeOf(s.Items)
		t.Text += "[]"
		return t
	}
	t := docType{Text: s.Type}
	if s.Format != "" {
		t.Text += " (" + s.Format + ")"
	}
	if len(s.Enum) > 0 {
		values := make([]string, len(s.Enum))
		for i, v := range s.Enum {
			values[i] = fmt.Sprint(v)
		}
		t.Text += ": " + strings.Join(values, " | ")
	}
	return t
}
