package city

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"yimen/gb"
)

// TestEthnicGroupsAreTheStandards: what a form offers under a code is what
// GB/T 3304 calls it.
func TestEthnicGroupsAreTheStandards(t *testing.T) {
	files, err := filepath.Glob("elements/*.json")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, name := range files {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var elements []struct {
			ID      string      `json:"id"`
			Options [][2]string `json:"options"`
		}
		if err := json.Unmarshal(raw, &elements); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, e := range elements {
			if !strings.HasSuffix(e.ID, "ethnic_group") {
				continue
			}
			for _, o := range e.Options {
				found++
				group, err := gb.ParseEthnicity(o[0])
				if err != nil || group.Code() != o[0] || group != gb.OtherEthnicity && group.String() != o[1] {
					t.Errorf("%s %s: %s is %s in GB/T 3304, not %s", name, e.ID, o[0], group, o[1])
				}
			}
		}
	}
	if found < 20 {
		t.Errorf("only %d options found", found)
	}
}
