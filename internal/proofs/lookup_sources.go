package proofs

import (
	"context"

	"yimen/gb"
	"yimen/internal/identity"
	"yimen/internal/licences"
	"yimen/workday"
)

// Names of the sources that this program holds itself.
const (
	SourcePerson     = "person"
	SourceLicence    = "licence"
	SourceEnterprise = "enterprise"
)

// PersonRegister asks the city's person register whether name and number belong
// together.
type PersonRegister struct{ People licences.People }

// Name implements Source.
func (PersonRegister) Name() string { return "本市人口信息" }

// Ask implements Source.
func (s PersonRegister) Ask(ctx context.Context, q Question) (Answer, error) {
	if q.Holder.IDType != gb.IDResident.Code() {
		return Answer{LookUpNotFound, "人口信息按居民身份证查询，申请人用的是别的证件。"}, nil
	}
	ok, err := s.People.Match(ctx, q.Holder.Name, q.Holder.IDNo)
	if err != nil || ok {
		return Answer{LookUpFound, "姓名和公民身份号码一致。"}, err
	}
	return Answer{LookUpNotFound, "没有姓名和公民身份号码都一致的人。"}, nil
}

// EnterpriseRegister asks the register of enterprises whether the applicant is
// registered, and where.
type EnterpriseRegister struct{ Enterprises identity.EnterpriseRegister }

// Name implements Source.
func (EnterpriseRegister) Name() string { return "市场主体登记信息" }

// Ask implements Source.
func (s EnterpriseRegister) Ask(ctx context.Context, q Question) (Answer, error) {
	if q.Holder.IDType != gb.IDCreditCode.Code() {
		return Answer{LookUpNotFound, "市场主体按统一社会信用代码查询，申请人不是市场主体。"}, nil
	}
	e, ok, err := s.Enterprises.Enterprise(ctx, q.Holder.IDNo)
	switch {
	case err != nil:
		return Answer{}, err
	case !ok:
		return Answer{LookUpNotFound, "没有这个统一社会信用代码。"}, nil
	case e.Name != q.Holder.Name:
		return Answer{LookUpContradicts, "这个统一社会信用代码登记的名称是“" + e.Name + "”。"}, nil
	case e.Closed:
		return Answer{LookUpContradicts, "“" + e.Name + "”已经注销或吊销。"}, nil
	}
	return Answer{LookUpFound, "“" + e.Name + "”在登记状态，住所登记为“" + e.Address + "”。"}, nil
}

// Store is what is held about somebody's licences.
type Store interface {
	// Held lists the licences of those types that the holder of that number has, in
	// whatever state, the newest first.
	Held(ctx context.Context, types []string, holderNo string) ([]licences.Licence, error)
}

// LicenceStore asks the store of electronic licences for one that says what the
// proof would. Today is the day on which it has to count.
type LicenceStore struct {
	Store Store
	Today func(context.Context) workday.Date
}

// Name implements Source.
func (LicenceStore) Name() string { return "电子证照库" }

// Ask implements Source.
func (s LicenceStore) Ask(ctx context.Context, q Question) (Answer, error) {
	list, err := s.Store.Held(ctx, q.What, q.Holder.IDNo)
	if err != nil {
		return Answer{}, err
	}
	best := Answer{LookUpNotFound, "没有能说明这件事的证照。"}
	today := s.Today(ctx)
	for _, l := range list {
		what := "“" + l.TypeName + "”（" + l.IssuerName + "颁发，" + l.Term() + "）"
		switch {
		case l.HolderName != q.Holder.Name:
			best = Answer{LookUpContradicts, what + "登记的持证人姓名与申请人不一致。"}
		case l.Believed() && l.Stands(today):
			return Answer{LookUpFound, what + "在有效期内。"}, nil
		case best.Result == LookUpNotFound:
			best.Text = what + l.Why(today)
		}
	}
	return best, nil
}
