package catalogue

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"yimen/internal/kit/clock"
	"yimen/internal/kit/errs"
	"yimen/internal/org"
	"yimen/workday"
)

// Kinds of zones.
const (
	KindZone  = "zone"  // 专区
	KindEvent = "event" // 人生事件、企业生命周期
	KindTheme = "theme" // 主题
)

// Zone is a way into the catalogue: a name people recognise, and the items
// behind it. Items come by code, in that order, then by rule: those that have
// one of the Tags or belong to one of the Domains. A zone may have parts.
type Zone struct {
	ID       string       `json:"id"` // as in its address: birth
	Kind     string       `json:"kind"`
	Parent   string       `json:"parent,omitempty"`
	Name     string       `json:"name"`
	Lead     string       `json:"lead,omitempty"` // one sentence
	Icon     string       `json:"icon,omitempty"` // of ui.Icon
	Audience string       `json:"audience,omitempty"`
	Region   string       `json:"region,omitempty"` // division: shown to who is within it, or sees the whole city
	FromOn   workday.Date `json:"from_on,omitzero"`
	ToOn     workday.Date `json:"to_on,omitzero"` // last day
	Codes    []string     `json:"codes,omitempty"`
	Tags     []string     `json:"tags,omitempty"`
	Domains  []string     `json:"domains,omitempty"`
	Place    int          `json:"-"` // order among its kind and parent
	Hidden   bool         `json:"hidden,omitempty"`
	Edit     int64        `json:"-"` // what an editor has seen; 0: not stored yet
}

// Errors about zones.
var (
	ErrZoneUnknown = errs.Define(errs.NotFound, "zone_unknown", "没有找到这个专区或主题，可能已经下线，请从首页重新选择。")
	ErrZoneStale   = errs.Define(errs.Conflict, "zone_changed_meanwhile", "您编辑期间它已被他人修改，请刷新后在最新内容上重做。")
	ErrZoneTaken   = errs.Define(errs.Conflict, "zone_exists", "这个网址代号已被使用，请换一个。")
	ErrZoneParts   = errs.Define(errs.Conflict, "zone_has_parts", "它下面还有分区，请先删除或移走分区。")
)

// zoneRow is a row of catalogue_zone.
type zoneRow struct {
	ID        string    `db:"id"`
	Kind      string    `db:"kind"`
	Parent    string    `db:"parent"`
	Name      string    `db:"name"`
	Lead      string    `db:"lead"`
	Icon      string    `db:"icon"`
	Audience  string    `db:"audience"`
	Region    string    `db:"region"`
	FromOn    string    `db:"from_on"`
	ToOn      string    `db:"to_on"`
	Codes     string    `db:"codes"`
	Tags      string    `db:"tags"`
	Domains   string    `db:"domains"`
	Place     int       `db:"place"`
	Hidden    bool      `db:"hidden"`
	Edit      int64     `db:"edit"`
	ChangedAt time.Time `db:"changed_at"`
	ChangedBy string    `db:"changed_by"`
}

func (z *Zone) row() zoneRow {
	list := func(l []string) string {
		raw, _ := json.Marshal(nonNil(l)) // a list of strings always can
		return string(raw)
	}
	day := func(d workday.Date) string {
		if d.IsZero() {
			return ""
		}
		return d.String()
	}
	return zoneRow{ID: z.ID, Kind: z.Kind, Parent: z.Parent, Name: z.Name, Lead: z.Lead, Icon: z.Icon, Audience: z.Audience, Region: z.Region,
		FromOn: day(z.FromOn), ToOn: day(z.ToOn), Codes: list(z.Codes), Tags: list(z.Tags), Domains: list(z.Domains), Place: z.Place,
		Hidden: z.Hidden, Edit: z.Edit}
}

func (r *zoneRow) zone() (Zone, error) {
	z := Zone{ID: r.ID, Kind: r.Kind, Parent: r.Parent, Name: r.Name, Lead: r.Lead, Icon: r.Icon, Audience: r.Audience, Region: r.Region,
		Place: r.Place, Hidden: r.Hidden, Edit: r.Edit}
	for _, x := range []struct {
		text string
		into *workday.Date
	}{{r.FromOn, &z.FromOn}, {r.ToOn, &z.ToOn}} {
		if x.text == "" {
			continue
		}
		var err error
		if *x.into, err = workday.ParseDate(x.text); err != nil {
			return z, fmt.Errorf("catalogue: zone %s: %w", r.ID, err)
		}
	}
	for _, x := range []struct {
		text string
		into *[]string
	}{{r.Codes, &z.Codes}, {r.Tags, &z.Tags}, {r.Domains, &z.Domains}} {
		if err := json.Unmarshal([]byte(x.text), x.into); err != nil {
			return z, fmt.Errorf("catalogue: zone %s: %w", r.ID, err)
		}
	}
	return z, nil
}

// readZones puts the zones on the shelf.
func (m *Module) readZones(ctx context.Context, s *shelf) error {
	var rows []zoneRow
	if err := m.DB.Conn(ctx).Select(ctx, &rows, `SELECT * FROM catalogue_zone ORDER BY kind, place, id`); err != nil {
		return err
	}
	for i := range rows {
		z, err := rows[i].zone()
		if err != nil {
			return err
		}
		s.zones = append(s.zones, z)
		s.inZone[z.ID] = s.placesOf(&z)
	}
	return nil
}

// open says whether citizens see the zone on a day.
func (z *Zone) open(on workday.Date) bool {
	return !z.Hidden && (z.FromOn.IsZero() || !on.Before(z.FromOn)) && (z.ToOn.IsZero() || !on.After(z.ToOn))
}

// within says whether a zone is offered to who lives in a division.
func (z *Zone) within(division string) bool {
	return z.Region == "" || division == "" || org.Contains(z.Region, division) || org.Contains(division, z.Region)
}

// ZoneQuery says which zones; empty fields do not matter.
type ZoneQuery struct {
	Kind     string
	Audience string // leaves out those for the other one
	Region   string // where who looks lives; "" sees all
	Parent   string
}

// Zones lists what citizens see today, in order, without the parts of zones
// unless Parent names one.
func (m *Module) Zones(ctx context.Context, q ZoneQuery) ([]Zone, error) {
	s, err := m.onShelf(ctx)
	if err != nil {
		return nil, err
	}
	today := m.today(ctx)
	var list []Zone
	for _, z := range s.zones {
		if z.open(today) && z.within(q.Region) && z.Parent == q.Parent && (q.Kind == "" || z.Kind == q.Kind) &&
			(q.Audience == "" || z.Audience == "" || z.Audience == q.Audience) {
			list = append(list, z)
		}
	}
	return list, nil
}

func (m *Module) today(ctx context.Context) workday.Date {
	return workday.DateOf(m.now(ctx), clock.Beijing)
}

// ZonePage is a zone with its items and parts, as far as they are open.
type ZonePage struct {
	Zone
	Above []Zone // from the outermost
	Items []Item
	Parts []ZonePage
}

// Count is how many different items there are in it and its parts.
func (p *ZonePage) Count() int {
	seen := map[string]bool{}
	p.mark(seen)
	return len(seen)
}

func (p *ZonePage) mark(seen map[string]bool) {
	for _, it := range p.Items {
		seen[it.Code] = true
	}
	for i := range p.Parts {
		p.Parts[i].mark(seen)
	}
}

// ZoneCounts gives how many different items there are in open zones and their
// open parts, by the zones' ids; ZonePage.Count for many at once.
func (m *Module) ZoneCounts(ctx context.Context, zones []Zone) (map[string]int, error) {
	s, err := m.onShelf(ctx)
	if err != nil {
		return nil, err
	}
	today, counts := m.today(ctx), make(map[string]int, len(zones))
	for _, z := range zones {
		seen := make([]bool, len(s.items))
		s.markPlaces(z, today, seen, 0)
		for _, in := range seen {
			if in {
				counts[z.ID]++
			}
		}
	}
	return counts, nil
}

func (s *shelf) markPlaces(z Zone, on workday.Date, seen []bool, depth int) {
	for _, i := range s.inZone[z.ID] {
		seen[i] = true
	}
	if depth >= maxZoneDepth {
		return
	}
	for _, part := range s.zones {
		if part.Parent == z.ID && part.open(on) {
			s.markPlaces(part, on, seen, depth+1)
		}
	}
}

// Zone gives an open zone of a kind, its items in order: by code, then by rule
// the most used first around region. ErrZoneUnknown.
func (m *Module) Zone(ctx context.Context, kind, id, region string) (ZonePage, error) {
	s, err := m.onShelf(ctx)
	if err != nil {
		return ZonePage{}, err
	}
	z, ok := s.zone(id)
	if !ok || z.Kind != kind || !s.openUp(z, m.today(ctx)) {
		return ZonePage{}, ErrZoneUnknown
	}
	return s.page(z, region, m.today(ctx)), nil
}

func (s *shelf) zone(id string) (Zone, bool) {
	i := slices.IndexFunc(s.zones, func(z Zone) bool { return z.ID == id })
	if i < 0 {
		return Zone{}, false
	}
	return s.zones[i], true
}

// openUp says whether a zone and all it is part of are open.
func (s *shelf) openUp(z Zone, on workday.Date) bool {
	for _, above := range append(s.above(z), z) {
		if !above.open(on) {
			return false
		}
	}
	return true
}

func (s *shelf) above(z Zone) []Zone {
	var path []Zone
	for range maxZoneDepth {
		parent, ok := s.zone(z.Parent)
		if !ok {
			break
		}
		path = append(path, parent)
		z = parent
	}
	slices.Reverse(path)
	return path
}

// maxZoneDepth bounds how parts lie in parts: classes, entries, and one more.
const maxZoneDepth = 4

func (s *shelf) page(z Zone, region string, on workday.Date) ZonePage {
	p := ZonePage{Zone: z, Above: s.above(z), Items: s.itemsOf(&z, region)}
	if len(p.Above) < maxZoneDepth {
		for _, part := range s.zones {
			if part.Parent == z.ID && part.open(on) && part.within(region) {
				p.Parts = append(p.Parts, s.page(part, region, on))
			}
		}
	}
	return p
}

// itemsOf gives the items of a stored zone itself.
func (s *shelf) itemsOf(z *Zone, region string) []Item { return s.itemsAt(s.inZone[z.ID], z, region) }

// itemsAt gives the items at the places that a zone has: by code, then by rule
// the most used first.
func (s *shelf) itemsAt(places []int, z *Zone, region string) []Item {
	list := make([]Item, len(places))
	for i, at := range places {
		list[i] = s.items[at]
	}
	byRule := list[s.coded(z):]
	slices.SortStableFunc(byRule, func(a, b Item) int { return cmp.Compare(s.uses(b.Code, region), s.uses(a.Code, region)) })
	return list
}

// coded is how many items a zone has by their codes.
func (s *shelf) coded(z *Zone) int {
	n := 0
	for _, code := range z.Codes {
		if _, ok := s.at[code]; ok {
			n++
		}
	}
	return n
}

// placesOf are the places in items of what a zone itself has: by code in the
// zone's order, then by rule in the shelf's.
func (s *shelf) placesOf(z *Zone) []int {
	var list []int
	for _, code := range z.Codes {
		if at, ok := s.at[code]; ok {
			list = append(list, at)
		}
	}
	for at, it := range s.items {
		byRule := slices.Contains(z.Domains, it.Domain) || slices.ContainsFunc(it.Tags, func(t string) bool { return slices.Contains(z.Tags, t) })
		fits := z.Audience == "" || slices.Contains(it.Audience, z.Audience)
		if byRule && fits && !slices.Contains(z.Codes, it.Code) {
			list = append(list, at)
		}
	}
	return list
}
