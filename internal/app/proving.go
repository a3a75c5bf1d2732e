package app

import (
	"context"

	"github.com/alexedwards/argon2id"

	cityorg "yimen/city/org"
	"yimen/internal/assurance"
	"yimen/internal/assurance/presence"
	"yimen/internal/identity"
	"yimen/internal/portal"
)

// proving are the settings of proving who people are.
type proving struct {
	AdminTOTP  string `help:"Whether the three administrators need a code of an app after the password: on, off. Default: on, in the demo off." enum:"on,off,default" default:"default" name:"admin-totp"`
	HashMemory uint32 `help:"Memory of one password hash (argon2id) in MiB. Passwords hashed at another cost are hashed anew at the next sign-in." default:"19"`
	HashPasses uint32 `help:"Passes of one password hash (argon2id)." default:"2"`
}

// Proving are those settings as an App takes them.
type Proving struct {
	AdminsNeedTOTP bool
	Hash           *argon2id.Params // nil: the least that is allowed
}

// apply takes the settings over; a cost below the least is the least. totp is
// what the command does unless told.
func (p proving) apply(s *Settings, totp bool) {
	hash := *identity.DefaultHash
	hash.Memory, hash.Iterations = max(hash.Memory, p.HashMemory*1024), max(hash.Iterations, p.HashPasses)
	s.Proving = Proving{AdminsNeedTOTP: p.AdminTOTP == "on" || p.AdminTOTP != "off" && totp, Hash: &hash}
}

// wireAssurance builds the module. Only the sample city has a person register
// of its own; a real one is asked through assurance.Register.
func (a *App) wireAssurance() error {
	d := assurance.Deps{DB: a.DB, Keys: a.Keys, Clock: a.Clock, Log: a.Log, Audit: a.Audit, Identity: a.Identity, Messages: a.Messages,
		BaseURL: a.BaseURL, Demo: a.Demo, AdminsNeedTOTP: a.Proving.AdminsNeedTOTP}
	if a.Demo {
		d.Register = assurance.SampleRegister{DB: a.DB}
	}
	var err error
	if a.Assurance, err = assurance.New(d); err != nil {
		return err
	}
	if a.Assurance.Register != nil {
		a.Identity.Residents = a.Assurance.Register
	}
	a.Assurance.OfferProof(assurance.Proving{Method: identity.ByFace, Title: "人脸核验", Text: "跟着提示转头、眨眼，只和人像库里您自己的照片比一次，画面不保存。",
		Needs: "有摄像头的手机或电脑，光线亮的地方", Takes: "约1分钟", Go: "开始人脸核验", URL: presence.Path, PersonsOnly: true})
	return nil
}

// loadRegister fills the sample city's person register: those who have an
// account, and those who may still register.
func (a *App) loadRegister(ctx context.Context, people []identity.NewAccount) error {
	var residents []assurance.Resident
	for _, p := range people {
		if p.Kind == identity.KindPerson {
			residents = append(residents, assurance.Resident{Name: p.DisplayName, IDNo: p.IDNo})
		}
	}
	others, err := cityorg.Unregistered()
	if err != nil {
		return err
	}
	for _, p := range others {
		residents = append(residents, assurance.Resident{Name: p.DisplayName, IDNo: p.IDNo})
	}
	return assurance.SampleRegister{DB: a.DB}.Load(ctx, residents)
}

// newcomerOf is who may try registering in the sample city, with the company
// they lead.
func newcomerOf(demo bool) (portal.Newcomer, error) {
	if !demo {
		return portal.Newcomer{}, nil
	}
	who, err := cityorg.Newcomer()
	if err != nil {
		return portal.Newcomer{}, err
	}
	firm, err := cityorg.CompanyOf(cityorg.NewcomerNo)
	return portal.Newcomer{Name: who.DisplayName, IDNo: who.IDNo, Company: firm.Name, USCC: firm.USCC}, err
}
