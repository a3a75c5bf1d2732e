package identity

import (
	"context"
	"fmt"
	"time"
)

// leadersQuery reads how surely it is known who the legal representative of an
// enterprise is, while they are bound to it on a day.
const leadersQuery = `SELECT p.level1_until, p.level2_until, p.level3_until, p.level4_until
	FROM identity_mandate x JOIN identity_account p ON p.id = x.agent AND p.state = 'active'
	WHERE x.principal = $1 AND x.kind = '` + MandateEnterprise + `' AND x.role = '` + LegalRole + `' AND x.state = '` + MandateActive + `'
		AND x.from_on <= $2 AND x.to_on >= $2`

// highest is how surely it is known who speaks for an enterprise: as surely as
// its legal representative is (domain.md §14). A company has no face and no
// telephone of its own; a certificate of its own would be.
func highest(leaders []levelsHeld, now time.Time) Level {
	led := LevelNone
	for _, h := range leaders {
		led = max(led, min(h.at(now), LevelPresence))
	}
	return led
}

// ledBy is the level that an enterprise has of who leads it; none leads a person.
func (m *Module) ledBy(ctx context.Context, company string) (Level, error) {
	now, l := m.now(ctx), lent{of: markedAccount{company, KindEnterprise}}
	if err := m.DB.Conn(ctx).Together(ctx, l.read(now)); err != nil {
		return LevelNone, fmt.Errorf("read level of legal representative: %w", err)
	}
	return highest(l.leaders, now), nil
}
