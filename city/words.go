package city

import (
	"context"
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
	return m.LoadSynonyms(ctx, words)
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
