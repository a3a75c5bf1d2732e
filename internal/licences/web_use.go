package licences

import (
	"net/http"
	"net/url"

	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
)

// exportURL is the file of all uses of a licence.
func exportURL(identifier string) string { return licenceURL(identifier) + "/uses.csv" }

// exportUses writes who has used a licence, and how its holder agreed.
func (m *Module) exportUses(w http.ResponseWriter, r *http.Request) error {
	identifier := r.PathValue("identifier")
	list, err := m.UsesOf(r.Context(), identifier, true)
	if err != nil {
		return err
	}
	t := web.StartTable(w, "证照使用记录.csv", "时间", "使用情况", "使用单位", "事项", "材料", "办件编号", "用途", "同意方式", "同意人", "见证人")
	for _, u := range list {
		t.Row(ui.DateTime(u.At()), u.Reading(), u.AgencyName, u.ItemName, u.MaterialName, u.Case, u.Purpose, u.Way.Name(), u.ConsentedName, u.WitnessName)
	}
	t.Close()
	return nil
}

// UsedRows say of a use what whoever works on the case should know of it.
func (u Use) UsedRows() []ui.Row {
	rows := []ui.Row{{Label: "代替的材料", Value: u.MaterialName}, {Label: "同意", Value: u.ConsentedName + "，" + u.Way.Name() + "，" + ui.DateTime(u.ConsentedAt)}}
	if u.WitnessName != "" {
		rows = append(rows, ui.Row{Label: "见证人", Value: u.WitnessName})
	}
	return append(rows, ui.Row{Label: "调用时间", Value: ui.DateTime(u.At())}, ui.Row{Label: "用途", Value: u.Purpose})
}

// SendUsed shows the page of a licence that was used in a case; see UsedPicture.
func (m *Module) SendUsed(w http.ResponseWriter, r *http.Request, number, use string) error {
	svg, err := m.UsedPicture(r.Context(), number, use)
	if err != nil {
		return err
	}
	sendSVG(w, svg)
	return nil
}

// SendUsedPhoto shows a picture of a licence that was used in a case; see ReadUsed.
func (m *Module) SendUsedPhoto(w http.ResponseWriter, r *http.Request, number, use, name string) error {
	_, s, err := m.ReadUsed(r.Context(), number, use)
	if err != nil {
		return err
	}
	return m.photo(w, r, s, name)
}

// noPicture says why a licence that was used has no document to look at.
func (s Shown) noPicture() string {
	if s.Trust.Replaces() {
		return "这本证照是存量证照，" + s.IssuerName + "还没有给它制作盖章的电子文件，没有照面可看。下面是证照库里登记的内容。"
	}
	return "这本证照是" + s.Trust.Name() + "，没有颁发机构盖章的电子文件，没有照面可看。下面是证照库里登记的内容，请据实审查。"
}

// CheckURLOf is where anybody may check a licence.
func CheckURLOf(identifier string) string {
	return CheckURL + "?" + url.Values{"id": {identifier}}.Encode()
}
