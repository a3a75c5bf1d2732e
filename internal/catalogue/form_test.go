package catalogue

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"

	"yimen/internal/kit/errs"
)

const goodForm = `{"name":"邓小梅","id_no":"11010519491231002X","phone":"13800001111","handled_by":"self","area":12.50,"bank":"123456789012","declared":true}`

// with changes members of the good form; null takes one out.
func with(t *testing.T, change string) json.RawMessage {
	t.Helper()
	var form, by map[string]json.RawMessage
	if err := json.Unmarshal([]byte(goodForm), &form); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(change), &by); err != nil {
		t.Fatal(err)
	}
	for name, v := range by {
		if string(v) == "null" {
			delete(form, name)
		} else {
			form[name] = v
		}
	}
	raw, err := json.Marshal(form)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestGoodFormPasses(t *testing.T) {
	for _, change := range []string{`{}`, `{"handled_by":"agent","agent_name":"李四"}`, `{"kinds":["pine","fir"],"place":{"village":"大寮坑"}}`,
		`{"bank":"6222021234567890128"}`, `{"members":[{"name":"王五","share":50,"agrees":true}]}`} {
		if err := CheckForm(sample(), with(t, change)); err != nil {
			t.Errorf("%s: %v", change, err)
		}
	}
}

func TestFormErrorsSpeakChinese(t *testing.T) {
	cases := []struct{ change, field, message string }{
		{`{"name":null}`, "form.name", "请填写姓名。"},
		{`{"name":""}`, "form.name", "请填写姓名。"},
		{`{"name":7}`, "form.name", "姓名应填写文字。"},
		{`{"name":"张3"}`, "form.name", "姓名：姓名只能用汉字、间隔号“·”或外文字母，请去掉数字和其他符号。"},
		{`{"handled_by":null}`, "form.handled_by", "请选择办理人。"},
		{`{"handled_by":"dog"}`, "form.handled_by", "请从选项中选择办理人。"},
		{`{"handled_by":"agent"}`, "form.agent_name", "请填写代办人姓名。"},
		{`{"id_no":"110105194912310021"}`, "form.id_no", "身份证号：身份证号码的最后一位与前面不符，通常是有一位填错，请对照证件逐位核对。"},
		{`{"phone":"12800001111"}`, "form.phone", "手机号：手机号码应为11位数字、以13至19开头，请核对。"},
		{`{"area":"很大"}`, "form.area", "面积应填写数字，如120.5。"},
		{`{"area":0}`, "form.area", "面积必须大于0，请核对。"},
		{`{"area":1000.5}`, "form.area", "面积不能大于1000，请核对。"},
		{`{"trees":1.5}`, "form.trees", "株数应填写整数，如3。"},
		{`{"trees":0}`, "form.trees", "株数不能小于1，请核对。"},
		{`{"kinds":["oak"]}`, "form.kinds.0", "请从选项中选择第1行的树种。"},
		{`{"kinds":["fir","fir"]}`, "form.kinds", "树种的第1项与第2项重复，请删去一项。"},
		{`{"cut_on":"2026-02-30"}`, "form.cut_on", "采伐日期：日期应为 年-月-日，如2026-05-01，且是真实存在的日子。"},
		{`{"place":{}}`, "form.place.village", "请填写村组。"},
		{`{"place":{"village":"一二三四五六七八九十一二三四五六七八九十一"}}`, "form.place.village", "村组最多填写20个字，现有21个字。"},
		{`{"bank":"6222021234567890123"}`, "form.bank", "银行账号：银行卡号的最后一位与前面不符，通常是有一位填错，请对照银行卡逐位核对。"},
		{`{"bank":"123"}`, "form.bank", "银行账号：银行账号应为12至25位数字，请对照存折或银行卡核对。"},
		{`{"members":[{"name":"王五"},{"name":"六"}]}`, "form.members.1.name", "第2行的姓名至少填写2个字，现有1个字。"},
		{`{"members":[{}]}`, "form.members.0.name", "请填写第1行的姓名。"},
		{`{"members":[{"name":"甲一"},{"name":"乙一"},{"name":"丙一"},{"name":"丁一"}]}`, "form.members", "共有人最多3项，现有4项，请删减。"},
		{`{"declared":null}`, "form.declared", "请勾选“以上内容属实”。"},
		{`{"declared":false}`, "form.declared", "请勾选“以上内容属实”。"},
		{`{"shoe":42}`, "form.shoe", "表单没有“shoe”这一项，请刷新页面后重新填写。"},
	}
	for _, c := range cases {
		err := CheckForm(sample(), with(t, c.change))
		if err == nil {
			t.Errorf("%s passes", c.change)
			continue
		}
		want := errs.Field{Name: c.field, Message: c.message}
		if fields := errs.From(err).Fields; len(fields) != 1 || fields[0] != want {
			t.Errorf("%s\n got %v\nwant %v", c.change, fields, want)
		}
	}
}

func TestFormErrorsStandInTheOrderOfThePage(t *testing.T) {
	got := fieldsOf(CheckForm(sample(), json.RawMessage(`{"shoe":1}`)))
	want := []string{"form.name", "form.handled_by", "form.id_no", "form.phone", "form.area", "form.bank", "form.declared", "form.shoe"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func TestFormThatIsNoObject(t *testing.T) {
	for _, raw := range []string{`[`, `[]`, `"x"`, `null`} {
		if err := CheckForm(sample(), json.RawMessage(raw)); errs.KindOf(err) != errs.Invalid {
			t.Errorf("%s: %v", raw, err)
		}
	}
	if err := CheckForm(sample(), json.RawMessage(`"`+strings.Repeat("x", maxForm)+`"`)); errs.KindOf(err) != errs.Invalid {
		t.Errorf("2 MB: %v", err)
	}
}

func sampleFields(t *testing.T) []FormField {
	t.Helper()
	fields, err := FormFields(sample().Form)
	if err != nil {
		t.Fatal(err)
	}
	return fields
}

func TestFormFields(t *testing.T) {
	fields := sampleFields(t)
	var names []string
	by := map[string]FormField{}
	for _, f := range fields {
		names = append(names, f.Name)
		by[f.Name] = f
	}
	if got := strings.Join(names, " "); got != "name handled_by agent_name id_no phone area trees kinds cut_on place.village place.hill bank members declared" {
		t.Error("order:", got)
	}
	for name, widget := range map[string]string{"name": "text", "handled_by": "radio", "id_no": "id_number", "phone": "phone", "area": "number",
		"kinds": "checkboxes", "cut_on": "date", "bank": "bank_account", "members": "table", "declared": "checkbox"} {
		if by[name].Widget != widget {
			t.Errorf("%s is shown as %s, not %s", name, by[name].Widget, widget)
		}
	}
	if f := by["name"]; !f.Required || f.MaxLength != 50 || f.Element != "applicant_name" || f.Section != "申请人" {
		t.Errorf("name: %+v", f)
	}
	if f := by["agent_name"]; !f.Required || !slices.Equal(f.When["handled_by"], []string{"agent"}) {
		t.Errorf("agent_name: %+v", f)
	}
	if got := by["handled_by"].Label("agent"); got != "代办人" {
		t.Errorf("label %s", got)
	}
	if f := by["kinds"]; !f.Multiple || len(f.Options) != 2 || f.Options[1] != (FieldOption{"fir", "杉"}) {
		t.Errorf("kinds: %+v", f)
	}
	// The place as a whole may be left out, so nothing in it must be filled in.
	if f := by["place.village"]; f.Required || f.Section != "地点" {
		t.Errorf("place.village: %+v", f)
	}
	table := by["members"]
	if len(table.Columns) != 4 || !table.Columns[0].Required || table.Cell(2, table.Columns[0]) != "members.2.name" {
		t.Errorf("members: %+v", table)
	}
	sections := FormSections(fields)
	if len(sections) != 4 || sections[0].Title != "申请人" || len(sections[0].Fields) != 5 {
		t.Errorf("%d sections, first %+v", len(sections), sections[0])
	}
}

func TestFormFromValues(t *testing.T) {
	cases := []struct{ name, posted, want string }{
		{"plain", "name=邓小梅&area=12.50&trees=3&declared=on", `{"area":12.50,"declared":true,"name":"邓小梅","trees":3}`},
		{"under the names of the errors", "form.name=邓小梅&name=wrong&form.declared=true", `{"declared":true,"name":"邓小梅"}`},
		{"empty is left out, an empty box is not ticked", "name=+&area=&trees=", `{"declared":false}`},
		{"a hidden false before the box", "declared=false&declared=true", `{"declared":true}`},
		{"full-width digits, commas", "area=１２．５&trees=1,200", `{"area":12.5,"declared":false,"trees":1200}`},
		{"no number stays as typed", "area=很大&trees=1e9", `{"area":"很大","declared":false,"trees":"1e9"}`},
		{"codes are tidied", "id_no=110105 19491231 002x&phone=138-0000-1111&bank=6222 0212 3456 7890 128", `{"bank":"6222021234567890128","declared":false,"id_no":"11010519491231002X","phone":"13800001111"}`},
		{"dates as people write them", "cut_on=2026年5月1日", `{"cut_on":"2026-05-01","declared":false}`},
		{"no date stays as typed", "cut_on=下周", `{"cut_on":"下周","declared":false}`},
		{"several ticks", "kinds=pine&kinds=&kinds=fir", `{"declared":false,"kinds":["pine","fir"]}`},
		{"a field inside another", "place.village=大寮坑", `{"declared":false,"place":{"village":"大寮坑"}}`},
		{"hidden fields go", "handled_by=self&agent_name=李四", `{"declared":false,"handled_by":"self"}`},
		{"shown fields stay", "handled_by=agent&agent_name=李四", `{"agent_name":"李四","declared":false,"handled_by":"agent"}`},
		{"rows close up, empty ones go", "members.0.name=&members.0.agrees=false&members.3.name=王五&members.3.share=40&members.7.name=赵六&members.7.agrees=on",
			`{"declared":false,"members":[{"agrees":false,"name":"王五","share":40},{"agrees":true,"name":"赵六"}]}`},
		{"rows in the order of their numbers", "members.10.name=乙一&members.9.name=甲一", `{"declared":false,"members":[{"agrees":false,"name":"甲一"},{"agrees":false,"name":"乙一"}]}`},
		{"what is no field is ignored", "idempotency_key=1&shoe=42&members.x.name=a&members.-1.name=b&members.100000.name=c", `{"declared":false}`},
	}
	fields := sampleFields(t)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			values, err := url.ParseQuery(strings.ReplaceAll(c.posted, " ", "+"))
			if err != nil {
				t.Fatal(err)
			}
			got, err := FormFromValues(fields, values)
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// TestFormValuesComeBack: what a page shows again is what was typed.
func TestFormValuesComeBack(t *testing.T) {
	fields := sampleFields(t)
	in := with(t, `{"handled_by":"agent","agent_name":"李四","kinds":["pine","fir"],"place":{"village":"大寮坑"},"area":120.50,
		"members":[{"name":"王五","share":50,"agrees":true},{"name":"赵六","agrees":false}]}`)
	values, err := FormValues(fields, in)
	if err != nil {
		t.Fatal(err)
	}
	if values.Get("members.1.name") != "赵六" || values.Get("area") != "120.50" || values.Get("place.village") != "大寮坑" || len(values["kinds"]) != 2 {
		t.Errorf("values %v", values)
	}
	if n := FormRows(fields[slices.IndexFunc(fields, func(f FormField) bool { return f.Name == "members" })], values); n != 2 {
		t.Errorf("%d rows", n)
	}
	out, err := FormFromValues(fields, values)
	if err != nil {
		t.Fatal(err)
	}
	if err := CheckForm(sample(), out); err != nil {
		t.Error(err)
	}
	var a, b any
	if json.Unmarshal(in, &a) != nil || json.Unmarshal(out, &b) != nil {
		t.Fatal("no JSON")
	}
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	if string(x) != string(y) {
		t.Errorf("in  %s\nout %s", x, y)
	}
}

// A choice that looks like a number is still the text the form asks for.
func TestChoicesThatLookLikeNumbers(t *testing.T) {
	def := Definition{Code: "SG00001", Form: json.RawMessage(`{"type":"object","properties":{
		"kinds":{"type":"array","title":"类别","items":{"type":"string","enum":["1","02","true","x"]},"x-widget":"checkboxes"},
		"years":{"type":"array","title":"年份","items":{"type":"integer","enum":[2025,2026]},"x-widget":"checkboxes"}}}`)}
	fields, err := FormFields(def.Form)
	if err != nil {
		t.Fatal(err)
	}
	form, err := FormFromValues(fields, url.Values{"kinds": {"1", "02", "true"}, "years": {"2026"}})
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"kinds":["1","02","true"],"years":[2026]}`; string(form) != want {
		t.Errorf("form %s, want %s", form, want)
	}
	if err := CheckForm(&def, form); err != nil {
		t.Errorf("the form is refused: %v", err)
	}
}
