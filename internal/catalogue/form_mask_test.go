package catalogue

import (
	"encoding/json"
	"strings"
	"testing"
)

// Numbers are masked by what the field is for, and by how they look wherever
// else people wrote them; everything else stays.
func TestMaskForm(t *testing.T) {
	form := json.RawMessage(`{"name":"440232197005120032","id_no":"440232197005120032","phone":"13800138000","area":3.5,
		"bank":"6217001234567890123","agent_name":"13911112222","members":[{"name":"李四","id_no":"44023219640208903X"},{"name":"李五","id_no":""}]}`)
	masked, err := MaskForm(sampleFields(t), form)
	if err != nil {
		t.Fatal(err)
	}
	for _, whole := range []string{"440232197005120032", "13800138000", "6217001234567890123", "13911112222", "44023219640208903X"} {
		if strings.Contains(string(masked), whole) {
			t.Errorf("%s stands whole in %s", whole, masked)
		}
	}
	for _, part := range []string{"440232********0032", "138****8000", "139****2222", "李四", "3.5"} {
		if !strings.Contains(string(masked), part) {
			t.Errorf("no %s in %s", part, masked)
		}
	}
	numbers, err := NumbersIn(sampleFields(t), form)
	if err != nil || len(numbers) < 5 || numbers[0].Value != "440232197005120032" {
		t.Errorf("numbers: %+v, %v", numbers, err)
	}
	for _, plain := range []string{"", `{"area":3.50,"declared":true,"name":"李四"}`} {
		if got, err := MaskForm(sampleFields(t), json.RawMessage(plain)); err != nil || string(got) != plain {
			t.Errorf("%s became %s: %v", plain, got, err)
		}
	}
}
