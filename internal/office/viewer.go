package office

import (
	"context"
	"errors"
	"path"
	"strings"

	"yimen/internal/cases"
	"yimen/internal/kit/files"
)

// shownFile is a file of the case in the pane beside the form.
type shownFile struct {
	ID, Name, Material string
	Kind               string // image, pdf, or "" for what is saved and opened elsewhere
	Old                bool   // replaced since
	URL                string
}

// filesOf are the files of a case in the order of the checklist, those that
// were replaced last.
func (m *Module) filesOf(ctx context.Context, p *casePage) ([]shownFile, error) {
	var now, old []shownFile
	seen := map[string]bool{}
	add := func(x cases.Material) error {
		if f, ok := p.shownLicence(x); ok {
			now = append(now, f)
		}
		if x.File == "" || seen[x.File] {
			return nil
		}
		seen[x.File] = true
		kind, err := m.kindOf(ctx, x)
		if err != nil {
			return err
		}
		f := shownFile{ID: x.File, Name: orText(x.FileName, x.Name), Material: x.Name, Kind: kind, Old: x.Superseded != nil, URL: cases.FileURL(p.c.Number, x.File)}
		if f.Old {
			old = append(old, f)
		} else {
			now = append(now, f)
		}
		return nil
	}
	for _, item := range p.c.Content.Checklist.Materials {
		for _, x := range p.handed(item.ID) {
			if err := add(x); err != nil {
				return nil, err
			}
		}
	}
	return append(now, old...), nil
}

// kindOf tells how a browser shows a file, by what it is and not by its name.
func (m *Module) kindOf(ctx context.Context, x cases.Material) (string, error) {
	f, err := m.Store.Stat(ctx, x.File)
	if errors.Is(err, files.ErrNotFound) {
		return kindByName(x.FileName), nil
	}
	if err != nil {
		return "", err
	}
	switch f.MediaType {
	case "image/jpeg", "image/png", "image/gif", "image/webp", "image/bmp":
		return "image", nil
	case "application/pdf":
		return "pdf", nil
	}
	return "", nil
}

func kindByName(name string) string {
	switch strings.ToLower(path.Ext(name)) {
	case ".jpg", ".jpeg", ".png", ".gif", ".webp", ".bmp":
		return "image"
	case ".pdf":
		return "pdf"
	}
	return ""
}

// fileNow is the place of the file that the pane shows; -1 when there is none.
func (p *casePage) fileNow() int {
	for i, f := range p.files {
		if f.ID == p.file {
			return i
		}
	}
	if len(p.files) > 0 {
		return 0
	}
	return -1
}

// fileURL is the page with a file in the pane, for those without scripts.
func (p *casePage) fileURL(id string) string {
	url := caseIn(p.c.Number, p.in)
	if strings.Contains(url, "?") {
		return url + "&file=" + id + "#viewer"
	}
	return url + "?file=" + id + "#viewer"
}

// sourceFile is the file, or the page of a licence, that a value of the form should
// be compared with; false when its material came on paper or not at all.
func (p *casePage) sourceFile(material string) (shownFile, bool) {
	for _, x := range p.c.Content.Materials {
		if x.ID != material || x.Superseded != nil {
			continue
		}
		if f, ok := p.shownLicence(x); ok {
			return f, true
		}
		if x.File == "" {
			continue
		}
		for _, f := range p.files {
			if f.ID == x.File {
				f.Material = x.Name
				return f, true
			}
		}
	}
	return shownFile{}, false
}

// sources are the materials by the source of a form's fields: a field that
// stands on a licence is compared with the material that is that licence.
func (p *casePage) sources() map[string]string {
	found := map[string]string{}
	for _, x := range p.def.Materials {
		for _, t := range x.LicenceTypes {
			if key := "licence:" + t; found[key] == "" && len(p.handed(x.ID)) > 0 {
				found[key] = x.ID
			}
		}
	}
	return found
}
