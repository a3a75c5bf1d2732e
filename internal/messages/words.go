package messages

import (
	"context"
	"errors"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
)

// Version is the words of a template as they were saved once; 0 is what the
// program was shipped with.
type Version struct {
	N int `db:"version"`
	Words
	Note    string    `db:"note"`
	ByName  string    `db:"by_name"`
	SavedAt time.Time `db:"saved_at"`
}

const wordColumns = "version, title, text, sms, subject, mail, sms_on, mail_on, note, by_name, saved_at"

// words gives what a template says now, and which version that is.
func (m *Module) words(ctx context.Context, t Template) (Words, int, error) {
	var v Version
	err := m.DB.Conn(ctx).Get(ctx, &v, "SELECT "+wordColumns+` FROM messages_template WHERE key = $1
		ORDER BY version DESC LIMIT 1`, t.Key)
	if errors.Is(err, db.ErrNoRows) {
		return t.Words, 0, nil
	}
	return v.Words, v.N, wrap("read template", err)
}

// versions lists what a template has said, the newest first, the shipped words
// last.
func (m *Module) versions(ctx context.Context, t Template) ([]Version, error) {
	var list []Version
	err := m.DB.Conn(ctx).Select(ctx, &list, "SELECT "+wordColumns+` FROM messages_template WHERE key = $1
		ORDER BY version DESC LIMIT 50`, t.Key)
	return append(list, Version{Words: t.Words, Note: "出厂文字"}), wrap("read versions of template", err)
}

// current gives the words of every template in one look, by key.
func (m *Module) current(ctx context.Context) (map[string]Version, error) {
	var rows []struct {
		Key string `db:"key"`
		Version
	}
	err := m.DB.Conn(ctx).Select(ctx, &rows, "SELECT key, "+wordColumns+` FROM messages_template t
		WHERE version = (SELECT MAX(x.version) FROM messages_template x WHERE x.key = t.key)`)
	if err != nil {
		return nil, wrap("read templates", err)
	}
	all := map[string]Version{}
	for _, t := range Templates() {
		all[t.Key] = Version{Words: t.Words}
	}
	for _, r := range rows {
		all[r.Key] = r.Version
	}
	return all, nil
}

// mayEdit says whether the actor may change words: they are the whole city's.
func mayEdit(ctx context.Context) bool {
	return identity.FromContext(ctx).Can(VerbManage, identity.Place{})
}

// SaveWords makes a new version of a template; base is the version it was
// written on. Errors: ErrDenied, ErrTemplateUnknown, errs.ErrInvalid with what
// is wrong, ErrTemplateChanged.
func (m *Module) SaveWords(ctx context.Context, key string, base int, w Words, note string) error {
	if !mayEdit(ctx) {
		return ErrDenied
	}
	t, ok := named(key)
	if !ok {
		return ErrTemplateUnknown
	}
	if err := check(t, w); err != nil {
		return err
	}
	actor := identity.FromContext(ctx)
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		done, err := m.DB.Conn(ctx).Exec(ctx, `INSERT INTO messages_template
			(key, version, title, text, sms, subject, mail, sms_on, mail_on, note, by_id, by_name, saved_at)
			SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13
			WHERE (SELECT COALESCE(MAX(x.version), 0) FROM messages_template x WHERE x.key = $1) = $14
			ON CONFLICT (key, version) DO NOTHING`,
			key, base+1, w.Title, w.Text, w.SMS, w.Subject, w.Mail, w.SMSOn, w.MailOn, note, actor.Account, actor.Name, m.now(ctx), base)
		if err != nil {
			return wrap("save template", err)
		}
		if done == 0 {
			return ErrTemplateChanged
		}
		return m.record(ctx, "message.template_saved", "message_template", key)
	})
}
