package cases

import (
	"context"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
)

// Glances is Glance for many cases at once, by number. What is unknown or
// outside the viewer's rights is left out; being asked for one's part in the
// process of a case gives no right to it here.
func (m *Module) Glances(ctx context.Context, numbers []string) (map[string]Case, error) {
	found := make(map[string]Case, len(numbers))
	if len(numbers) == 0 {
		return found, nil
	}
	w := new(db.Where).In("number", numbers)
	var rows []record
	if err := m.db.Conn(ctx).Select(ctx, &rows, selectRecord+w.SQL(), w.Args()...); err != nil {
		return nil, wrap("read cases", err)
	}
	actor := identity.FromContext(ctx)
	for i := range revealAll(m.Keys, rows) {
		if rows[i].visible(actor) {
			found[rows[i].Number] = m.present(ctx, &rows[i], actor)
		}
	}
	return found, nil
}

// WithPapers gives those of some cases that are decided elsewhere than where
// they were received, as Glances does, each with the materials that came on
// paper: nothing else of the content.
func (m *Module) WithPapers(ctx context.Context, numbers []string) ([]Case, error) {
	found, err := m.Glances(ctx, numbers)
	if err != nil {
		return nil, err
	}
	var list []Case
	var ids []string
	at := map[string]int{}
	for _, number := range numbers {
		c, ok := found[number]
		if _, twice := at[c.ID]; !ok || twice || c.Receiving.Code == "" || c.Receiving.Code == c.Competent.Code {
			continue
		}
		c.Content = &Content{}
		at[c.ID] = len(list)
		list, ids = append(list, c), append(ids, c.ID)
	}
	if len(list) == 0 {
		return nil, nil
	}
	w := new(db.Where).And("way = ?", wayPaper).In("case_id", ids)
	var rows []materialRow
	err = m.db.Conn(ctx).Select(ctx, &rows, `SELECT id, case_id, material, name, way, file, file_name, licence, made_at, superseded_at
		FROM cases_material`+w.SQL()+" ORDER BY id", w.Args()...)
	for _, r := range rows {
		content := list[at[r.CaseID]].Content
		content.Materials = append(content.Materials, Material{ID: r.Material, Name: r.Name, Way: r.Way, At: r.MadeAt, Superseded: r.Superseded})
	}
	return list, wrap("read papers", err)
}
