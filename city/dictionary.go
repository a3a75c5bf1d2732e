package city

import (
	"encoding/json"
	"fmt"
	"path"
	"strings"
)

// Element is an entry of the dictionary of data elements (数据元): a field that
// any form may ask.
type Element struct {
	ID       string
	Title    string
	Group    string          // 个人, 土地 …
	Property json.RawMessage // its JSON Schema with x- keys, as a form holds it
	Required bool            // what a form asks by default
}

// Elements gives the dictionary of data elements, as the form designer offers
// it: in the order of the files, groups named after them.
func Elements() ([]Element, error) {
	var list []Element
	err := eachJSON(data, "elements", func(name string) error {
		var group []element
		if err := decodeFile(data, name, &group); err != nil {
			return err
		}
		for _, e := range group {
			raw, err := json.Marshal(e.property())
			if err != nil {
				return fmt.Errorf("city: element %s: %w", e.ID, err)
			}
			file := strings.TrimSuffix(path.Base(name), ".json")
			list = append(list, Element{ID: e.ID, Title: e.Title, Group: groupName(file), Property: raw, Required: e.Required == nil || *e.Required})
		}
		return nil
	})
	return list, err
}

var groupNames = map[string]string{
	"agriculture": "农业", "birth": "生育", "business": "企业", "contact": "联系方式", "disability": "残疾人", "education": "教育", "employment": "就业",
	"family": "家庭", "forest": "林业", "general": "通用", "insurance": "社会保险", "land": "土地", "legal": "法律服务", "money": "资金",
	"person": "个人", "police": "公安", "project": "工程建设", "welfare": "社会救助",
}

func groupName(file string) string {
	if n, ok := groupNames[file]; ok {
		return n
	}
	return "其他"
}
