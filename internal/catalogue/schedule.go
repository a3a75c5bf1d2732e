package catalogue

import (
	"context"
	"errors"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/errs"
)

// ErrEffective is told for a time of effect that has passed or is too far.
var ErrEffective = errs.Define(errs.Invalid, "item_effective_time", "生效时间应在现在之后、一年以内，请重新选择。")

// schedule keeps when an approved version is to be published.
func (m *Module) schedule(ctx context.Context, row *itemRow, v *versionRow, at time.Time) error {
	if !at.After(row.ChangedAt) || at.After(row.ChangedAt.AddDate(1, 0, 0)) {
		return ErrEffective.Field("effective_at", "生效时间应在现在之后、一年以内，请重新选择。")
	}
	at = at.UTC().Truncate(time.Second)
	v.EffectiveAt = &at
	return m.mustPass(ctx, v)
}

// PublishDue publishes every scheduled version whose time has come; a job
// calls it each minute. One that cannot be published is told as the error and
// does not keep the others waiting.
func (m *Module) PublishDue(ctx context.Context) error {
	var due []struct {
		Code string `db:"code"`
		Edit int64  `db:"edit"`
	}
	err := m.DB.Conn(ctx).Select(ctx, &due, `SELECT i.code, i.edit FROM catalogue_item i JOIN catalogue_version v ON v.item = i.code AND v.n = i.latest
		WHERE i.open_state = 'scheduled' AND v.effective_at <= $1 ORDER BY i.code LIMIT 500`, m.now(ctx))
	if err != nil {
		return err
	}
	ctx = identity.With(ctx, identity.System("catalogue"))
	var failed []error
	for _, d := range due {
		_, err := m.do(ctx, Act{Item: d.Code, Seen: d.Edit}, Publish)
		if err != nil && !errors.Is(err, ErrStale) && !errors.Is(err, ErrMove) { // somebody was faster
			failed = append(failed, err)
		}
	}
	return errors.Join(failed...)
}
