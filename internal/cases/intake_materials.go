package cases

import (
	"context"
	"errors"
	"time"

	"yimen/internal/catalogue"
	"yimen/internal/kit/errs"
	"yimen/workday"
)

// Ways in which a material is met.
const (
	wayFile    = "file"
	wayLicence = "licence"
	wayPromise = "promise" // 告知承诺
	wayPaper   = "paper"
	wayLater   = "later"  // 容缺
	wayForm    = "form"   // the form is the paper
	wayLookUp  = "lookup" // found in a register: nobody hands it in
	wayOrgan   = "organ"  // 由部门核查
)

var wayWords = map[string]string{
	wayFile: "电子文件", wayLicence: "电子证照", wayPromise: "告知承诺", wayPaper: "纸质材料", wayLater: "容缺后补", wayForm: "由表单生成",
	wayLookUp: "已查询核实，免交", wayOrgan: "由部门核查，免交",
}

// way tells the one way a material is handed in; false when there is none or
// more than one.
func (h Handed) way() (string, bool) {
	found, n := "", 0
	for _, w := range []struct {
		name string
		used bool
	}{{wayFile, h.File != ""}, {wayLicence, h.Licence != ""}, {wayPromise, h.Promise}, {wayOrgan, h.Organ}, {wayPaper, h.Paper}, {wayLater, h.Later}, {wayForm, h.Form}} {
		if w.used {
			found, n = w.name, n+1
		}
	}
	return found, n == 1
}

// handedIn checks every material handed in, then that none is missing.
func (c *checker) handedIn(ctx context.Context) error {
	if !c.hasItem || c.list.Stop != "" || len(c.list.Open) > 0 {
		return nil // the list is not known yet
	}
	met := map[string]string{}
	for i, h := range c.s.Materials {
		row, err := c.material(ctx, i, h, c.list.Materials, met)
		if err != nil {
			return err
		}
		if row != nil {
			c.materials = append(c.materials, *row)
		}
	}
	for _, need := range c.list.Materials {
		if way := unasked(need); met[need.ID] == "" && way != "" {
			met[need.ID] = way
			c.materials = append(c.materials, materialRow{Material: need.ID, Name: need.Name, Way: way})
		}
		if need.Required() && met[need.ID] == "" {
			c.bad.Add("materials."+need.ID, "缺少“%s”，%s", need.Name, cure(need, c.s.Channel))
		}
	}
	return c.deferral(ctx, met)
}

// unasked is how a material is met of which nobody said anything: by what was
// found, or by the organ that decides; "" somebody has to.
func unasked(need catalogue.Material) string {
	switch {
	case need.Found:
		return wayLookUp
	case need.Organ:
		return wayOrgan
	}
	return ""
}

// cure says how a missing material can be met.
func cure(need catalogue.Material, channel string) string {
	text := "请上传"
	if need.Paperless {
		return need.Looked + "请选择告知承诺。"
	}
	if channel == ChannelWindow || channel == ChannelPost {
		text = "请上传或登记纸质材料"
	}
	if need.ByForm {
		text += "，也可以直接用填写的表单"
	}
	if need.Promise {
		text += "，也可以选择告知承诺"
	}
	if need.CanDefer() {
		text += "，也可以选择容缺后补"
	}
	return text + "。"
}

// material checks one line. met holds the way of each material seen so far:
// several files may make up one material, other ways stand alone.
func (c *checker) material(ctx context.Context, i int, h Handed, list []catalogue.Material, met map[string]string) (*materialRow, error) {
	need, ok := materialOf(list, h.ID)
	if !ok {
		c.bad.Add(fieldOf(i, "id"), "材料清单中没有“%s”，请按清单提交。", h.ID)
		return nil, nil
	}
	if need.Needless() {
		return nil, nil // not taken in: nobody has to bring it
	}
	way, ok := h.way()
	if !ok {
		c.bad.Add(fieldOf(i, "file"), "“%s”请用一种方式提交：文件、电子证照、告知承诺、纸质材料或容缺后补。", need.Name)
		return nil, nil
	}
	if need.Paperless && way != wayPromise && way != wayOrgan {
		return nil, nil // the same: nobody writes such a proof any more
	}
	if before := met[h.ID]; before != "" && (before != way || way != wayFile) {
		c.bad.Add(fieldOf(i, way), "“%s”已经提交过，请不要重复或混用方式。", need.Name)
		return nil, nil
	}
	met[h.ID] = way
	row := &materialRow{Material: need.ID, Name: need.Name, Way: way, File: h.File, Licence: h.Licence}
	switch way {
	case wayFile:
		return row, c.file(ctx, i, row)
	case wayLicence:
		return row, c.licence(ctx, i, row, need)
	case wayPromise:
		if !need.Promise {
			c.bad.Add(fieldOf(i, "promise"), "“%s”不适用告知承诺，请提交材料。", need.Name)
			return row, nil
		}
		return row, c.promise(ctx, i)
	case wayOrgan:
		if !need.Organ {
			c.bad.Add(fieldOf(i, "organ"), "“%s”不能留给部门核查，请提交材料。", need.Name)
		}
	case wayPaper:
		if c.s.Channel != ChannelWindow && c.s.Channel != ChannelPost {
			c.bad.Add(fieldOf(i, "paper"), "“%s”的纸质材料只能在窗口或以邮寄方式提交，请上传电子文件。", need.Name)
		}
	case wayForm:
		if !need.ByForm {
			c.bad.Add(fieldOf(i, "form"), "“%s”不能由表单代替，请提交材料。", need.Name)
		}
	case wayLater:
		if !need.CanDefer() {
			c.bad.Add(fieldOf(i, "later"), "“%s”不能容缺后补，请现在提交。", need.Name)
		}
	}
	return row, nil
}

func materialOf(list []catalogue.Material, id string) (catalogue.Material, bool) {
	for _, m := range list {
		if m.ID == id {
			return m, true
		}
	}
	return catalogue.Material{}, false
}

// file checks that an uploaded file is there and was uploaded by whoever uses
// it: a file's id is no proof of a right to it.
func (c *checker) file(ctx context.Context, i int, row *materialRow) error {
	f, err := c.m.Files.Stat(ctx, row.File)
	if err != nil {
		var e *errs.Error
		if errors.As(err, &e) && e.Kind == errs.NotFound {
			c.bad.Add(fieldOf(i, "file"), "“%s”的文件不存在，请重新上传。", row.Name)
			return nil
		}
		return err
	}
	if mine, err := c.mayUse(ctx, f.Owner); err != nil {
		return err
	} else if !mine {
		c.bad.Add(fieldOf(i, "file"), "“%s”的文件不存在，请重新上传。", row.Name)
		return nil
	}
	row.FileName = f.Name
	return nil
}

// deferral checks the promise that goes with 容缺: a day on which the missing
// materials will be there, within the promised time of the item.
func (c *checker) deferral(ctx context.Context, met map[string]string) error {
	deferred := false
	for _, way := range met {
		deferred = deferred || way == wayLater
	}
	if !deferred {
		c.s.DeferUntil = workday.Date{}
		return nil
	}
	limit := promiseOf(c.def())
	if limit.Unit == workday.Immediate {
		c.bad.Add("defer_until", "即办件当场办结，不能容缺后补，请现在提交全部材料。")
		return nil
	}
	last := limit.DueOn(c.m.Org.Calendar(ctx, c.competent.Division), c.today, workday.Options{})
	if c.s.DeferUntil.IsZero() {
		c.s.DeferUntil = last
	}
	if !c.s.DeferUntil.After(c.today) || c.s.DeferUntil.After(last) {
		c.bad.Add("defer_until", "补交日期应在今天之后、%s（承诺办结时限）之前，请重新选择。", last.Chinese())
	}
	return nil
}

// promiseOf gives the promised limit in the units of the clock.
func promiseOf(d *catalogue.Definition) workday.Limit {
	if d.Promised.None() {
		return workday.Limit{Unit: workday.Immediate}
	}
	return limitOf(d.Promised)
}

// limitOf gives a limit of the catalogue in the units of the clock; no limit
// in law is the zero Limit.
func limitOf(l catalogue.Limit) workday.Limit {
	switch {
	case l.None():
		return workday.Limit{}
	case l.Unit == catalogue.UnitDay:
		return workday.Limit{N: l.N, Unit: workday.NaturalDays}
	}
	return workday.Limit{N: l.N, Unit: workday.Workdays}
}

// rows gives the materials their ids and their case.
func rows(list []materialRow, caseID string, at time.Time, newID func() string) []materialRow {
	out := make([]materialRow, len(list))
	for i, r := range list {
		r.ID, r.CaseID, r.MadeAt = newID(), caseID, at
		out[i] = r
	}
	return out
}
