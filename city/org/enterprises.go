package cityorg

import (
	"context"
	"fmt"
	"sync"

	"yimen/gb"
	"yimen/internal/identity"
)

// Enterprises is the sample city's register of enterprises: the company of each
// of the first fifty citizens, who lead it, and of the newcomer. None of them has
// an account here before somebody binds it. All are made up.
type Enterprises struct{}

// companies is how many the register has.
const companies = 50

// Enterprise implements identity.EnterpriseRegister.
func (Enterprises) Enterprise(_ context.Context, uscc string) (identity.Enterprise, bool, error) {
	byCode, err := register()
	if err != nil {
		return identity.Enterprise{}, false, err
	}
	e, ok := byCode[uscc]
	return e, ok, nil
}

// CompanyOf is the company that citizen i leads: 1 to 50, and NewcomerNo.
func CompanyOf(i int) (identity.Enterprise, error) {
	byCode, err := register()
	if err != nil {
		return identity.Enterprise{}, err
	}
	for _, e := range byCode {
		if e.USCC[8:16] == body(i) {
			return e, nil
		}
	}
	return identity.Enterprise{}, fmt.Errorf("sample city: citizen %d leads no company", i)
}

func body(i int) string { return fmt.Sprintf("MA4Y%04d", i) }

var register = sync.OnceValues(func() (map[string]identity.Enterprise, error) {
	people, err := People()
	if err != nil {
		return nil, err
	}
	n, err := readNames()
	if err != nil {
		return nil, err
	}
	byCode := map[string]identity.Enterprise{}
	newcomer, err := Newcomer()
	if err != nil {
		return nil, err
	}
	leads := map[int]identity.NewAccount{NewcomerNo: newcomer}
	for i := range companies {
		leads[i+1] = people[i]
	}
	for i, legal := range leads {
		uscc, err := gb.MakeUSCC("91", legal.Division[:6], body(i))
		if err != nil {
			return nil, fmt.Errorf("sample city, company %d: %w", i, err)
		}
		byCode[uscc.String()] = identity.Enterprise{USCC: uscc.String(), Division: legal.Division, Address: legal.Address,
			Name: "韶关市" + n.brands[(i+3)%len(n.brands)] + n.trades[(i*5)%len(n.trades)] + "有限公司", LegalName: legal.DisplayName, LegalIDNo: legal.IDNo}
	}
	return byCode, nil
})
