package org

import (
	"context"

	"yimen/internal/kit/errs"
)

// Kinds of agencies.
const (
	Government = "government" // 人民政府 of a city or county
	Department = "department" // 部门
	Vertical   = "vertical"   // 垂直管理 (tax, weather, tobacco …)
	Utility    = "utility"    // 公用企业 (power, water, gas, post)
	TownOffice = "town"       // 镇人民政府, 街道办事处, 民族乡人民政府
	Committee  = "village"    // 村民委员会, 居民委员会
)

// Agency (机关单位) is a body that decides. Codes: a department is
// "440200-d11", its county counterpart "440232-d11"; a government and a village
// committee have the code of their division.
type Agency struct {
	Code      string
	Name      string
	ShortName string
	USCC      string // 统一社会信用代码
	Dept      string // D01…; "" for governments and committees
	Division  string
	Level     Level
	Parent    string // the agency above in the same line, or the government
	Kind      string
	Phone     string // 咨询电话
	Complaint string // 监督投诉电话; never the same as Phone
	Trust     string
}

// Errors about agencies.
var (
	ErrAgencyUnknown = errs.Define(errs.NotFound, "org_agency_unknown", "没有这个部门（单位），请重新选择。")
	ErrNoAgency      = errs.Define(errs.Invalid, "org_no_agency", "该地区没有办理此事项的机关，请改选地区或拨打12345咨询。")
)

// Agency gives one agency; ErrAgencyUnknown.
func (m *Module) Agency(ctx context.Context, code string) (Agency, error) {
	s, err := m.view(ctx)
	if err != nil {
		return Agency{}, err
	}
	a, ok := s.agencies[code]
	if !ok {
		return Agency{}, ErrAgencyUnknown
	}
	return *a, nil
}

// AgenciesByCode gives those of the codes that exist.
func (m *Module) AgenciesByCode(ctx context.Context, codes []string) (map[string]Agency, error) {
	s, err := m.view(ctx)
	if err != nil {
		return nil, err
	}
	return pick(s.agencies, codes), nil
}

// AgenciesAt lists the agencies of exactly one division, government first,
// then departments by key.
func (m *Module) AgenciesAt(ctx context.Context, division string) ([]Agency, error) {
	s, err := m.view(ctx)
	if err != nil {
		return nil, err
	}
	return values(s.agenciesAt[division]), nil
}

// Agencies lists every agency, ordered by code.
func (m *Module) Agencies(ctx context.Context) ([]Agency, error) {
	s, err := m.view(ctx)
	if err != nil {
		return nil, err
	}
	return values(s.agencyList), nil
}

// AgencyByDept gives the agency of a department (D11) at exactly that
// division; dept "" is the government or committee itself. ErrNoAgency.
func (m *Module) AgencyByDept(ctx context.Context, dept, division string) (Agency, error) {
	s, err := m.view(ctx)
	if err != nil {
		return Agency{}, err
	}
	return s.byDept(dept, division)
}

// CompetentAgency gives the agency that decides a matter (有管辖权的机关): from
// the division of the matter up to the level of decision, there the
// department's agency. At town and village level that is the town government
// or the committee, whatever the department. ErrDivisionUnknown;
// ErrDivisionTooHigh when the matter's division lies above the level;
// ErrNoAgency when there is none (a quasi unit, a county without the counterpart).
func (m *Module) CompetentAgency(ctx context.Context, dept string, level Level, division string) (Agency, error) {
	s, err := m.view(ctx)
	if err != nil {
		return Agency{}, err
	}
	if _, ok := s.divisions[division]; !ok {
		return Agency{}, ErrDivisionUnknown
	}
	at := Above(division, level)
	if at == "" {
		return Agency{}, ErrDivisionTooHigh
	}
	if level >= Town {
		dept = ""
	}
	return s.byDept(dept, at)
}

func (s *snapshot) byDept(dept, division string) (Agency, error) {
	a, ok := s.agencyOf[deptAt{dept, division}]
	if !ok {
		return Agency{}, ErrNoAgency
	}
	return *a, nil
}
