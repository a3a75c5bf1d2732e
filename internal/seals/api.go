package seals

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/web"
	"yimen/workday"
)

// API adds the module's operations.
func (m *Module) API(api huma.API) {
	web.Op(api, huma.Operation{Method: http.MethodGet, Path: "/api/v1/seals/{number}", OperationID: "seal-state", Summary: "印章状态：今天能不能用、从什么时候起",
		Description: "按13位印章编码查询，不用登录。验证盖了章的文件时，印章在盖章以后被停用或注销，不影响以前盖的章；请用since比较。没有制作完成的印章查不到。",
		Tags:        []string{"印章"}}, stateGuard, m.apiState)
}

var stateGuard = web.Public.And(web.RateLimit("seal state", 60, time.Minute, nil))

type stateIn struct {
	Number string `path:"number" maxLength:"40" doc:"13位印章编码（印章文件里的esID）"`
}

type stateOut struct{ Body PublicState }

// PublicState is what anybody may know of a seal.
type PublicState struct {
	Number string       `json:"number" doc:"印章编码"`
	Name   string       `json:"name"`
	Agency string       `json:"agency" doc:"使用单位"`
	State  string       `json:"state" enum:"valid,suspended,cancelled,expired,not_yet" doc:"valid有效，suspended停用，cancelled注销，expired过了有效期，not_yet还没有启用"`
	Since  time.Time    `json:"since" doc:"从什么时候起是这个状态"`
	From   workday.Date `json:"valid_from"`
	Until  workday.Date `json:"valid_until" doc:"最后一天"`
}

func (m *Module) apiState(ctx context.Context, in *stateIn) (*stateOut, error) {
	s, err := m.StateOf(ctx, in.Number)
	return &stateOut{s}, err
}

// StateOf says what a seal is worth today, by its number (esID); ErrUnknown also of
// one that was never made.
func (m *Module) StateOf(ctx context.Context, number string) (PublicState, error) {
	var s struct {
		Seal
		At time.Time `db:"at"`
	}
	err := m.DB.Conn(ctx).Get(ctx, &s, `SELECT s.es_id, s.name, s.agency_name, s.state, s.from_on, s.until_on, h.at FROM seals_seal s JOIN seals_history h ON h.seal = s.id
		WHERE s.es_id = $1 ORDER BY h.id DESC LIMIT 1`, strings.TrimSpace(number))
	if errors.Is(err, db.ErrNoRows) {
		return PublicState{}, ErrUnknown
	}
	if err != nil {
		return PublicState{}, wrap("read state of seal", err)
	}
	p := PublicState{Number: s.ESID, Name: s.Name, Agency: s.AgencyName, Since: s.At, From: s.From, Until: s.Until}
	today := m.today(ctx)
	switch s.State {
	case Made, HandedOut:
		p.State = "not_yet"
	case Active:
		p.State = "valid"
	case Suspended:
		p.State = "suspended"
	case Cancelled:
		p.State = "cancelled"
	default:
		return PublicState{}, ErrUnknown
	}
	if p.State != "valid" && p.State != "suspended" {
		return p, nil
	}
	if today.Before(s.From) {
		p.State = "not_yet"
	} else if today.After(s.Until) {
		p.State, p.Since = "expired", s.Until.Add(1).Time(clock.Beijing)
	}
	return p, nil
}
