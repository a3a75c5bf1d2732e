package licences_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"yimen/internal/identity"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
	"yimen/internal/licences"
)

// keeper keeps the city's list of types.
func keeper() context.Context {
	return identity.With(context.Background(), identity.Actor{Account: "keeper", Name: "keeper", Kind: identity.KindStaff, Agency: bureau,
		Grants: []identity.Grant{{Verb: licences.VerbTypes, Agency: bureau}}})
}

func fishing() licences.Type {
	return licences.Type{Name: "渔业捕捞许可证", Kind: "证照", Category: "农业", Dept: "农业农村局", Holder: licences.HolderBoth,
		Fields: []licences.Field{{Name: "SY", Label: "水域", Kind: "text", Required: true, From: "{water_name}|{address_detail}"}},
		Rule:   licences.Rule{Number: "{机关}渔〔{年}〕{序号4}号", Months: 60}}
}

func TestTypesAreKept(t *testing.T) {
	each(t, func(w *world) {
		if _, err := w.SaveType(w.head, fishing()); !errors.Is(err, licences.ErrNotKeeper) {
			t.Errorf("who does not keep the list: %v", err)
		}
		x, err := w.SaveType(keeper(), fishing())
		w.must(err)
		if x.ID != "ZZ048" || !x.Assigned || !strings.HasPrefix(x.Code, credit("440200", "MB2D0009")) {
			t.Errorf("%+v", x)
		}
		first := x.Code
		x.Fields = append(x.Fields, licences.Field{Name: "CM", Label: "船名", Kind: "text"})
		x.Code = ""
		y, err := w.SaveType(keeper(), x)
		w.must(err)
		if y.Version != 2 || y.Code != first {
			t.Errorf("%+v", y)
		}
		if _, err := w.SaveType(keeper(), x); !errors.Is(err, licences.ErrTypeChanged) {
			t.Errorf("upon an old version: %v", err)
		}
		e := card()
		e.Type, e.Fields = x.ID, map[string]string{"水域": "南水湖"}
		_, err = w.TakeOver(w.head, e)
		w.must(err)
		y.Fields = y.Fields[1:]
		if _, err := w.SaveType(keeper(), y); !slices.Equal(named(err), []string{"fields"}) {
			t.Errorf("a field of a type in use is lost: %v", err)
		}
		y.Fields = []licences.Field{{Name: "SY", Label: "捕捞水域", Kind: "date"}}
		if _, err := w.SaveType(keeper(), y); !slices.Equal(named(err), []string{"field.0.kind", "fields"}) {
			t.Errorf("a field becomes another: %v", err)
		}
		y.Fields = []licences.Field{{Name: "SY", Label: "捕捞水域", Kind: "text"}, {Name: "CM", Label: "船名", Kind: "text"}}
		_, err = w.SaveType(keeper(), y)
		w.must(err)
	})
}

// named are the fields that an error is about.
func named(err error) []string {
	var list []string
	for _, f := range errs.From(err).Fields {
		if !slices.Contains(list, f.Name) {
			list = append(list, f.Name)
		}
	}
	slices.Sort(list)
	return list
}

func TestTypesThatCannotBe(t *testing.T) {
	each(t, func(w *world) {
		for what, x := range map[string]struct {
			change func(*licences.Type)
			field  string
		}{
			"no name":            {func(t *licences.Type) { t.Name = " " }, "name"},
			"a name twice":       {func(t *licences.Type) { t.Name = "居民身份证" }, "name"},
			"holder":             {func(t *licences.Type) { t.Holder = "cat" }, "holder"},
			"code":               {func(t *licences.Type) { t.Code = "111" }, "code"},
			"field's name":       {func(t *licences.Type) { t.Fields[0].Name = "水域" }, "field.0.name"},
			"field's label":      {func(t *licences.Type) { t.Fields[0].Label = "" }, "field.0.label"},
			"field's kind":       {func(t *licences.Type) { t.Fields[0].Kind = "sound" }, "field.0.kind"},
			"field's source":     {func(t *licences.Type) { t.Fields[0].From = "{water" }, "field.0.from"},
			"field twice":        {func(t *licences.Type) { t.Fields = append(t.Fields, t.Fields[0]) }, "field.1.name"},
			"number without end": {func(t *licences.Type) { t.Rule.Number = "{机关}{年}" }, "number_rule"},
			"part of a number":   {func(t *licences.Type) { t.Rule.Number = "{月}{序号5}" }, "number_rule"},
			"braces":             {func(t *licences.Type) { t.Rule.Number = "{序号5}}" }, "number_rule"},
			"term":               {func(t *licences.Type) { t.Rule.Months = -7 }, "months"},
			"element":            {func(t *licences.Type) { t.Rule.To = "有效期" }, "rule_to"},
		} {
			f := fishing()
			x.change(&f)
			if _, err := w.SaveType(keeper(), f); !slices.Contains(named(err), x.field) {
				t.Errorf("%s: %v, %v", what, err, named(err))
			}
		}
		if list, err := w.Types(keeper()); err != nil || len(list) != 3 {
			t.Errorf("%d types, %v", len(list), err)
		}
	})
}

// A list that is written can be read again, changed, and is taken over whole or not at all.
func TestTypesAsAFile(t *testing.T) {
	each(t, func(w *world) {
		var out bytes.Buffer
		table := web.NewTable(&out, licences.TypeColumns...)
		w.must(w.ExportTypes(keeper(), table))
		table.Close()
		same := out.String()
		done, err := w.ImportTypes(keeper(), strings.NewReader(strings.ReplaceAll(same, ",,", ",证照,")), true)
		if err != nil || done.Rows != 3 || done.Stored != 0 {
			t.Errorf("%+v, %v", done, err)
		}
		const header = "local_id,licence_name,kind,category,holder_type,issuing_dept,type_code\n"
		done, err = w.ImportTypes(keeper(), strings.NewReader(header+"ZZ001,居民身份证,证照,身份,自然人,公安局,11100000000013127D001\nZZ777,甲,乙,丙,法人,丁,\n"), false)
		if err != nil || done.Stored != 0 || len(done.Wrong) != 1 || done.Wrong[0].Line != 3 {
			t.Errorf("an unknown key: %+v, %v", done, err)
		}
		done, err = w.ImportTypes(keeper(), strings.NewReader(header+"ZZ001,中国居民身份证,证照,身份,自然人,公安局,11100000000013127D001\n,渔业船舶证,证照,农业,自然人、法人,农业农村局,\n"), false)
		if err != nil || done.Stored != 2 {
			t.Fatalf("%+v, %v", done, err)
		}
		card, err := w.Type(keeper(), "ZZ001")
		if err != nil || card.Name != "中国居民身份证" || len(card.Fields) != 2 || !card.Unique {
			t.Errorf("%+v, %v", card, err)
		}
		boat, err := w.Type(keeper(), "渔业船舶证")
		if err != nil || boat.ID != "ZZ048" || boat.Holder != licences.HolderBoth || !boat.Assigned {
			t.Errorf("%+v, %v", boat, err)
		}
		if _, err := w.ImportTypes(w.head, strings.NewReader(header), false); !errors.Is(err, licences.ErrNotKeeper) {
			t.Errorf("who does not keep the list: %v", err)
		}
	})
}
