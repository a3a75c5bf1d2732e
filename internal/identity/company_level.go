package identity

import (
	"context"
	"fmt"

	"yimen/internal/kit/clock"
	"yimen/workday"
)

// ledBy is how surely it is known who speaks for an enterprise: as surely as its
// legal representative is, while they are bound to it (domain.md §14). A company
// has no face and no telephone of its own; a certificate of its own would be.
func (m *Module) ledBy(ctx context.Context, company string) (Level, error) {
	now := m.now(ctx)
	var list []levelsHeld
	err := m.DB.Conn(ctx).Select(ctx, &list, `SELECT p.level1_until, p.level2_until, p.level3_until, p.level4_until
		FROM identity_mandate x JOIN identity_account p ON p.id = x.agent AND p.state = 'active'
		WHERE x.principal = $1 AND x.kind = $2 AND x.role = $3 AND x.state = $4 AND x.from_on <= $5 AND x.to_on >= $5`,
		company, MandateEnterprise, LegalRole, MandateActive, workday.DateOf(now, clock.Beijing).String())
	if err != nil {
		return LevelNone, fmt.Errorf("read level of legal representative: %w", err)
	}
	led := LevelNone
	for _, h := range list {
		led = max(led, min(h.at(now), LevelPresence))
	}
	return led, nil
}
