package city

import (
	"encoding/json"
	"fmt"

	"yimen/internal/licences"
)

// LicenceTypes are the city's types of electronic licences: the list of
// licence_types.csv, and what those say that licence_fields.json knows more of.
func LicenceTypes() ([]licences.Type, error) {
	lines, err := readCSV(data, "licence_types.csv")
	if err != nil {
		return nil, err
	}
	raw, err := data.ReadFile("licence_fields.json")
	if err != nil {
		return nil, err
	}
	var more map[string]struct {
		Unique bool
		Fields []licences.Field
		Rule   licences.Rule
	}
	if err := json.Unmarshal(raw, &more); err != nil {
		return nil, fmt.Errorf("licence_fields.json: %w", err)
	}
	list := make([]licences.Type, len(lines))
	for i, l := range lines {
		x := more[l["local_id"]]
		list[i] = licences.Type{ID: l["local_id"], Code: l["type_code"], Name: l["licence_name"], Kind: l["kind"], Category: l["category"],
			Holder: licences.HolderOf(l["holder_type"]), Dept: l["issuing_dept"], Unique: x.Unique, Fields: x.Fields, Rule: x.Rule, Trust: l["trust"]}
		delete(more, l["local_id"])
	}
	for id := range more {
		return nil, fmt.Errorf("licence_fields.json: licence_types.csv has no %s", id)
	}
	return list, nil
}

// LicenceTemplates are how the documents of some types look, by the type's key;
// the others have the plain template.
func LicenceTemplates() (map[string]licences.Template, error) {
	raw, err := data.ReadFile("licence_templates.json")
	if err != nil {
		return nil, err
	}
	var list map[string]licences.Template
	if err := json.Unmarshal(raw, &list); err != nil {
		return nil, fmt.Errorf("licence_templates.json: %w", err)
	}
	return list, nil
}
