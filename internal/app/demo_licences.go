package app

import (
	"context"
	"errors"
	"fmt"

	"yimen/city"
	"yimen/face/samples"
	"yimen/gb"
	"yimen/internal/identity"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/errs"
	"yimen/internal/licences"
	"yimen/internal/org"
	"yimen/workday"
)

// Agencies of the sample's licences: departments, and who keeps the city's list
// of types.
const (
	police, market, disabled, forestry = "D07", "D25", "D37", "D18"
	typesKeeper                        = "440200-d29"
)

// licenceSample loads the types, and takes over what the sample's people would
// have in their drawers: stock that its issuers have confirmed.
func (a *App) licenceSample(ctx context.Context, people []identity.NewAccount) error {
	types, err := city.LicenceTypes()
	if err != nil {
		return err
	}
	keeper, err := a.Org.Agency(ctx, typesKeeper)
	if err != nil {
		return err
	}
	if err := a.Licences.LoadTypes(ctx, keeper.USCC, types); err != nil {
		return err
	}
	looks, err := city.LicenceTemplates()
	if err != nil {
		return err
	}
	if err := a.Licences.LoadTemplates(ctx, looks); err != nil {
		return err
	}
	n := map[identity.Kind]int{}
	for _, p := range people {
		if n[p.Kind]++; n[p.Kind] > 20 {
			continue
		}
		papers := companyPapers(n[p.Kind], p)
		if p.Kind == identity.KindPerson {
			papers, err = personPapers(n[p.Kind], p)
		}
		for _, x := range papers {
			err = errors.Join(err, a.takeOver(ctx, p, x))
		}
		if err != nil {
			return fmt.Errorf("sample licences of %s: %w", p.Name, err)
		}
	}
	return nil
}

// samplePaper is a licence of the sample.
type samplePaper struct {
	dept  string // that issues
	days  int    // since it was issued
	years int    // it is valid for; 0 for good
	licences.Entry
}

func (a *App) takeOver(ctx context.Context, p identity.NewAccount, x samplePaper) error {
	issuer, err := a.Org.AgencyByDept(ctx, x.dept, org.Above(p.Division, org.County))
	if errs.KindOf(err) == errs.NotFound && err != nil {
		issuer, err = a.Org.AgencyByDept(ctx, x.dept, org.Above(p.Division, org.City)) // districts leave it to the city
	}
	if err != nil {
		return err
	}
	e := x.Entry
	e.Issuer, e.HolderName, e.HolderNo, e.Trust = issuer.Code, p.DisplayName, p.IDNo, licences.TrustB
	e.IssuedOn = workday.DateOf(a.Clock.Now(), clock.Beijing).Add(-x.days)
	if x.years > 0 {
		e.To = e.IssuedOn.Add(x.years*365 - 1)
	}
	_, err = a.Licences.TakeOver(ctx, e)
	return err
}

// personPapers are those of the i-th citizen; a few have lapsed.
func personPapers(i int, p identity.NewAccount) ([]samplePaper, error) {
	id, err := gb.ParseResidentID(p.IDNo, workday.Date{})
	if err != nil {
		return nil, err
	}
	list := []samplePaper{
		{police, 2000 + 30*i, 20, licences.Entry{Type: "ZZ001", Number: p.IDNo, Fields: map[string]string{
			"XB": id.Sex().String(), "MZ": "汉", "CSRQ": id.Birth().String(), "ZZ": p.Address}}},
		{police, 1500 + i, 0, licences.Entry{Type: "ZZ002", Number: fmt.Sprintf("HK%07d", 1000+i), Fields: map[string]string{
			"HB": "家庭户", "HZXM": p.DisplayName, "YHZGX": "户主", "ZZ": p.Address}}},
	}
	if i <= len(demoPortraits) {
		list[0].Pictures = map[string][]byte{"ZP": samples.Portrait(demoPortraits[i-1])}
	}
	if i%6 == 1 {
		list = append(list, samplePaper{disabled, 400 * i, 10, licences.Entry{Type: "ZZ046", Number: p.IDNo + "43", Fields: map[string]string{
			"CJLB": "肢体", "CJDJ": "三级", "ZZ": p.Address}}})
	}
	if i%5 == 1 {
		list = append(list, samplePaper{forestry, 100 + i*20, 1, licences.Entry{Type: "ZZ047", Number: fmt.Sprintf("采字〔2026〕第%04d号", i), Fields: map[string]string{
			"CFDD": p.Address, "CFLX": "主伐", "CFFS": "皆伐", "SZ": "杉木", "MJ": "0.8", "XJL": "96", "CCL": "67", "GXQX": "2027-03-31"}}})
	}
	return list, nil
}

// companyPapers are those of the i-th company.
func companyPapers(i int, p identity.NewAccount) []samplePaper {
	list := []samplePaper{{market, 1200 + 11*i, 0, licences.Entry{Type: "ZZ051", Number: p.IDNo, Fields: map[string]string{
		"ZTLX": "有限责任公司（自然人投资或控股）", "FDDBR": p.LegalName, "ZCZB": "人民币壹佰万元", "CLRQ": "2019-09-01", "ZS": p.Address,
		"JYFW": "以登记机关核定的为准。"}}}}
	if i%4 == 1 {
		list = append(list, samplePaper{market, 300 + i, 5, licences.Entry{Type: "ZZ052", Number: fmt.Sprintf("JY2440200%07d", i), Fields: map[string]string{
			"FDDBR": p.LegalName, "JYCS": p.Address, "ZTYT": "食品销售经营者", "JYXM": "预包装食品销售"}}})
	}
	return list
}
