// Package designer is where the city's service items are edited, compared,
// reviewed and published: the pages under /admin/items. What an item is, what
// may be published and who may do it is the catalogue's; this package gives it
// forms, pictures and previews.
//
//	list ─▶ overview ─▶ sections ─────────▶ draft (saved with every change)
//	          │          基本信息 … 常见问题      │ findings beside the fields
//	          │          材料 情形 表单 流程       │ changes against the version in force
//	          │                                ▼
//	          ◀──── submit ──── compare ─▶ review (remarks on fields) ─▶ publish, now or later
//	bulk: filter ─▶ change ─▶ preview of every item ─▶ one job ─▶ drafts
//
// A field of the editor is bound to a place in the JSON of a
// catalogue.Definition by its path ("fee.standard"): the name of its input, of
// the error message, of the publication finding and of a reviewer's remark are
// the same. The tables of fields (fields.go) also give the words of a
// comparison, so nothing can be edited that cannot be compared.
//
// Two people may edit one item: what they change in different sections stands
// together; where they meet, the later one sees both and decides.
package designer
