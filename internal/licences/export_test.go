package licences

import (
	"context"

	"yimen/ofd/render"
)

// PDF is that of a licence's document, as of a copy of it.
func (m *Module) PDF(ctx context.Context, l Licence, p Paper) ([]byte, error) {
	return m.readPDF(ctx, l, Shown{Licence: l, Paper: p}.sheetFile())
}

// CopyPDF is that of a copy.
func (m *Module) CopyPDF(ctx context.Context, l Licence, c Copy) ([]byte, error) {
	return m.readPDF(ctx, l, c.sheetFile(Shown{Licence: l}))
}

// Draw is a page of a template with sample values, as a picture.
func Draw(t Type, p Template) ([]byte, error) {
	d, err := (&Module{Deps: Deps{BaseURL: "https://yimen.test"}}).preview(t, p)
	if err != nil {
		return nil, err
	}
	d.add(sealMark(d.seal))
	doc, err := d.finish()
	if err != nil {
		return nil, err
	}
	data, _, err := render.PNG(doc, 0, render.Options{DPI: 150})
	return data, err
}

// DrawLicence draws a licence without sealing it.
func DrawLicence(t Type, p Template, l Licence) error {
	_, err := p.draw(t, l.values(t), nil, "https://yimen.test")
	return err
}

// Plain is the template of a type without its own.
func Plain(t Type) Template { return plain(t) }
