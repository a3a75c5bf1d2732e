package ofd

// sequences is the order of elements in their parents as the standard's schema has it. Writing keeps to it, reading
// forgives and notes. A name ending in * may be mixed with others marked so.
var sequences = map[string][]string{
	// 7.4, the way in
	"OFD":     {"DocBody"},
	"DocBody": {"DocInfo", "DocRoot", "Versions", "Signatures"},
	"DocInfo": {"DocID", "Title", "Author", "Subject", "Abstract", "CreationDate", "ModDate", "DocUsage", "Cover", "Keywords",
		"Creator", "CreatorVersion", "CustomDatas"},
	"Keywords":    {"Keyword"},
	"CustomDatas": {"CustomData"},
	// 7.5, the document
	"Document": {"CommonData", "Pages", "Outlines", "Permissions", "Actions", "VPreferences", "Bookmarks", "Annotations",
		"CustomTags", "Attachments", "Extensions"},
	"CommonData":  {"MaxUnitID", "PageArea", "PublicRes", "DocumentRes", "TemplatePage", "DefaultCS"},
	"PageArea":    {"PhysicalBox", "ApplicationBox", "ContentBox", "BleedBox"},
	"Permissions": {"Edit", "Annot", "Export", "Signature", "Watermark", "PrintScreen", "Print", "ValidPeriod"},
	// 7.6 to 7.8, pages and outline
	"Pages":       {"Page"},
	"Page":        {"Template", "PageRes", "Area", "Content", "Actions", "FileLoc"}, // FileLoc: in the list of annotations
	"Area":        {"PhysicalBox", "ApplicationBox", "ContentBox", "BleedBox", "Path*", "Text*"},
	"Content":     {"Layer", "TextObject*", "PathObject*", "ImageObject*", "CompositeObject*", "PageBlock*"}, // the latter: of a composite
	"Layer":       {"TextObject*", "PathObject*", "ImageObject*", "CompositeObject*", "PageBlock*"},
	"PageBlock":   {"TextObject*", "PathObject*", "ImageObject*", "CompositeObject*", "PageBlock*"},
	"Outlines":    {"OutlineElem"},
	"OutlineElem": {"Actions", "OutlineElem"},
	// 7.9, resources
	"Res":                   {"ColorSpaces*", "DrawParams*", "Fonts*", "MultiMedias*", "CompositeGraphicUnits*"},
	"ColorSpaces":           {"ColorSpace"},
	"ColorSpace":            {"Palette"},
	"DrawParams":            {"DrawParam"},
	"DrawParam":             {"FillColor", "StrokeColor"},
	"Fonts":                 {"Font"},
	"Font":                  {"FontFile"},
	"MultiMedias":           {"MultiMedia"},
	"MultiMedia":            {"MediaFile"},
	"CompositeGraphicUnits": {"CompositeGraphicUnit"},
	"CompositeGraphicUnit":  {"Thumbnail", "Substitution", "Content"},
	// 8 to 13, objects
	"TextObject":      {"Actions", "Clips", "FillColor", "StrokeColor", "CGTransform*", "TextCode*"},
	"PathObject":      {"Actions", "Clips", "StrokeColor", "FillColor", "AbbreviatedData"},
	"ImageObject":     {"Actions", "Clips", "Border"},
	"CompositeObject": {"Actions", "Clips"},
	"Clips":           {"Clip"},
	"Clip":            {"Area"},
	"CGTransform":     {"Glyphs"},
	"FillColor":       {"Pattern", "AxialShd", "RadialShd", "GouraudShd", "LaGouraudShd"},
	"StrokeColor":     {"Pattern", "AxialShd", "RadialShd", "GouraudShd", "LaGouraudShd"},
	"AxialShd":        {"Segment"},
	"RadialShd":       {"Segment"},
	"Segment":         {"Color"},
	// 15, 16, 20: annotations, tags, attachments
	"Annotations": {"Page"},
	"PageAnnot":   {"Annot"},
	"Annot":       {"Remark", "Parameters", "Appearance"},
	"Parameters":  {"Parameter"},
	"Appearance":  {"TextObject*", "PathObject*", "ImageObject*", "CompositeObject*", "PageBlock*"},
	"CustomTags":  {"CustomTag"},
	"CustomTag":   {"SchemaLoc", "FileLoc"},
	"Attachments": {"Attachment"},
	"Attachment":  {"FileLoc"},
}

// rank gives an element's place among its siblings.
func rank(parent, name string) (int, bool) {
	place, mixed := 0, false
	for _, n := range sequences[parent] {
		bare, star := n, n[len(n)-1] == '*'
		if star {
			bare = n[:len(n)-1]
		}
		if !star || !mixed {
			place++
		}
		if mixed = star; bare == name {
			return place, true
		}
	}
	return 0, false
}

// checkOrder notes where elements stand otherwise than the schema wants, once for each kind of parent of a file.
func (r *reader) checkOrder(n *node, said map[string]bool) {
	last := 0
	for _, k := range n.kids {
		at, known := rank(n.name, k.name)
		switch _, parent := sequences[n.name]; {
		case !parent || said[n.name]:
		case !known:
			said[n.name] = true
			r.warn("element", "%s contains %s, which the standard does not know there", n.name, k.name)
		case at < last:
			said[n.name] = true
			r.warn("order", "%s stands too late in %s", k.name, n.name)
		}
		last = max(last, at)
		r.checkOrder(k, said)
	}
}
