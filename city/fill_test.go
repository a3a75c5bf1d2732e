package city

import (
	"encoding/json"
	"maps"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"yimen/internal/catalogue"
)

// TestFormsTakeAnHonestAnswer fills every form with plain values, once for each
// option of every choice, and wants it accepted: a form that nobody can fill
// in locks people out.
func TestFormsTakeAnHonestAnswer(t *testing.T) {
	b := openBook(t)
	for _, r := range b.rows {
		t.Run(r.Code, func(t *testing.T) {
			d, err := b.definition(r)
			if err != nil {
				t.Fatal(err)
			}
			fields, err := catalogue.FormFields(d.Form)
			if err != nil {
				t.Fatal(err)
			}
			for round := range mostOptions(fields) {
				form, err := catalogue.FormFromValues(fields, fill(t, fields, round))
				if err != nil {
					t.Fatal(err)
				}
				if err := catalogue.CheckForm(&d, form); err != nil {
					t.Errorf("round %d: %v\n%s", round, err, form)
					return
				}
			}
		})
	}
}

// TestFormsTakeWhatAnswersFillIn lays the defaults of every answer over a
// filled form: what an answer fills in has to be accepted too.
func TestFormsTakeWhatAnswersFillIn(t *testing.T) {
	b := openBook(t)
	for _, r := range b.rows {
		d, err := b.definition(r)
		if err != nil {
			t.Fatal(err)
		}
		fields, err := catalogue.FormFields(d.Form)
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range d.Situations {
			for _, o := range q.Options {
				values := fill(t, fields, 0)
				if err := layOver(values, fields, o.Defaults); err != nil {
					t.Fatal(err)
				}
				form, err := catalogue.FormFromValues(fields, values)
				if err != nil {
					t.Fatal(err)
				}
				if err := catalogue.CheckForm(&d, form); err != nil {
					t.Errorf("%s, %s/%s: %v", d.Code, q.ID, o.ID, err)
				}
			}
		}
	}
}

// layOver puts defaults into posted values, as a page does.
func layOver(values url.Values, fields []catalogue.FormField, defaults map[string]any) error {
	raw, err := json.Marshal(defaults)
	if err != nil {
		return err
	}
	posted, err := catalogue.FormValues(fields, raw)
	if err != nil {
		return err
	}
	maps.Copy(values, posted)
	return nil
}

func mostOptions(fields []catalogue.FormField) int {
	most := 1
	for _, f := range fields {
		most = max(most, len(f.Options))
	}
	return most
}

// fill answers every field; of choices it takes option number round.
func fill(t *testing.T, fields []catalogue.FormField, round int) url.Values {
	v := url.Values{}
	for _, f := range fields {
		if len(f.Columns) == 0 {
			v.Set(f.Name, answer(t, f, round))
			continue
		}
		for row := range max(1, f.MinItems) {
			for _, c := range f.Columns {
				v.Set(f.Cell(row, c), answer(t, c, round))
			}
		}
	}
	return v
}

var byFormat = map[string]string{
	"resident-id": "440232199001019016", "mobile": "13800138000", "phone": "0751-8123456", "uscc": "91440232MA4X0002AC",
	"division": "440232112209", "bank-account": "80020000012345678", "date": "2026-05-01", "email": "a@example.com",
}

// patterned are answers to the patterns that forms use.
var patterned = []string{"2026-05", "粤F12345", "LSVAU2180N2183294", "44023219900101901641", "2026-440232-47-01-123456", "512700", "1990"}

func answer(t *testing.T, f catalogue.FormField, round int) string {
	switch {
	case len(f.Options) > 0:
		return f.Options[round%len(f.Options)].Value
	case f.Type == "boolean":
		return "true"
	case f.Type == "number" || f.Type == "integer":
		if f.Min != "" && f.Min != "0" {
			return f.Min
		}
		return "1"
	case byFormat[f.Format] != "":
		return byFormat[f.Format]
	case f.Pattern != "":
		re := regexp.MustCompile(f.Pattern)
		for _, p := range patterned {
			if re.MatchString(p) {
				return p
			}
		}
		t.Errorf("field %s: no sample answer fits its pattern %s: add one to patterned, or give the element a format", f.Name, f.Pattern)
	}
	text := "按实际情况填写"
	if f.MaxLength > 0 && len([]rune(text)) > f.MaxLength {
		return strings.Repeat("实", f.MaxLength)
	}
	return text
}
