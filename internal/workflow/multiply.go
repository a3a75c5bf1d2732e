package workflow

import (
	"context"
	"fmt"
	"strings"

	"yimen/internal/kit/db"
)

// Copy asks for the instances of a subject to be there once more, as those of
// another. Tag sets the ids of the copy apart from those of the original.
type Copy struct{ Subject, As, Tag string }

// Multiply copies instances with their tasks and histories, in the caller's
// transaction: for load tests, which want a city's year at once. Nobody is told.
func (m *Module) Multiply(ctx context.Context, copies []Copy) error {
	rows := make([][]any, len(copies))
	for i, c := range copies {
		rows[i] = []any{c.Subject, c.As, c.Tag}
	}
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		c := m.DB.Conn(ctx)
		for _, sql := range []string{
			`CREATE TEMPORARY TABLE IF NOT EXISTS workflow_copy (subject TEXT PRIMARY KEY, other TEXT NOT NULL, tag TEXT NOT NULL)`,
			`DELETE FROM workflow_copy`,
		} {
			if _, err := c.Exec(ctx, sql); err != nil {
				return fmt.Errorf("multiply instances: %w", err)
			}
		}
		if err := c.InsertRows(ctx, "workflow_copy", []string{"subject", "other", "tag"}, "", rows); err != nil {
			return err
		}
		for _, copied := range []struct{ table, columns, from string }{
			{"workflow_instance", instanceColumns + ", revision", "JOIN workflow_copy c ON c.subject = x.subject"},
			{"workflow_task", taskColumns, "JOIN workflow_copy c ON c.subject = x.subject"},
			{"workflow_act", actColumns, "JOIN workflow_instance i ON i.id = x.instance JOIN workflow_copy c ON c.subject = i.subject"},
		} {
			if err := copyRows(ctx, c, copied.table, copied.columns, copied.from); err != nil {
				return err
			}
		}
		return nil
	})
}

// copyRows inserts a table's rows once more under ids with the tag.
func copyRows(ctx context.Context, c *db.Conn, table, columns, from string) error {
	names := strings.Fields(strings.ReplaceAll(columns, ",", " "))
	values := make([]string, len(names))
	for i, name := range names {
		switch values[i] = "x." + name; name {
		case "id", "instance":
			values[i] += " || '-' || c.tag"
		case "subject":
			values[i] = "c.other"
		case "task", "host":
			values[i] = "CASE WHEN x." + name + " = '' THEN '' ELSE x." + name + " || '-' || c.tag END"
		}
	}
	_, err := c.Exec(ctx, "INSERT INTO "+table+" ("+strings.Join(names, ", ")+") SELECT "+strings.Join(values, ", ")+
		" FROM "+table+" x "+from)
	if err != nil {
		return fmt.Errorf("multiply %s: %w", table, err)
	}
	return nil
}
