package city

import (
	"fmt"
	"strconv"
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
	issuers, err := proofIssuers()
	if err != nil {
		return nil, err
	}
	list := make([]proofs.Entry, len(lines))
	for i, l := range lines {
		e := proofs.Entry{Number: l["no"], Name: l["name"], Purpose: l["purpose"], Issuer: l["issuer"], How: l["how"], Basis: l["basis"],
			Trust: l["trust"], Source: l["source"], State: proofs.Cancelled}
		switch {
		case strings.HasPrefix(l["disposition"], "保留"):
			e.State, e.Origin = proofs.Kept, proofs.OriginKept
			x, known := issuers[e.Number]
			if !known {
				return nil, fmt.Errorf("proofs_online.csv says nothing of %s %s", e.Number, e.Name)
			}
			e.Dept, e.Level, e.ByPlace, e.Each, e.Elsewhere = x.Dept, x.Level, x.ByPlace, x.Each, x.Elsewhere
			if e.Electronic = e.Elsewhere == ""; e.Electronic {
				if e.LicenceType = typeOf[e.Name]; e.LicenceType == "" {
					return nil, fmt.Errorf("licence_types.csv has no %s", e.Name)
				}
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

// proofIssuers says who issues the proofs that are kept, by number: proofs_online.csv.
func proofIssuers() (map[string]proofs.Entry, error) {
	lines, err := readCSV(data, "proofs_online.csv")
	if err != nil {
		return nil, err
	}
	by := make(map[string]proofs.Entry, len(lines))
	for _, l := range lines {
		e := proofs.Entry{Dept: l["dept"], ByPlace: l["by_place"] != "", Each: l["each"] != "", Elsewhere: l["elsewhere"]}
		if l["level"] != "" {
			if e.Level, err = strconv.Atoi(l["level"]); err != nil {
				return nil, fmt.Errorf("proofs_online.csv, %s: %w", l["no"], err)
			}
		}
		by[l["no"]] = e
	}
	return by, nil
}
