package apply

import (
	"context"
	"errors"
	"slices"

	"yimen/internal/catalogue"
	"yimen/internal/kit/db"
	"yimen/internal/org"
)

// Places gives the fields of a form that ask for a division their choices in
// words: the villages of the town of at, the towns of its county, the counties
// of the city, and whatever the form already names. at "" offers nothing more
// than that, for reading a form back. fields are changed in place.
func Places(ctx context.Context, o *org.Module, fields []catalogue.FormField, form []byte, at string) error {
	if !slices.ContainsFunc(fields, asksPlace) {
		return nil
	}
	codes, err := near(ctx, o, at)
	if err != nil {
		return err
	}
	values, err := catalogue.FormValues(fields, form)
	if err != nil { // readBack says so on the page
		values = nil
	}
	for _, list := range values {
		for _, v := range list {
			if org.LevelOf(v) != 0 && !slices.Contains(codes, v) {
				codes = append(codes, v)
			}
		}
	}
	options, err := placeOptions(ctx, o, codes)
	if err != nil {
		return err
	}
	offer(fields, options)
	return nil
}

func isPlace(f catalogue.FormField) bool { return f.Widget == "division" }

func asksPlace(f catalogue.FormField) bool {
	return isPlace(f) || slices.ContainsFunc(f.Columns, isPlace)
}

func offer(fields []catalogue.FormField, options []catalogue.FieldOption) {
	for i := range fields {
		if isPlace(fields[i]) {
			fields[i].Options = options
		}
		if slices.ContainsFunc(fields[i].Columns, isPlace) {
			fields[i].Columns = slices.Clone(fields[i].Columns)
			offer(fields[i].Columns, options)
		}
	}
}

// near lists the divisions around one, the nearest first.
func near(ctx context.Context, o *org.Module, at string) ([]string, error) {
	var codes []string
	for level := org.Town; level >= org.City; level-- {
		parent := org.Above(at, level)
		if parent == "" {
			continue
		}
		list, _, err := o.Children(ctx, parent, db.Page{Limit: db.MaxLimit})
		if err != nil && !errors.Is(err, org.ErrDivisionUnknown) {
			return nil, err
		}
		for _, d := range list {
			codes = append(codes, d.Code)
		}
	}
	return codes, nil
}

func placeOptions(ctx context.Context, o *org.Module, codes []string) ([]catalogue.FieldOption, error) {
	var options []catalogue.FieldOption
	for _, code := range codes {
		name, err := o.FullName(ctx, code)
		if errors.Is(err, org.ErrDivisionUnknown) {
			continue
		}
		if err != nil {
			return nil, err
		}
		options = append(options, catalogue.FieldOption{Value: code, Label: name})
	}
	return options, nil
}
