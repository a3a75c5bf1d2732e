package messages

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strings"
	"sync"
)

// Channels by which a message leaves the building.
const (
	SMS  = "sms"
	Mail = "mail"
)

// Audiences of a template.
const (
	Citizens = "citizen"
	Staff    = "staff"
)

// Template is one sort of notice: what it is called, what may stand in it, and
// the words it is shipped with.
type Template struct {
	Key      string // "case.accepted"
	Name     string // 受理通知
	Audience string // Citizens or Staff
	Required bool   // the law wants it delivered: the reader cannot switch it off
	Urgent   bool   // goes out at night too: a code somebody waits for
	Vars     []Var
	Words    Words
}

// Var is a placeholder, written {name} in the words.
type Var struct {
	Name   string
	Label  string // 事项名称
	Sample string // for the preview and for counting characters
	Must   bool   // text and SMS must name it: a notice without its case says nothing
	Cut    bool   // may be shortened to keep a text message within its length
	Person bool   // somebody's name: starred in what leaves the building
}

// Words are what a template says on each way.
type Words struct {
	Title   string `db:"title" json:"title"`
	Text    string `db:"text" json:"text"`       // in the box
	SMS     string `db:"sms" json:"sms"`         // without the signature
	Subject string `db:"subject" json:"subject"` // of a mail
	Mail    string `db:"mail" json:"mail"`       // "": the text of the box
	SMSOn   bool   `db:"sms_on" json:"sms_on"`
	MailOn  bool   `db:"mail_on" json:"mail_on"`
}

var registry = struct {
	sync.RWMutex
	byKey map[string]Template
}{byKey: map[string]Template{}}

// Define makes a template known. A module above calls it from a package
// variable or init, for what it has to tell; the shipped set is shipped.json.
// It panics on a key used twice and on words that administrators could not
// have saved.
func Define(t Template) Template {
	if err := check(t, t.Words); err != nil {
		panic(fmt.Sprintf("messages: template %s: %v", t.Key, err))
	}
	registry.Lock()
	defer registry.Unlock()
	if _, taken := registry.byKey[t.Key]; taken {
		panic("messages: template defined twice: " + t.Key)
	}
	registry.byKey[t.Key] = t
	return t
}

// named gives a template by its key.
func named(key string) (Template, bool) {
	registry.RLock()
	defer registry.RUnlock()
	t, ok := registry.byKey[key]
	return t, ok
}

// Templates lists every template, those for citizens first, by key.
func Templates() []Template {
	registry.RLock()
	defer registry.RUnlock()
	list := make([]Template, 0, len(registry.byKey))
	for _, t := range registry.byKey {
		list = append(list, t)
	}
	sort.Slice(list, func(i, j int) bool {
		if list[i].Audience != list[j].Audience {
			return list[i].Audience == Citizens
		}
		return list[i].Key < list[j].Key
	})
	return list
}

// v finds a placeholder of the template.
func (t Template) v(name string) (Var, bool) {
	i := slices.IndexFunc(t.Vars, func(v Var) bool { return v.Name == name })
	if i < 0 {
		return Var{}, false
	}
	return t.Vars[i], true
}

// samples are the values of the preview.
func (t Template) samples() map[string]string {
	vars := map[string]string{}
	for _, v := range t.Vars {
		vars[v.Name] = v.Sample
	}
	return vars
}

//go:embed shipped.json
var shipped []byte

// shippedFile is shipped.json: placeholders described once, and templates that
// name them; a name ending in ! must stand in the words.
type shippedFile struct {
	Vars map[string]struct {
		Label, Sample string
		Cut, Person   bool
	}
	Templates []struct {
		Key, Name, Audience string
		Required, Urgent    bool
		Vars                []string
		Words
	}
}

func init() {
	var file shippedFile
	if err := json.Unmarshal(shipped, &file); err != nil {
		panic("messages: shipped.json: " + err.Error())
	}
	for _, s := range file.Templates {
		t := Template{Key: s.Key, Name: s.Name, Audience: s.Audience, Required: s.Required, Urgent: s.Urgent, Words: s.Words}
		for _, name := range s.Vars {
			name, must := strings.CutSuffix(name, "!")
			v, ok := file.Vars[name]
			if !ok {
				panic("messages: shipped.json: " + s.Key + " names an unknown variable " + name)
			}
			t.Vars = append(t.Vars, Var{Name: name, Label: v.Label, Sample: v.Sample, Must: must, Cut: v.Cut, Person: v.Person})
		}
		Define(t)
	}
}
