package org

import (
	"regexp"
	"slices"

	"yimen/gb"
	"yimen/internal/kit/errs"
	"yimen/workday"
)

var (
	agencyCodeForm = regexp.MustCompile(`^\d{6}-[a-z0-9]{1,12}$`)
	deptForm       = regexp.MustCompile(`^D\d{2,3}$`)
	staffIDForm    = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)
)

var (
	agencyKinds = []string{Government, Department, Vertical, Utility, TownOffice, Committee}
	outletKinds = []string{Centre, Hall, TownOutlet, VillagePoint}
)

// fail notes what is wrong with a field of a line; the line is not loaded.
func (in *importing) fail(l line, field, message string) {
	*l.failed = true
	in.errors = append(in.errors, LineError{Line: l.no, Field: field, Message: message})
}

// failErr is fail with the sentence of an error; nil is right.
func (in *importing) failErr(l line, field string, err error) {
	if err != nil {
		in.fail(l, field, err.Error())
	}
}

// first says that a key has not been met in this file before.
func (in *importing) first(l line, field, key string) {
	if in.taken[key] {
		in.fail(l, field, "与前面的行重复，请删除其中一行。")
	}
	in.taken[key] = true
}

func (in *importing) name(l line) string {
	if n := len([]rune(l.fields["name"])); n == 0 || n > 100 {
		in.fail(l, "name", "请填写100字以内的名称。")
	}
	return l.fields["name"]
}

func (in *importing) hasDivision(code string) bool {
	_, there := in.at.divisions[code]
	return there
}

func (in *importing) division(l line) string {
	code := l.fields["division"]
	if !in.hasDivision(code) {
		in.fail(l, "division", "没有这个行政区划，请先导入区划或更正代码。")
	} else {
		in.mine(l, "division", code)
	}
	return code
}

// mine says that the importer keeps what stands in a division.
func (in *importing) mine(l line, field, division string) {
	if !in.may(division) {
		in.fail(l, field, "这个地区不归您管理，请交有权限的管理员处理。")
	}
}

func (in *importing) date(l line, field string) workday.Date {
	if l.fields[field] == "" {
		return workday.Date{}
	}
	d, err := workday.ParseDate(l.fields[field])
	in.failErr(l, field, err)
	return d
}

func importDivision(in *importing, l line) {
	code := l.fields["code"]
	d := Division{Code: code, Name: in.name(l), ShortName: l.or("short_name", l.fields["name"]), Kind: l.fields["kind"],
		Level: LevelOf(code), Quasi: l.fields["quasi"] == "1", ValidFrom: in.date(l, "valid_from"), ValidTo: in.date(l, "valid_to"),
		Successor: l.fields["successor"], Trust: l.or("trust", byOperator), Source: l.fields["source"]}
	in.first(l, "code", code)
	in.mine(l, "code", code)
	switch {
	case d.Level == 0:
		in.fail(l, "code", "区划代码应为12位数字，请更正。")
		return
	case d.Level >= County && code[4:6] == "01":
		in.fail(l, "code", "“市辖区”（01）是汇总码，不是行政区划，请删除此行。")
	}
	if d.Level > Province {
		d.Parent = l.or("parent", Above(code, d.Level-1))
		_, inFile := in.file[d.Parent]
		if d.Parent != Above(code, d.Level-1) {
			in.fail(l, "parent", "上级区划与代码不符，应为 "+Above(code, d.Level-1)+"。")
		} else if !inFile && !in.hasDivision(d.Parent) {
			in.fail(l, "parent", "没有上级区划 "+d.Parent+"，请先导入上级。")
		}
	}
	if !d.ValidTo.IsZero() && d.ValidTo.Before(d.ValidFrom) {
		in.fail(l, "valid_to", "撤销日期不能早于设立日期，请更正。")
	}
	if _, inFile := in.file[d.Successor]; d.Successor != "" && !inFile && !in.hasDivision(d.Successor) {
		in.fail(l, "successor", "没有继任区划 "+d.Successor+"，请先导入或更正。")
	}
	if q := l.fields["quasi"]; q != "" && q != "0" && q != "1" {
		in.fail(l, "quasi", "只能填0或1。")
	}
	if !*l.failed {
		in.rows.Divisions = append(in.rows.Divisions, d)
	}
}

func importAgency(in *importing, l line) {
	a := Agency{Code: l.fields["code"], Name: in.name(l), ShortName: l.or("short_name", l.fields["name"]), USCC: l.fields["uscc"],
		Dept: l.fields["dept"], Division: in.division(l), Parent: l.fields["parent"], Kind: l.fields["kind"],
		Phone: l.fields["phone"], Complaint: l.fields["complaint"], Trust: l.or("trust", byOperator)}
	a.Level = LevelOf(a.Division)
	in.first(l, "code", a.Code)
	if !agencyCodeForm.MatchString(a.Code) && LevelOf(a.Code) == 0 {
		in.fail(l, "code", "单位代码应为12位区划代码，或“440232-d11”的格式，请更正。")
	}
	if a.Dept != "" && !deptForm.MatchString(a.Dept) {
		in.fail(l, "dept", "部门编号应为 D 加2至3位数字，请更正。")
	}
	if !slices.Contains(agencyKinds, a.Kind) {
		in.fail(l, "kind", "类型应为 government、department、vertical、utility、town 或 village。")
	}
	if a.USCC != "" {
		in.failErr(l, "uscc", gb.ValidateUSCC(a.USCC))
	}
	in.phones(l, a.Phone, a.Complaint, false)
	if there, ok := in.at.agencies[a.Code]; ok && there.Division != a.Division {
		in.mine(l, "division", there.Division)
	}
	in.first(l, "dept", a.Division+" "+a.Dept)
	if there, ok := in.at.agencyOf[deptAt{a.Dept, a.Division}]; ok && there.Code != a.Code {
		in.fail(l, "dept", "该区划的这个部门已由 "+there.Code+" 登记，请更正。")
	}
	if !*l.failed {
		in.rows.Agencies = append(in.rows.Agencies, a)
	}
}

func importOutlet(in *importing, l line) {
	o := Outlet{Code: l.fields["code"], Name: in.name(l), Kind: l.fields["kind"], Division: in.division(l),
		Address: l.fields["address"], Phone: l.fields["phone"], Complaint: l.fields["complaint"], Trust: l.or("trust", byOperator)}
	in.first(l, "code", o.Code)
	if LevelOf(o.Code) == 0 {
		in.fail(l, "code", "网点代码应为12位数字，请更正。")
	}
	if !slices.Contains(outletKinds, o.Kind) {
		in.fail(l, "kind", "类型应为 centre、hall、town 或 village。")
	}
	if o.Address == "" {
		in.fail(l, "address", "请填写地址。")
	}
	in.phones(l, o.Phone, o.Complaint, true)
	if there, ok := in.at.outlets[o.Code]; ok && there.Division != o.Division {
		in.mine(l, "division", there.Division)
	}
	var err error
	if o.Hours, err = ParseHours(l.fields["hours"]); err != nil {
		in.fail(l, "hours", errs.From(err).Message)
	}
	if !*l.failed {
		in.rows.Outlets = append(in.rows.Outlets, o)
	}
}

func importStaff(in *importing, l line) {
	s := Staff{ID: l.fields["id"], Name: in.name(l), Agency: l.fields["agency"], Outlet: l.fields["outlet"],
		Post: l.fields["post"], Active: l.or("active", "1") == "1"}
	in.first(l, "id", s.ID)
	if !staffIDForm.MatchString(s.ID) {
		in.fail(l, "id", "人员编号应为1至64位字母、数字或 . _ -，请更正。")
	}
	if _, ok := in.at.posts[s.Post]; !ok {
		in.fail(l, "post", "没有这个岗位，请从岗位表中选择。")
	}
	if a, ok := in.at.agencies[s.Agency]; ok {
		in.mine(l, "agency", a.Division)
	} else if s.Agency != "" {
		in.fail(l, "agency", "没有这个单位，请先导入单位或更正代码。")
	}
	if o, ok := in.at.outlets[s.Outlet]; ok {
		in.mine(l, "outlet", o.Division)
	} else if s.Outlet != "" {
		in.fail(l, "outlet", "没有这个网点，请先导入网点或更正代码。")
	}
	if s.Agency == "" && s.Outlet == "" {
		in.fail(l, "agency", "请填写所在单位或网点。")
	}
	number, given := l.fields["phone"]
	if s.keepsPhone = !given; number != "" {
		var err error
		s.Phone, err = gb.ParseMobile(number)
		in.failErr(l, "phone", err)
	}
	if !*l.failed {
		in.rows.Staff = append(in.rows.Staff, s)
	}
}

// phones checks two numbers; when they are not required, empty ones pass.
func (in *importing) phones(l line, consult, complaint string, required bool) {
	for _, p := range []struct{ field, number string }{{"phone", consult}, {"complaint", complaint}} {
		if p.number != "" || required {
			_, err := gb.ParsePhone(p.number, "")
			in.failErr(l, p.field, err)
		}
	}
	if consult != "" && consult == complaint {
		in.fail(l, "complaint", "投诉电话不能与咨询电话相同，请另填一个。")
	}
}
