package counter

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"yimen/gb"
	"yimen/internal/cases"
	"yimen/internal/catalogue"
	"yimen/internal/kit/db"
)

// earlierSeen is how many earlier cases of a person are looked into.
const earlierSeen = 6

// ofPerson are the data elements that belong to a person and not to a matter:
// what they were in an earlier application of any item they most likely still
// are. Declarations, dates and amounts are never among them.
var ofPerson = []string{
	"sex", "ethnic_group", "ethnic_group_other", "nationality", "marital_status", "political_status", "education_level",
	"former_name", "native_place", "id_type", "id_valid_until",
	"phone", "contact_name", "contact_phone", "email", "post_code", "address_division", "address_detail", "home_address",
	"household_address", "household_division", "household_type", "household_register_no", "mailing_address", "recipient_name",
	"bank_account_name", "bank_name", "bank_branch", "bank_account_no", "social_security_no", "social_security_card_no",
	"householder_name", "relation_to_householder", "village_committee", "disability_certificate_no",
}

// declared are the ticks that the person makes anew each time.
func declared(f catalogue.FormField) bool {
	return f.Type == "boolean" && strings.HasPrefix(f.Element, "declaration")
}

// carries says whether what a field held in an earlier case is worth taking
// over: of the same item everything but declarations and the dates of a matter,
// of another what belongs to the person.
func carries(f catalogue.FormField, same bool) bool {
	if slices.Contains(ofPerson, f.Element) {
		return true
	}
	return same && !declared(f) && f.Format != "date"
}

// prefill fills a new application from the earlier ones of its applicant that
// the clerk may see: answers and form from the last one of the same item, and
// what belongs to the person from any. It says what was taken, "" for nothing.
func (m *Module) prefill(ctx context.Context, s *cases.Submission, def *catalogue.Definition) (string, error) {
	fields, err := catalogue.FormFields(def.Form)
	if err != nil {
		return "", err
	}
	earlier, err := m.earlier(ctx, s.Applicant, def.Code)
	if err != nil {
		return "", err
	}
	values := map[string]any{}
	from := ""
	for _, c := range earlier { // the same item first, then the newest
		same := c.Item == def.Code
		if same && s.Answers == nil {
			s.Answers = c.Content.Answers
		}
		var form map[string]any
		if json.Unmarshal(c.Content.Form, &form) != nil {
			continue // an older shape of a form; nothing to take from it
		}
		for _, f := range fields {
			v, there := form[f.Name]
			if _, known := values[f.Name]; known || !there || !carries(f, same) {
				continue
			}
			values[f.Name] = v
			if from == "" {
				from = c.SubmittedAt.Format("2006年1月2日") + "的“" + c.ItemName + "”"
			}
		}
	}
	taken := len(values)
	m.own(ctx, s, values)
	for _, f := range fields {
		if values[f.Name] == nil && f.Default != nil {
			values[f.Name] = f.Default
		}
	}
	if len(values) == 0 {
		return "", nil
	}
	if s.Form, err = json.Marshal(values); err != nil {
		return "", fmt.Errorf("fill in form: %w", err)
	}
	if taken == 0 {
		return "", nil
	}
	return fmt.Sprintf("已按%s带出%d项内容，请与本人核对。", from, taken), nil
}

// own are the facts of the applicant under the names that forms give them.
func (m *Module) own(ctx context.Context, s *cases.Submission, values map[string]any) {
	a := s.Applicant
	known := map[string]string{"applicant_name": a.Name, "phone": a.Phone, "division": s.Division, "bank_account_name": a.Name}
	if a.Type == "enterprise" {
		known["enterprise_name"], known["uscc"] = a.Name, a.IDNo
	} else {
		known["id_number"] = a.IDNo
		if id, err := gb.ParseResidentID(a.IDNo, m.today(ctx)); err == nil {
			known["birth_date"] = id.Birth().String()
		}
	}
	for name, v := range known {
		if v != "" && values[name] == nil {
			values[name] = v
		}
	}
}

// earlier are the applicant's cases, whole: those of the item first.
func (m *Module) earlier(ctx context.Context, a cases.Applicant, item string) ([]cases.Case, error) {
	if a.IDNo == "" {
		return nil, nil
	}
	var list []cases.Case
	for _, ended := range []bool{false, true} {
		some, err := m.Cases.OfPerson(ctx, a.IDType, a.IDNo, ended, db.MaxLimit)
		if err != nil {
			return nil, err
		}
		list = append(list, some...)
	}
	slices.SortStableFunc(list, func(x, y cases.Case) int {
		if (x.Item == item) != (y.Item == item) {
			if x.Item == item {
				return -1
			}
			return 1
		}
		return y.SubmittedAt.Compare(x.SubmittedAt)
	})
	list = list[:min(len(list), earlierSeen)]
	for i := range list {
		whole, err := m.Cases.Find(ctx, list[i].Number)
		if err != nil {
			return nil, err
		}
		list[i] = whole
	}
	return list, nil
}
