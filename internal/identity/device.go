package identity

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/digest"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
)

// Device is a browser that somebody signed in to their account with, known
// again by a cookie of its own (web.Device).
type Device struct {
	ID      string    `db:"id"`
	Agent   string    `db:"agent"`   // "安卓手机，微信": what the browser says of itself
	Address string    `db:"address"` // part of the last one: "10.20.*.*"
	FirstAt time.Time `db:"first_at"`
	SeenAt  time.Time `db:"seen_at"` // last sign-in
	Here    bool      `db:"-"`       // the one that asks
}

// mostDevices is how many the page shows.
const mostDevices = 20

// Errors of devices.
var (
	ErrDeviceUnknown = errs.Define(errs.NotFound, "device_unknown", "没有找到这台设备，可能已经移除，请刷新页面。")
	ErrDeviceHere    = errs.Define(errs.Conflict, "device_here", "这就是您正在用的设备：要退出，请点页面上的“退出”。")
)

// meetDevice notes that an account is signed in to with a browser and gives the
// browser's number. One not seen before is told of to the account's owner, once
// a day for each kind of browser and part of the network; the first of an account
// is not: somebody has just made it.
func (m *Module) meetDevice(ctx context.Context, a Actor, token, agent, address string) (string, error) {
	key, now, part, c := digest.Of("device", a.Account, token), m.now(ctx), partOf(address), m.DB.Conn(ctx)
	var id string
	err := c.Get(ctx, &id, `UPDATE identity_device SET seen_at = $2, agent = $3, address = $4 WHERE token = $1 AND token <> '' RETURNING id`, key, now, agent, part)
	if err == nil || !errors.Is(err, db.ErrNoRows) {
		return id, wrapDevice("see", err)
	}
	var before int64
	if err := c.Get(ctx, &before, `SELECT COUNT(*) FROM (SELECT 1 FROM identity_device WHERE account = $1 LIMIT 1) x`, a.Account); err != nil {
		return "", wrapDevice("look for", err)
	}
	// Two sign-ins of one browser at a time: the second finds the first's row.
	err = c.Get(ctx, &id, `INSERT INTO identity_device (id, account, token, agent, address, first_at, seen_at) VALUES ($1, $2, $3, $4, $5, $6, $6)
		ON CONFLICT (token) WHERE token <> '' DO UPDATE SET seen_at = excluded.seen_at RETURNING id`, db.NewID(), a.Account, key, agent, part, now)
	if err != nil || before == 0 || m.Events == nil || !m.TellsOfDevices(a) {
		return id, wrapDevice("keep", err)
	}
	day := now.In(clock.Beijing).Format(time.DateOnly)
	return id, m.Events.Publish(ctx, AccountChanged{ID: digest.Of("device", a.Account, day, agent, part)[:32], Account: a.Account,
		What: ChangedDevice, At: now, Note: agent, Network: part})
}

// TellsOfDevices says who is told of a device not seen before: everybody but those who share the demo's
// password, and staff where the city says so.
func (m *Module) TellsOfDevices(a Actor) bool {
	return a.IsApplicant() || a.Kind == KindStaff && !a.shared && m.Rules.StaffDevices
}

// Devices lists the browsers with which the actor's own account was signed in
// to, the last used first, at most 20.
func (m *Module) Devices(r *http.Request) ([]Device, error) {
	ctx := r.Context()
	var list []Device
	err := m.DB.Conn(ctx).Select(ctx, &list, `SELECT id, agent, address, first_at, seen_at FROM identity_device
		WHERE account = $1 AND gone_at IS NULL ORDER BY seen_at DESC, id DESC LIMIT $2`, FromContext(ctx).Account, mostDevices)
	here := web.Session(r).GetString(sessionDevice)
	for i := range list {
		list[i].Here = list[i].ID == here
	}
	return list, wrapDevice("list", err)
}

// RemoveDevice signs a browser of the actor's own account out and forgets it:
// who signs in with it again is told of like a new one. Errors:
// ErrDeviceUnknown, ErrDeviceHere.
func (m *Module) RemoveDevice(r *http.Request, id string) error {
	ctx, a := r.Context(), FromContext(r.Context())
	if id == web.Session(r).GetString(sessionDevice) {
		return ErrDeviceHere
	}
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		n, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE identity_device SET token = '', gone_at = $3 WHERE id = $1 AND account = $2 AND gone_at IS NULL`, id, a.Account, m.now(ctx))
		if err != nil {
			return wrapDevice("remove", err)
		}
		if n == 0 {
			return ErrDeviceUnknown
		}
		sessions, err := web.EndSome(ctx, m.DB, a.Account, sessionDevice, id, sessionID)
		if err != nil {
			return err
		}
		for _, session := range sessions {
			if err := m.ended(ctx, a.Account, session); err != nil {
				return err
			}
		}
		return m.record(ctx, "account.remove_device", a.Account, "")
	})
}

// sweepDevices forgets browsers that lost their cookie long ago, but the last of
// each account: who comes back after years with another one is told of.
func (m *Module) sweepDevices(ctx context.Context) error {
	_, err := m.DB.Conn(ctx).Exec(ctx, `DELETE FROM identity_device WHERE seen_at < $1 AND EXISTS (SELECT 1 FROM identity_device y
		WHERE y.account = identity_device.account AND (y.seen_at > identity_device.seen_at OR y.seen_at = identity_device.seen_at AND y.id > identity_device.id))`,
		m.now(ctx).AddDate(0, 0, -400))
	return wrapDevice("sweep", err)
}

// partOf is what is shown of a network address: the half that says where, not who.
func partOf(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return "未知"
	}
	ip = ip.Unmap()
	if ip.Is4() {
		b := ip.As4()
		return fmt.Sprintf("%d.%d.*.*", b[0], b[1])
	}
	p, _ := ip.Prefix(32) // never fails for an IPv6 address
	return strings.TrimSuffix(p.Addr().StringExpanded()[:9], ":") + ":*"
}

// AgentWords says in a few words what a browser calls itself.
func AgentWords(agent string) string {
	return firstIn(agent, "未知系统", [][2]string{{"Android", "安卓手机"}, {"HarmonyOS", "鸿蒙手机"}, {"OpenHarmony", "鸿蒙手机"}, {"iPhone", "苹果手机"},
		{"iPad", "苹果平板"}, {"Windows", "Windows电脑"}, {"Mac OS", "苹果电脑"}, {"Linux", "Linux电脑"}}) + "，" +
		firstIn(agent, "浏览器", [][2]string{{"MicroMessenger", "微信"}, {"Edg", "Edge浏览器"}, {"Firefox", "火狐浏览器"},
			{"Chrome", "Chrome浏览器"}, {"Safari", "Safari浏览器"}})
}

// firstIn is the word of the first mark that stands in a text.
func firstIn(text, otherwise string, words [][2]string) string {
	for _, w := range words {
		if strings.Contains(text, w[0]) {
			return w[1]
		}
	}
	return otherwise
}

func wrapDevice(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s device: %w", what, err)
}
