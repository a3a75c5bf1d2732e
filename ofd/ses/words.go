package ses

import (
	"crypto/x509/pkix"
	"time"
)

// beijing is the zone in which times are told, and in which times without a
// zone are read.
var beijing = time.FixedZone("UTC+8", 8*3600)

func day(t time.Time) string { return t.In(beijing).Format("2006年1月2日") }

func moment(t time.Time) string { return t.In(beijing).Format("2006年1月2日15:04:05") }

// name is how a person or organ is called in a certificate.
func name(n pkix.Name) string {
	switch {
	case n.CommonName != "":
		return n.CommonName
	case len(n.OrganizationalUnit) > 0:
		return n.OrganizationalUnit[0]
	case len(n.Organization) > 0:
		return n.Organization[0]
	}
	return n.String()
}

var dateTimes = []string{
	"20060102150405Z0700", "2006-01-02 15:04:05", "2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05", "20060102150405",
	"2006/01/02 15:04:05", "2006-01-02",
}

// parseDateTime reads SignatureDateTime, whose form the standard leaves open.
// Without a zone it is Chinese time.
func parseDateTime(s string) time.Time {
	if len(s) > 40 {
		return time.Time{}
	}
	for _, layout := range dateTimes {
		if t, err := time.ParseInLocation(layout, s, beijing); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}
