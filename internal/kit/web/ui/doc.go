// Package ui holds the page parts every face of the program is built from:
// the frame of a page, form fields with their help and error, steps,
// timelines, deadline lights, tables, print sheets.
//
//	@ui.Page(ui.PageOpts{Title: "收件", Face: ui.Staff}) {
//		@ui.ErrorSummary(form)
//		<form method="post" action={ submitURL() }>
//			@ui.IdempotencyKey()
//			@ui.Field(ui.FieldOpts{Name: "phone", Label: "手机号", Value: form.Value("phone"), Error: form.ErrorOf("phone")})
//			@ui.Submit("提交", "primary")
//		</form>
//	}
//
// Two tempers: ui.Citizen is roomy, one column, one question; ui.Staff is
// dense, the full width. ui.Print is paper. ui.Plain is a page with nothing
// around it (login, kiosk). There is no inline script or style: what a part
// needs is in yimen.css and yimen.js, and every page works without the
// latter.
//
// # Parts
//
// /admin/parts (package gallery) shows each of them in every state with its call.
//
//	frame     Page, Card, Tabs, SideBySide, Dialog with DialogButton, Tree
//	forms     Field, ErrorSummary, IdempotencyKey, Submit, SubmitAs, FormActions, Filters
//	facts     DefList, Table, Pager, Steps, Timeline, StateBadge, Light, CopyNumber, QR, Kbd, KeyList
//	figures   Stats, Stat, Spark, Bars, Line, BarList, Donut, Heat: drawn here as SVG, each with its table
//	states    Alert, Empty, EmptyWith, NoRight, Failed, Progress, Loading, Skeleton, Toast, ErrorPage
//	pictures  Icon (IconNames lists them), Drawing
//	paper     PrintSheet
//	voice     ReadAloud
//
// # Colours
//
// The themes are light, dark and contrast; the server writes the reader's
// choice as a class of the html element (ym-theme-auto follows the system).
// Staff pages have all of them, citizens' pages light and contrast, paper is
// always light. No stylesheet of a module names a colour: it uses the variables
// of static/theme/light.css, where each says what it is for, and a test counts
// the contrast of every ink on its grounds. The ones used most:
//
//	--ym-ink --ym-muted                      text
//	--ym-ground --ym-paper --ym-input        page, card, field
//	--ym-sunken --ym-lift --ym-hover         read-only, row under the pointer, table head
//	--ym-line --ym-line-soft --ym-line-strong  edge of a card, between rows, edge of a control
//	--ym-blue --ym-blue-dark --ym-blue-soft --ym-blue-line   links and choice; likewise green, amber, red
//	--ym-blue-tint, --ym-green-tint with --ym-green-ink …    badges
//	--ym-on-strong                           text on blue, green, red (never #fff: dark's blue is light)
//	--ym-gold with --ym-on-gold              one thing to be seen
//	--ym-chart-1 … --ym-chart-6              series of a chart
//	--ym-control --ym-gap --ym-radius        height of controls, distance of blocks, corners
//
// The parts are written in templ; after a change run
//
//	go tool templ generate
//
// and commit the generated files.
//
// What yimen.js adds, by attribute:
//
//	data-confirm="…"      on a button or form: ask before it is sent
//	data-print            a button that prints the page
//	data-copy="…"         a button that copies the text
//	data-key="s"          Alt+S presses the button or link, or goes to the field
//	data-autosubmit       on a select: sends its form when changed
//	data-check-all="name" a box that ticks all boxes of that name
//	data-dialog="id"      opens the Dialog of that id
//	data-aloud            reads the page (ReadAloud)
//	data-reload="60"      reloads the page every 60 seconds (call boards)
//
// Every form is guarded against being sent twice by a double click
// (data-repeat on the form lifts that), and file fields list what was chosen.
// When the line is gone a banner says so, no form is sent, and sw.js shows our
// own page instead of the browser's.
package ui
