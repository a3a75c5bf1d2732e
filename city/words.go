package city

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"yimen/internal/catalogue"
)

// LoadSite gives the site its first set of what administrators keep afterwards.
// It may run again: what is there stays.
func LoadSite(ctx context.Context, m *catalogue.Module) error {
	words, err := Synonyms()
	if err != nil {
		return err
	}
	if err := m.LoadSynonyms(ctx, words); err != nil {
		return err
	}
	zones, err := Zones()
	if err != nil {
		return err
	}
	return m.LoadZones(ctx, zones)
}

// Zones gives the first zones, life events and themes of the site.
func Zones() ([]catalogue.Zone, error) {
	raw, err := data.ReadFile("zones.json")
	if err != nil {
		return nil, err
	}
	var list []catalogue.Zone
	if err := json.Unmarshal(raw, &list); err != nil {
		return nil, fmt.Errorf("zones.json: %w", err)
	}
	return list, nil
}

// Synonyms gives the first set of what people say for items and words; the
// city's administrators go on from there.
func Synonyms() ([]catalogue.Synonym, error) {
	lines, err := readCSV(data, "synonyms.csv")
	if err != nil {
		return nil, err
	}
	list := make([]catalogue.Synonym, len(lines))
	for i, l := range lines {
		list[i] = catalogue.Synonym{Word: l["说法"], Phrase: l["指向"]}
		if strings.HasPrefix(l["指向"], "SG") {
			list[i].Item, list[i].Phrase = l["指向"], ""
		}
	}
	return list, nil
}
