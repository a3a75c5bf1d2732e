package org

import (
	"context"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
	"yimen/workday"
)

// ErrWorkingDays is told for a number of days that no limit has.
var ErrWorkingDays = errs.Define(errs.Invalid, "clock_working_days", "工作日天数应为0至3660之间的整数，请修改。")

// API adds the module's operations: all public, what anybody may know.
func (m *Module) API(api huma.API) {
	get := func(path, summary string) huma.Operation {
		return huma.Operation{Method: http.MethodGet, Path: "/api/v1/" + path, Summary: summary, Tags: []string{"组织机构"}}
	}
	web.Op(api, get("divisions", "下级行政区划"), web.Public, m.apiDivisions)
	web.Op(api, get("outlets", "可用的办事网点，由近及远"), web.Public, m.apiOutlets)
	web.Op(api, get("agencies", "一个行政区划的机关单位"), web.Public, m.apiAgencies)
	web.Op(api, get("clock", "工作日推算"), web.Public, m.apiClock)
}

type divisionsIn struct {
	Parent string `query:"parent" doc:"上级区划代码（12位），不填为本市"`
	Quasi  bool   `query:"quasi" doc:"是否包括类似乡级单位（矿区、林场、园区）"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" doc:"每页行数，默认20"`
	After  string `query:"after" doc:"上一页返回的 next"`
}

type divisionOut struct {
	Code        string `json:"code"`
	Name        string `json:"name" doc:"简称：大寮坑村"`
	FullName    string `json:"full_name" doc:"全称：大寮坑村民委员会"`
	Kind        string `json:"kind"`
	Level       int    `json:"level" doc:"2省、3市、4县、5镇、6村"`
	Quasi       bool   `json:"quasi"`
	HasChildren bool   `json:"has_children"`
}

type list[T any] struct {
	Body struct {
		Items []T    `json:"items"`
		Next  string `json:"next" doc:"下一页的 after，没有下一页时为空"`
	}
}

func (m *Module) apiDivisions(ctx context.Context, in *divisionsIn) (*list[divisionOut], error) {
	rows, next, err := m.children(ctx, in.Parent, db.Page{Limit: in.Limit, After: in.After}, in.Quasi)
	if err != nil {
		return nil, err
	}
	out := &list[divisionOut]{}
	out.Body.Items, out.Body.Next = make([]divisionOut, len(rows)), next
	for i, d := range rows {
		has, _, err := m.children(ctx, d.Code, db.Page{Limit: 1}, in.Quasi)
		if err != nil {
			return nil, err
		}
		out.Body.Items[i] = divisionOut{d.Code, d.ShortName, d.Name, d.Kind, int(d.Level), d.Quasi, len(has) > 0}
	}
	return out, nil
}

type atDivision struct {
	Division string `query:"division" required:"true" doc:"区划代码（12位）"`
	Limit    int    `query:"limit" minimum:"1" maximum:"200" doc:"每页行数，默认20"`
	After    string `query:"after" doc:"上一页返回的 next"`
}

type outletOut struct {
	Code      string  `json:"code"`
	Name      string  `json:"name"`
	Kind      string  `json:"kind" enum:"centre,hall,town,village"`
	Division  string  `json:"division"`
	Address   string  `json:"address"`
	Phone     string  `json:"phone"`
	Complaint string  `json:"complaint_phone"`
	Hours     []Hours `json:"hours"`
	HoursText string  `json:"hours_text"`
}

func (m *Module) apiOutlets(ctx context.Context, in *atDivision) (*list[outletOut], error) {
	near, err := m.OutletsNear(ctx, in.Division)
	if err != nil {
		return nil, err
	}
	near, next, err := cut(near, db.Page{Limit: in.Limit, After: in.After}, func(o Outlet) string { return o.Code })
	if err != nil {
		return nil, err
	}
	out := &list[outletOut]{}
	out.Body.Next = next
	out.Body.Items = convert(near, func(o Outlet) outletOut {
		return outletOut{o.Code, o.Name, o.Kind, o.Division, o.Address, o.Phone, o.Complaint, append([]Hours{}, o.Hours...), o.HoursText()}
	})
	return out, nil
}

type agencyOut struct {
	Code      string `json:"code"`
	Name      string `json:"name"`
	ShortName string `json:"short_name"`
	USCC      string `json:"uscc"`
	Dept      string `json:"dept,omitempty"`
	Kind      string `json:"kind"`
	Level     int    `json:"level"`
	Phone     string `json:"phone"`
	Complaint string `json:"complaint_phone"`
}

func (m *Module) apiAgencies(ctx context.Context, in *atDivision) (*list[agencyOut], error) {
	if _, err := m.Division(ctx, in.Division); err != nil {
		return nil, err
	}
	all, err := m.AgenciesAt(ctx, in.Division)
	if err != nil {
		return nil, err
	}
	all, next, err := cut(all, db.Page{Limit: in.Limit, After: in.After}, func(a Agency) string { return a.Code })
	if err != nil {
		return nil, err
	}
	out := &list[agencyOut]{}
	out.Body.Next = next
	out.Body.Items = convert(all, func(a Agency) agencyOut {
		return agencyOut{a.Code, a.Name, a.ShortName, a.USCC, a.Dept, a.Kind, int(a.Level), a.Phone, a.Complaint}
	})
	return out, nil
}

// cut pages a list held in memory, whatever its order, by the key of the last
// row seen.
func cut[T any](all []T, p db.Page, key func(T) string) ([]T, string, error) {
	var after string
	ok, err := p.Key(&after)
	if err != nil {
		return nil, "", err
	}
	if ok {
		at := slices.IndexFunc(all, func(v T) bool { return key(v) == after })
		if at < 0 {
			return nil, "", db.ErrCursor
		}
		all = all[at+1:]
	}
	all, next := db.Cut(all, p, func(v T) []any { return []any{key(v)} })
	return all, next, nil
}

type clockIn struct {
	From        string `query:"from" required:"true" doc:"起算日（不计入），2006-01-02"`
	WorkingDays int    `query:"working_days" required:"true" doc:"工作日天数"`
	Division    string `query:"division" doc:"区划代码（12位），不填为本市"`
}

type clockOut struct {
	Body struct {
		From        string `json:"from"`
		WorkingDays int    `json:"working_days"`
		DueOn       string `json:"due_on" doc:"期限的最后一天（当日24:00前）"`
		Provisional bool   `json:"provisional" doc:"放假安排尚未公布到该年，结果可能变化"`
	}
}

func (m *Module) apiClock(ctx context.Context, in *clockIn) (*clockOut, error) {
	from, err := workday.ParseDate(in.From)
	if err != nil {
		return nil, errs.ErrInvalid.Field("from", err.Error())
	}
	if in.WorkingDays < 0 || in.WorkingDays > 3660 {
		return nil, ErrWorkingDays.Field("working_days", ErrWorkingDays.Message)
	}
	division := in.Division
	if division == "" {
		home, err := m.Home(ctx)
		if err != nil {
			return nil, err
		}
		division = home.Code
	} else if _, err := m.Division(ctx, division); err != nil {
		return nil, err
	}
	c := m.Calendar(ctx, division)
	due := c.AddWorkdays(from, in.WorkingDays)
	out := &clockOut{}
	out.Body.From, out.Body.WorkingDays, out.Body.DueOn = from.String(), in.WorkingDays, due.String()
	out.Body.Provisional = !c.Covers(due.Year())
	return out, nil
}
