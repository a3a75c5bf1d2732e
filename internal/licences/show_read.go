package licences

import (
	"context"
	"errors"
	"time"

	"yimen/gb"
	"yimen/internal/identity"
	"yimen/internal/kit/audit"
	"yimen/internal/kit/db"
	"yimen/internal/kit/web/ui"
)

// Seen is what the reader of a code gets to see.
type Seen struct {
	Reading
	Licence   Shown
	Recipient string // of what is shared
	Purpose   string
	Whole     bool // all that the licence says
	Staff     bool // because of a right of the reader's, not by the holder's leave
	State     State
	Stands    bool
	Why       string
	rows      []ui.Row
}

// Read uses a code up and shows what is behind it to whoever is in ctx: the least,
// all if the holder shares it or the reader may look after such licences. Two
// who come at once: one of them sees it. Errors: ErrCode, ErrCodeUsed,
// ErrCodeLapsed.
func (m *Module) Read(ctx context.Context, code string) (Seen, error) {
	var seen Seen
	err := m.DB.InTx(ctx, func(ctx context.Context) error {
		now, key := m.now(ctx), keyOf(code)
		n, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE licences_showing SET read_at = $2 WHERE code_key = $1 AND read_at IS NULL AND lapses_at > $2`, key, now)
		if err != nil {
			return wrap("use code", err)
		}
		s, err := m.showing(ctx, "code_key", key)
		if err = s.readable(err, now); err != nil && (n == 0 || !errors.Is(err, ErrCodeUsed)) { // used up by us just now
			return err
		}
		r, err := m.noteReading(ctx, s, now)
		if err != nil {
			return err
		}
		seen, err = m.see(ctx, r, s)
		return err
	})
	return seen, err
}

// readable says why a code, found with err, cannot be read now.
func (s Showing) readable(err error, now time.Time) error {
	switch {
	case errors.Is(err, ErrUnknown):
		return ErrCode
	case err != nil:
		return err
	case s.ReadAt != nil:
		return ErrCodeUsed
	case !now.Before(s.LapsesAt):
		return ErrCodeLapsed
	}
	return nil
}

// Readable says whether Read would show something, and uses nothing up. Errors
// as Read.
func (m *Module) Readable(ctx context.Context, code string) error {
	s, err := m.showing(ctx, "code_key", keyOf(code))
	return s.readable(err, m.now(ctx))
}

func (m *Module) noteReading(ctx context.Context, s Showing, now time.Time) (Reading, error) {
	a := identity.FromContext(ctx)
	r := Reading{ID: db.NewID(), Licence: s.Licence, Showing: s.ID, Key: s.Key, Mode: s.Mode, Account: a.Account, Address: a.Address, At: now, Until: now.Add(leastLife)}
	if s.Mode == ShowAll {
		r.Until = now.Add(allLife)
	}
	switch {
	case a.IsStaff():
		r.Reader, r.Agency = a.Name, a.Agency
		if agency, err := m.Org.Agency(ctx, a.Agency); err == nil {
			r.AgencyName = agency.Name
		} else if o, err := m.Org.Outlet(ctx, a.Outlet); err == nil {
			r.AgencyName = o.Name
		}
	case a.SignedIn():
		r.Reader = gb.MaskName(a.Name)
	}
	_, err := m.DB.Conn(ctx).ExecNamed(ctx, `INSERT INTO licences_reading (id, licence, showing, code_key, mode, account, reader, agency, agency_name, address, at, until_at)
		VALUES (:id, :licence, :showing, :code_key, :mode, :account, :reader, :agency, :agency_name, :address, :at, :until_at)`, r)
	return r, wrap("note reading", err)
}

// SeeAgain is Read for the browser that read the code, until the time is over.
// Errors: ErrCodeUsed.
func (m *Module) SeeAgain(ctx context.Context, code, reading string) (Seen, error) {
	var r Reading
	err := m.DB.Conn(ctx).Get(ctx, &r, selectReading+` WHERE id = $1 AND code_key = $2`, reading, keyOf(code))
	if errors.Is(err, db.ErrNoRows) || err == nil && !m.now(ctx).Before(r.Until) {
		return Seen{}, ErrCodeUsed
	}
	if err != nil {
		return Seen{}, wrap("read reading", err)
	}
	s, err := m.showing(ctx, "id", r.Showing)
	if err != nil {
		return Seen{}, err
	}
	return m.see(ctx, r, s)
}

// see is what the actor sees of a licence by a reading. Each time is written down.
func (m *Module) see(ctx context.Context, r Reading, s Showing) (Seen, error) {
	l, err := m.one(ctx, "id", r.Licence)
	if err != nil {
		return Seen{}, err
	}
	a, today := identity.FromContext(ctx), m.today(ctx)
	v := Seen{Reading: r, Recipient: s.Recipient, Purpose: s.Purpose, State: l.StateOn(today), Stands: l.Stands(today), Why: l.Why(today)}
	v.Staff = a.Can(VerbView, l.place()) || a.Can(VerbManage, l.place())
	v.Whole = r.Mode == ShowAll || v.Staff
	if v.Licence, err = m.shown(ctx, l); err != nil {
		return Seen{}, err
	}
	v.rows = leastRows(l)
	if v.Whole {
		v.rows = v.Licence.Rows(l.Number)
	}
	return v, m.Audit.Write(ctx, audit.Entry{Actor: a.Account, ActorName: a.Name, Address: a.Address, Action: "licence.read_code", Object: "licence",
		ObjectID: l.Identifier, Detail: string(r.Mode), Result: "ok"})
}

// leastRows are what it takes to believe a licence: who holds it is masked,
// unless it is a company, whose name is public.
func leastRows(l Licence) []ui.Row {
	holder := gb.MaskName(l.HolderName)
	if l.HolderKind == HolderEnterprise {
		holder = l.HolderName
	}
	return []ui.Row{{Label: "证照", Value: l.TypeName}, {Label: "持证主体", Value: holder}, {Label: "颁发机构", Value: l.IssuerName},
		{Label: "有效期", Value: l.Term()}, {Label: "电子证照标识", Value: l.Identifier}}
}
