package proofs_test

import (
	"fmt"
	"slices"
	"testing"

	"yimen/internal/app/apptest"
	"yimen/internal/cases"
	"yimen/internal/catalogue"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
)

const village = "440232112209"

// What the sample city asks of people and its list of proofs agree: no item in
// force demands a proof that the list does not keep.
func TestNoItemInForceDemandsAProofOffTheList(t *testing.T) {
	s := apptest.New(t)
	ctx := s.Ctx("editor-440200")
	off, err := s.Proofs.OffList(ctx)
	if err != nil || len(off) > 0 {
		t.Errorf("%+v (%v)", off, err)
	}
	seen := 0
	for at := (db.Page{Limit: db.MaxLimit}); ; {
		list, next, err := s.Catalogue.Search(ctx, catalogue.Query{}, at)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range list {
			v, err := s.Catalogue.Current(ctx, x.Code)
			if err != nil {
				t.Fatal(err)
			}
			found, err := s.Catalogue.Check(ctx, &v.Definition)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range found {
				if f.Rule == catalogue.RuleProofs {
					t.Errorf("%s %s: %s", x.Code, x.Name, f.Message)
				}
			}
			seen++
		}
		if next == "" {
			break
		}
		at.After = next
	}
	if seen < 190 {
		t.Errorf("%d items only", seen)
	}
}

// What the organ looks up is named and not asked for: neither at home nor at the
// window, and what is handed in all the same is not kept.
func TestWhatTheOrganLooksUpIsNotAskedFor(t *testing.T) {
	s := apptest.New(t)
	clerk := "clerk-440224000000"
	c := s.Submit(clerk, "SG10005", "440224000000", func(sub *cases.Submission) {
		sub.Materials = append(sub.Materials, cases.Handed{ID: "exam_result", Paper: true})
	})
	whole, err := s.Cases.Find(s.Ctx(clerk), c.Number)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(whole.Content.Checklist.Materials, func(m cases.ChecklistItem) bool { return m.ID == "exam_result" })
	if i < 0 || !whole.Content.Checklist.Materials[i].Needless() {
		t.Errorf("%+v", whole.Content.Checklist.Materials)
	}
	if slices.ContainsFunc(whole.Content.Materials, func(m cases.Material) bool { return m.ID == "exam_result" && m.Way != "organ" }) {
		t.Error("what nobody has to bring was kept")
	}
	_, err = s.Cases.RequestCorrection(s.Ctx(clerk), c.Number, cases.Act{Deficiencies: []cases.Deficiency{{Material: "exam_result", Problem: "没有", Cure: "补交"}}})
	fieldsOf(t, err, "deficiencies.0.material")
	s.Anybody().Get("/items/SG10005").Status(200).Must("由部门核查，无需提供")
}

// A counter cannot ask for a proof off the list: not as a material, not by name
// in a correction.
func TestACounterCannotAddAProof(t *testing.T) {
	s := apptest.New(t)
	clerk := s.Ctx("clerk-" + village)
	sub := s.Submission("SG01010", village)
	sub.Materials = append(sub.Materials, cases.Handed{ID: "residence_proof", Paper: true})
	_, err := s.Cases.Submit(clerk, sub)
	fieldsOf(t, err, fmt.Sprintf("materials.%d.id", len(sub.Materials)-1))

	c := s.Submit("clerk-"+village, "SG01010", village, nil)
	for _, x := range []struct {
		act    cases.Act
		fields []string
	}{
		{cases.Act{Deficiencies: []cases.Deficiency{{Material: "residence_proof", Problem: "没有交", Cure: "补交"}}}, []string{"deficiencies.0.material"}},
		{cases.Act{Deficiencies: []cases.Deficiency{{Problem: "没有无业证明", Cure: "回村里开无业证明"}}}, []string{"deficiencies.0.cure", "deficiencies.0.problem"}},
		{cases.Act{Opinion: "请补交居住证明。"}, []string{"deficiencies.0.problem"}},
	} {
		_, err := s.Cases.RequestCorrection(clerk, c.Number, x.act)
		fieldsOf(t, err, x.fields...)
	}
	// Words about what may be asked for are no demand of something else.
	if _, err := s.Cases.RequestCorrection(clerk, c.Number, cases.Act{Deficiencies: []cases.Deficiency{{Problem: "无犯罪记录证明上的姓名不清", Cure: "请重新拍照上传"}}}); err != nil {
		t.Error(err)
	}
}

func fieldsOf(t *testing.T, err error, want ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("nothing refused, want %v", want)
	}
	var got []string
	for _, f := range errs.From(err).Fields {
		got = append(got, f.Name)
	}
	if !slices.Equal(got, want) {
		t.Errorf("refused %v (%v), want %v", got, err, want)
	}
}

// A correction takes nothing that is not on the list of the case.
func TestACorrectionTakesNothingOffTheList(t *testing.T) {
	s := apptest.New(t)
	clerk := s.Ctx("clerk-" + village)
	c := s.Submit("clerk-"+village, "SG01010", village, nil)
	if _, err := s.Cases.RequestCorrection(clerk, c.Number, cases.Act{Opinion: "身份证照片不清。"}); err != nil {
		t.Fatal(err)
	}
	_, err := s.Cases.Correct(clerk, c.Number, cases.Act{Opinion: "补交了证明。", Materials: []cases.Handed{{ID: "residence_proof", Paper: true}}})
	fieldsOf(t, err, "materials.0.id")
}

// A licence that would do for it does not hide a proof that is off the list, nor
// does calling it a licence.
func TestALicenceDoesNotHideAProofOffTheList(t *testing.T) {
	s := apptest.New(t)
	v, err := s.Catalogue.Current(s.System(), "SG01010")
	if err != nil {
		t.Fatal(err)
	}
	for name, m := range map[string]catalogue.Material{
		"a licence does for it": {Name: "婚姻状况证明", LicenceTypes: catalogue.LicenceTypes{"ZZ012"}},
		"called a licence":      {Name: "婚姻状况证明", Class: catalogue.ClassLicence},
		"on no list at all":     {Name: "祖宅来历证明", LicenceTypes: catalogue.LicenceTypes{"ZZ061"}},
	} {
		d, err := v.Definition.Clone()
		if err != nil {
			t.Fatal(err)
		}
		m.ID, m.Kind, m.Form, m.Originals, m.Necessity, m.Source = "x", "original", "both", 1, catalogue.Required, "applicant"
		d.Materials = append(d.Materials, m)
		found, err := s.Catalogue.Check(s.System(), &d)
		if err != nil || !slices.ContainsFunc(found, func(f catalogue.Finding) bool { return f.Rule == catalogue.RuleProofs }) {
			t.Errorf("%s: %+v %v", name, found, err)
		}
	}
}
