package city

import (
	"strings"

	"yimen/internal/proofs"
)

// Proofs gives the list of proofs (证明事项清单) as it was first published.
func Proofs() ([]proofs.Entry, error) {
	lines, err := readCSV(data, "proofs.csv")
	if err != nil {
		return nil, err
	}
	types, err := readCSV(data, "licence_types.csv")
	if err != nil {
		return nil, err
	}
	typeOf := map[string]string{} // by name: what may be issued electronically
	for _, t := range types {
		typeOf[t["licence_name"]] = t["local_id"]
	}
	list := make([]proofs.Entry, len(lines))
	for i, l := range lines {
		e := proofs.Entry{Number: l["no"], Name: l["name"], Purpose: l["purpose"], Issuer: l["issuer"], How: l["how"], Basis: l["basis"],
			Trust: l["trust"], Source: l["source"], State: proofs.Cancelled}
		switch {
		case strings.HasPrefix(l["disposition"], "保留"):
			e.State, e.Origin = proofs.Kept, proofs.OriginKept
			if e.Electronic = strings.Contains(l["handling"], "电子证明"); e.Electronic {
				e.LicenceType = typeOf[e.Name]
			}
		case strings.Contains(l["disposition"], "第一批"):
			e.Origin, e.Ways = proofs.OriginFirst, []string{proofs.WayOrgan, proofs.WayPromise}
		default:
			e.Origin, e.Ways = proofs.OriginConsulted, []string{proofs.WayData}
		}
		list[i] = e
	}
	return list, nil
}
