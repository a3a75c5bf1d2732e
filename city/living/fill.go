package living

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"yimen/gb"
	"yimen/internal/catalogue"
	"yimen/workday"
)

// Person is who fills in a form.
type Person struct {
	Name     string
	IDNo     string
	Phone    string
	Division string
	Address  string
	Company  string // of an enterprise: its name; Name is then its legal representative
	USCC     string
}

// Fill fills in an item's form as a sensible person would: names, numbers and
// dates that pass the checks, choices at random.
func Fill(def *catalogue.Definition, p Person, defaults map[string]any, today workday.Date, r *rand.Rand) (json.RawMessage, error) {
	fields, err := catalogue.FormFields(def.Form)
	if err != nil {
		return nil, err
	}
	return fill(fields, p, defaults, today, r)
}

// Form is a form that many fill in.
type Form struct{ fields []catalogue.FormField }

// ReadForm understands a form (JSON Schema 2020-12).
func ReadForm(schema json.RawMessage) (Form, error) {
	fields, err := catalogue.FormFields(schema)
	return Form{fields}, err
}

// Fill is as the function.
func (f Form) Fill(p Person, defaults map[string]any, today workday.Date, r *rand.Rand) (json.RawMessage, error) {
	return fill(f.fields, p, defaults, today, r)
}

func fill(fields []catalogue.FormField, p Person, defaults map[string]any, today workday.Date, r *rand.Rand) (json.RawMessage, error) {
	f := filler{p: p, today: today, r: r, values: url.Values{}}
	for _, field := range fields {
		f.field(field)
	}
	raw, err := json.Marshal(defaults)
	if err != nil {
		return nil, err
	}
	filled, err := catalogue.FormValues(fields, raw)
	if err != nil {
		return nil, err
	}
	maps.Copy(f.values, filled) // a default may hold several values
	return catalogue.FormFromValues(fields, f.values)
}

type filler struct {
	p      Person
	today  workday.Date
	r      *rand.Rand
	values url.Values
}

func (f *filler) field(field catalogue.FormField) {
	if len(field.Columns) > 0 {
		for row := range max(field.MinItems, 1) {
			for _, c := range field.Columns {
				f.put(field.Cell(row, c), c)
			}
		}
		return
	}
	f.put(field.Name, field)
}

func (f *filler) put(name string, field catalogue.FormField) {
	if field.Widget == "file" {
		return
	}
	if v := f.value(field); v != "" {
		f.values.Set(name, v)
	}
}

// value is what goes into one input.
func (f *filler) value(field catalogue.FormField) string {
	if field.Default != nil && field.Type != "boolean" {
		return fmt.Sprint(field.Default)
	}
	if len(field.Options) > 0 {
		return f.choose(field.Options)
	}
	switch field.Type {
	case "boolean":
		return "true"
	case "number", "integer":
		return f.number(field)
	}
	if v := f.byFormat(field); v != "" {
		return v
	}
	if field.Pattern != "" {
		return matching(field.Pattern)
	}
	return cut(f.words(field), field.MaxLength)
}

// choose prefers the earlier options, and avoids the catch-all at the end.
func (f *filler) choose(options []catalogue.FieldOption) string {
	n := len(options)
	if n > 2 {
		n--
	}
	return options[min(f.r.IntN(n), f.r.IntN(n))].Value
}

func (f *filler) number(field catalogue.FormField) string {
	low, _ := strconv.ParseFloat(field.Min, 64)
	high, err := strconv.ParseFloat(field.Max, 64)
	if err != nil {
		high = low + 100
	}
	v := low + float64(f.r.IntN(5)+1)
	if field.Widget == "money" {
		v = low + float64((f.r.IntN(40)+1)*100)
	}
	return strconv.FormatFloat(min(v, high), 'f', -1, 64)
}

func (f *filler) byFormat(field catalogue.FormField) string {
	switch cmp.Or(field.Format, field.Widget) {
	case "resident-id", "id_number":
		return f.p.IDNo
	case "mobile", "phone", "tel":
		return f.p.Phone
	case "uscc":
		return cmp.Or(f.p.USCC, "92440232MA4X00020A")
	case "division":
		return f.p.Division
	case "bank-account", "bank_account":
		return "8023058200001" + strconv.Itoa(100+f.r.IntN(900)) // a passbook: no card number of anybody
	case "person-name":
		return f.p.Name
	case "date":
		return f.date(field).String()
	case "email":
		return "sample@example.cn"
	case "month":
		return f.today.String()[:7]
	}
	return ""
}

// date is in the past for what has happened, ahead for what is planned.
func (f *filler) date(field catalogue.FormField) workday.Date {
	switch {
	case strings.Contains(field.Name, "birth"):
		if id, err := gb.ParseResidentID(f.p.IDNo, f.today); err == nil {
			return id.Birth()
		}
	case strings.Contains(field.Name, "start"), strings.Contains(field.Name, "planned"), strings.Contains(field.Name, "from"):
		return f.today.Add(7 + f.r.IntN(20))
	case strings.Contains(field.Name, "end"), strings.Contains(field.Name, "until"), strings.Contains(field.Name, "_to"):
		return f.today.Add(30 + f.r.IntN(60))
	}
	return f.today.Add(-30 - f.r.IntN(300))
}

// words is a short text that suits the field's name.
func (f *filler) words(field catalogue.FormField) string {
	name, title := field.Name, field.Title
	switch {
	case strings.Contains(title, "地址"), strings.Contains(title, "住所"), strings.Contains(title, "地点"), strings.Contains(name, "address"):
		return f.p.Address
	case strings.Contains(title, "单位名称"), strings.Contains(title, "企业名称"), strings.Contains(title, "字号"):
		return cmp.Or(f.p.Company, "韶关市山泉农产品经营部")
	case strings.Contains(title, "姓名"), strings.Contains(title, "户名"), strings.Contains(title, "负责人"), strings.Contains(title, "联系人"):
		return f.p.Name
	case strings.Contains(title, "电话"):
		return "0751-5381234"
	case strings.Contains(title, "学校"):
		return "乳源瑶族自治县金禧小学"
	case strings.Contains(title, "编号"), strings.Contains(title, "证号"), strings.Contains(title, "号码"):
		return "YS2026" + strconv.Itoa(10000+f.r.IntN(90000))
	case field.Widget == "textarea":
		return reasons[f.r.IntN(len(reasons))]
	}
	return strings.TrimRight(title, "（）") + "如材料所示"
}

var reasons = []string{
	"因家庭生活需要提出申请，所填情况属实，请予办理。",
	"家中劳动力不足，近期支出较大，申请按政策给予帮助。",
	"按村里通知前来办理，材料已备齐，请审核。",
	"经营需要，场所和设施已按要求准备完毕。",
}

// candidates are texts of the usual shapes, tried against a pattern.
var candidates = []string{
	"2026", "2025", "2026-05", "08:30", "512700", "123456", "A12345678", "粤F12345", "粤F1234学", "1", "12", "001", "0001",
	"12345678", "1234567890", "440232", "440232112209", "LSVAU2180N2183294", "G44023220260001", "44023220260001", "0751-5381234", "E12345678",
	"44023219640411001742", "44023219640411001743", "abc@example.com", "http://example.com", "汉族",
}

func matching(pattern string) string {
	re, err := regexp.Compile(pattern)
	if err != nil {
		return ""
	}
	for _, c := range candidates {
		if re.MatchString(c) {
			return c
		}
	}
	return ""
}

func cut(s string, most int) string {
	if runes := []rune(s); most > 0 && len(runes) > most {
		return string(runes[:most])
	}
	return s
}

// at is a moment of a Beijing day.
func at(d workday.Date, hour, minute int) time.Time {
	return d.Time(time.FixedZone("CST", 8*3600)).Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute)
}
