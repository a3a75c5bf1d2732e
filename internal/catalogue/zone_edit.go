package catalogue

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
)

var zoneID = regexp.MustCompile(`^[a-z][a-z0-9-]{1,39}$`)

// check looks at a zone by itself and beside the others.
func (z *Zone) check(s *shelf, items map[string]bool) error {
	var bad errs.Fields
	if !zoneID.MatchString(z.ID) {
		bad.Add("id", "网址代号用小写字母、数字和短横，以字母开头，2到40个字符，如 jiehun。")
	}
	if !slices.Contains([]string{KindZone, KindEvent, KindTheme}, z.Kind) {
		bad.Add("kind", "请选择是专区、人生事件还是主题。")
	}
	if n := utf8.RuneCountInString(z.Name); n == 0 || n > 20 {
		bad.Add("name", "请填写名称，不超过20个字。")
	}
	if utf8.RuneCountInString(z.Lead) > 200 {
		bad.Add("lead", "说明不能超过200个字。")
	}
	if !slices.Contains([]string{"", "person", "enterprise"}, z.Audience) {
		bad.Add("audience", "请选择给谁看。")
	}
	if !z.FromOn.IsZero() && !z.ToOn.IsZero() && z.ToOn.Before(z.FromOn) {
		bad.Add("to_on", "最后一天不能早于第一天。")
	}
	for _, code := range z.Codes {
		if !items[code] {
			bad.Add("codes", "%s", noSuchItem(code))
		}
	}
	if z.Parent != "" {
		parent, ok := s.zone(z.Parent)
		switch {
		case !ok || parent.Kind != z.Kind:
			bad.Add("parent", "上级要是同一类的专区。")
		case parent.ID == z.ID || slices.ContainsFunc(s.above(parent), func(a Zone) bool { return a.ID == z.ID }):
			bad.Add("parent", "不能放进自己或自己的分区里。")
		case len(s.above(parent))+1 >= maxZoneDepth:
			bad.Add("parent", "分区最多%d层。", maxZoneDepth)
		}
	}
	return bad.Err()
}

// AllZones lists every zone, open or not, for those who keep them.
func (m *Module) AllZones(ctx context.Context) ([]Zone, error) {
	if err := m.mayEditSite(ctx); err != nil {
		return nil, err
	}
	s, err := m.onShelf(ctx)
	if err != nil {
		return nil, err
	}
	return slices.Clone(s.zones), nil
}

// Preview gives the items a zone would have, stored or not.
func (m *Module) Preview(ctx context.Context, z Zone) ([]Item, error) {
	s, err := m.onShelf(ctx)
	if err != nil {
		return nil, err
	}
	return s.itemsAt(s.placesOf(&z), &z, ""), nil
}

// SaveZone stores a zone: a new one when Edit is 0. errs.ErrInvalid with
// fields, ErrZoneTaken, ErrZoneStale, ErrZoneUnknown, ErrSiteRight,
// org.ErrDivisionUnknown.
func (m *Module) SaveZone(ctx context.Context, z Zone) error {
	if err := m.mayEditSite(ctx); err != nil {
		return err
	}
	z.Name, z.Lead = strings.TrimSpace(z.Name), strings.TrimSpace(z.Lead)
	if z.Region != "" {
		if _, err := m.Org.Division(ctx, z.Region); err != nil {
			return errs.ErrInvalid.Field("region", "没有这个区划，请填写12位代码，或留空。").Because(err)
		}
	}
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		s, err := m.onShelf(ctx)
		if err != nil {
			return err
		}
		known, err := m.knownSynonyms(ctx) // which items there are, published or not
		if err != nil {
			return err
		}
		if err := z.check(s, known.items); err != nil {
			return err
		}
		action := "zone.change"
		if z.Edit == 0 {
			action = "zone.add"
		}
		if err := m.writeZone(ctx, &z); err != nil {
			return err
		}
		return m.siteChanged(ctx, action, z.ID, z.Name)
	})
}

func (m *Module) writeZone(ctx context.Context, z *Zone) error {
	row := z.row()
	row.ChangedAt, row.ChangedBy = m.now(ctx), identity.FromContext(ctx).Account
	if z.Edit == 0 {
		row.Edit = 1
		_, err := m.DB.Conn(ctx).ExecNamed(ctx, `INSERT INTO catalogue_zone (id, kind, parent, name, lead, icon, audience, region, from_on, to_on,
			codes, tags, domains, place, hidden, edit, changed_at, changed_by) VALUES (:id, :kind, :parent, :name, :lead, :icon, :audience,
			:region, :from_on, :to_on, :codes, :tags, :domains, :place, :hidden, :edit, :changed_at, :changed_by)`, row)
		if db.IsUnique(err) {
			return ErrZoneTaken.Field("id", "“"+z.ID+"”已被使用，请换一个。")
		}
		return err
	}
	n, err := m.DB.Conn(ctx).ExecNamed(ctx, `UPDATE catalogue_zone SET kind = :kind, parent = :parent, name = :name, lead = :lead, icon = :icon,
		audience = :audience, region = :region, from_on = :from_on, to_on = :to_on, codes = :codes, tags = :tags, domains = :domains,
		place = :place, hidden = :hidden, edit = edit + 1, changed_at = :changed_at, changed_by = :changed_by WHERE id = :id AND edit = :edit`, row)
	if err == nil && n == 0 {
		return m.lostZone(ctx, z.ID)
	}
	return err
}

// lostZone says why a zone was not where an editor had seen it.
func (m *Module) lostZone(ctx context.Context, id string) error {
	var n int
	err := m.DB.Conn(ctx).Get(ctx, &n, `SELECT COUNT(*) FROM catalogue_zone WHERE id = $1`, id)
	if err == nil && n == 0 {
		return ErrZoneUnknown
	}
	return errors.Join(err, ErrZoneStale)
}

// RemoveZone takes a zone without parts out. ErrZoneUnknown, ErrZoneParts,
// ErrZoneStale, ErrSiteRight.
func (m *Module) RemoveZone(ctx context.Context, id string, seen int64) error {
	if err := m.mayEditSite(ctx); err != nil {
		return err
	}
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		var parts int
		c := m.DB.Conn(ctx)
		if err := c.Get(ctx, &parts, `SELECT COUNT(*) FROM catalogue_zone WHERE parent = $1`, id); err != nil {
			return err
		}
		if parts > 0 {
			return ErrZoneParts
		}
		n, err := c.Exec(ctx, `DELETE FROM catalogue_zone WHERE id = $1 AND edit = $2`, id, seen)
		if err != nil {
			return err
		}
		if n == 0 {
			return m.lostZone(ctx, id)
		}
		return m.siteChanged(ctx, "zone.remove", id, "")
	})
}

// LoadZones adds the zones that are not there yet, in their order: the first
// set of a city. A parent stands before its parts.
func (m *Module) LoadZones(ctx context.Context, list []Zone) error {
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		s, err := m.onShelf(ctx)
		if err != nil {
			return err
		}
		known, err := m.knownSynonyms(ctx)
		if err != nil {
			return err
		}
		there := slices.Clone(s.zones)
		for i, z := range list {
			if slices.ContainsFunc(there, func(x Zone) bool { return x.ID == z.ID }) {
				continue
			}
			z.Place, z.Edit = 10*(i+1), 0
			s := &shelf{zones: there}
			if err := z.check(s, known.items); err != nil {
				return fmt.Errorf("catalogue: zone %s: %w", z.ID, err)
			}
			if err := m.writeZone(ctx, &z); err != nil {
				return err
			}
			there = append(there, z)
		}
		if len(there) == len(s.zones) {
			return nil
		}
		return m.siteChanged(ctx, "zone.load", "", fmt.Sprintf("%d个", len(there)-len(s.zones)))
	})
}
