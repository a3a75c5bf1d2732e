package cases

import (
	"context"
	"strings"
	"unicode/utf8"

	"yimen/gb"
	"yimen/internal/identity"
)

// people checks applicant and agent, and brings names and numbers into their
// written form.
func (c *checker) people(ctx context.Context) error {
	a := &c.s.Applicant
	if a.Type != "person" && a.Type != "enterprise" {
		c.bad.Add("applicant.type", "申请人类型应为个人（person）或企业（enterprise）。")
		return nil
	}
	if c.hasItem && len(c.def().Audience) > 0 && !c.def().Serves(a.Type) {
		c.bad.Add("applicant.type", "该事项不面向%s办理，请核对申请人类型。", map[string]string{"person": "个人", "enterprise": "企业"}[a.Type])
	}
	c.name("applicant.name", &a.Name, a.Type == "person")
	if a.IDType == "" {
		a.IDType = string(gb.IDResident)
		if a.Type == "enterprise" {
			a.IDType = string(gb.IDCreditCode)
		}
	}
	c.document("applicant", &a.IDType, &a.IDNo, a.Type == "enterprise")
	c.phone("applicant.phone", &a.Phone)
	if err := c.standsFor(ctx); err != nil {
		return err
	}
	c.agent()
	return nil
}

// standsFor checks that a citizen or enterprise applies for themselves or under
// a mandate that stands today and covers the item. Then they are the agent,
// whatever else the application says.
func (c *checker) standsFor(ctx context.Context) error {
	a := &c.s.Applicant
	if !c.actor.IsApplicant() || c.m.Accounts == nil || a.IDNo == "" {
		return nil
	}
	c.s.Mandate = ""
	account, err := c.m.applicantAccount(ctx, c.intake)
	if err != nil {
		return err
	}
	if account != c.actor.Account {
		x, ok := c.actor.MandateFor(account, c.s.Item)
		if !ok {
			c.bad.Add("applicant.id_no", "您登录的账号不是这位申请人，也没有他对这个事项的有效委托：请用本人账号申请，或先在“替别人办事”里建立委托。")
			return nil
		}
		if err := c.actUnder(ctx, x); err != nil {
			return err
		}
	}
	p, err := c.m.Accounts.Person(ctx, account)
	if err == nil && p.Name != a.Name && a.Name != "" {
		c.bad.Add("applicant.name", "姓名或名称与证件号码登记的不一致，请按证件填写。")
	}
	return err
}

// applicantAccount is the account of who applies, as written by the check, or "". It is
// asked once for an application.
func (m *Module) applicantAccount(ctx context.Context, in *intake) (string, error) {
	if in.account == nil && m.Accounts != nil && in.s.Applicant.IDNo != "" {
		account, err := m.Accounts.AccountOf(ctx, in.s.Applicant.IDType, in.s.Applicant.IDNo)
		if err != nil {
			return "", err
		}
		in.account = &account
	}
	if in.account == nil {
		return "", nil
	}
	return *in.account, nil
}

// actUnder makes the actor the agent of the application.
func (c *checker) actUnder(ctx context.Context, x identity.Mandate) error {
	own, err := c.m.Accounts.Person(ctx, c.actor.Account)
	if err != nil {
		return err
	}
	phone := own.Phone
	if c.s.Agent != nil && c.s.Agent.Phone != "" {
		phone = c.s.Agent.Phone
	}
	c.s.Mandate = x.ID
	c.s.Agent = &Agent{Name: own.Name, IDType: own.IDType, IDNo: own.IDNo, Phone: phone,
		Authority: "网上委托，" + x.From.Chinese() + "至" + x.To.Chinese() + "，编号 " + x.ID}
	return nil
}

func (c *checker) agent() {
	if c.s.Agent == nil {
		return
	}
	a := *c.s.Agent // the caller's stays as it was
	c.s.Agent = &a
	c.name("agent.name", &a.Name, true)
	if a.IDType == "" {
		a.IDType = string(gb.IDResident)
	}
	c.document("agent", &a.IDType, &a.IDNo, false)
	c.phone("agent.phone", &a.Phone)
	a.Authority = strings.TrimSpace(a.Authority)
	switch n := utf8.RuneCountInString(a.Authority); {
	case n == 0:
		c.bad.Add("agent.authority", "代理人办理须有申请人的授权，请上传授权委托书或填写其编号和日期。")
	case n > 200:
		c.bad.Add("agent.authority", "授权说明不能超过200个字。")
	}
	if a.IDNo != "" && a.IDNo == c.s.Applicant.IDNo {
		c.bad.Add("agent.id_no", "代理人与申请人是同一人，本人办理无需填写代理人。")
	}
}

func (c *checker) name(field string, name *string, person bool) {
	if person {
		parsed, err := gb.ParsePersonName(*name)
		if err != nil {
			c.bad.Add(field, "%s", err.Error())
			return
		}
		*name = parsed
		return
	}
	*name = strings.TrimSpace(*name)
	switch n := utf8.RuneCountInString(*name); {
	case n == 0:
		c.bad.Add(field, "请填写单位名称。")
	case n > gb.MaxNameLength || !printable(*name):
		c.bad.Add(field, "单位名称不能超过%d个字，且不能含有控制字符，请按营业执照填写。", gb.MaxNameLength)
	}
}

// printable refuses what no name holds: control characters and broken UTF-8.
func printable(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f })
}

func (c *checker) document(prefix string, idType, idNo *string, organisation bool) {
	t, err := gb.ParseIDType(*idType)
	if err != nil {
		c.bad.Add(prefix+".id_type", "%s", err.Error())
		return
	}
	if t.OfOrganisation() != organisation {
		c.bad.Add(prefix+".id_type", "证件类型与申请人类型不符，个人请选身份证件，企业请选统一社会信用代码。")
		return
	}
	no, err := t.ParseNumber(*idNo, c.today)
	if err != nil {
		c.bad.Add(prefix+".id_no", "%s", err.Error())
		return
	}
	*idType, *idNo = string(t), no
}

func (c *checker) phone(field string, phone *string) {
	no, err := gb.ParsePhone(*phone, c.m.Rules.AreaCode)
	if err != nil {
		c.bad.Add(field, "%s", err.Error())
		return
	}
	*phone = no
}
