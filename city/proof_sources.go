package city

import (
	"fmt"
	"slices"
	"strings"

	"yimen/internal/proofs"
)

// LookUps says which proofs are looked up in registers instead of being asked
// for, and where: proof_sources.csv. Several lines of one proof are asked one
// after the other.
func LookUps() ([]proofs.Rule, error) {
	lines, err := readCSV(data, "proof_sources.csv")
	if err != nil {
		return nil, err
	}
	listed, err := Proofs()
	if err != nil {
		return nil, err
	}
	var list []proofs.Rule
	for _, l := range lines {
		ask := proofs.Look{Source: l["source"]}
		if l["what"] != "" {
			ask.What = strings.Split(l["what"], "|")
		}
		if i := slices.IndexFunc(list, func(r proofs.Rule) bool { return r.Proof == l["proof"] }); i >= 0 {
			list[i].Asks = append(list[i].Asks, ask)
			continue
		}
		r := proofs.Rule{Proof: l["proof"], Asks: []proofs.Look{ask}, Ground: l["ground"], Organ: l["organ"] != "", Promise: l["promise"] != ""}
		kept := slices.ContainsFunc(listed, func(e proofs.Entry) bool { return e.Number == r.Proof && e.State == proofs.Kept })
		if r.Proof == "" || r.Ground == "" || !kept && !r.Organ && !r.Promise {
			return nil, fmt.Errorf("proof_sources.csv, %q: a ground, and of what nobody issues any more what happens when it is not found", r.Proof)
		}
		list = append(list, r)
	}
	return list, nil
}
