package ofd

import "time"

// ID numbers a thing of a document: a page, an object, a font. It is unique in the document, and 0 is no number: what
// stands with 0 is numbered by [Write].
type ID uint32

// Document is one document of an OFD file, as read or to be written. All lengths are millimetres.
type Document struct {
	Info  Info
	Area  Area // of every page that has none of its own; Physical is required
	Fonts []Font
	// Pictures, Units and Templates are what objects and pages refer to by number.
	Pictures    []Picture
	Units       []Unit
	Templates   []Template
	Pages       []Page
	Outline     []Bookmark
	Permissions *Permissions // nil: everything is allowed
	Attachments []Attachment
	Tags        []Tag
	// Signatures is the place of the list of signatures in the package, "" for none. Package ses writes what stands there.
	Signatures string
	// Archival marks a file of OFD-A (GB/T 42133): DocType "OFD-A".
	Archival bool
	// Warnings is what was odd about the file when it was read. Write does not look at them.
	Warnings []Warning
}

// Info says what the document is (GB/T 33190, 7.4, CT_DocInfo). DocID is 32 hexadecimal digits and required.
type Info struct {
	DocID                            string
	Title, Author, Subject, Abstract string
	Created, Modified                Date
	Usage                            string // "", Normal, EBook, ENewsPaper, EMagzine (the standard's own spelling)
	Cover                            string // place of a picture in the package
	Keywords                         []string
	Creator, CreatorVersion          string
	Custom                           []Datum // metadata by name, in order: here a licence keeps its fields (GB/T 36905)
}

// Date is a civil date written 2006-01-02, or "".
type Date string

// DateOf gives the date of a moment in the place the moment is told in.
func DateOf(t time.Time) Date { return Date(t.Format(time.DateOnly)) }

// Datum is one piece of metadata.
type Datum struct{ Name, Value string }

// Field finds metadata by name.
func (i Info) Field(name string) (string, bool) {
	for _, d := range i.Custom {
		if d.Name == name {
			return d.Value, true
		}
	}
	return "", false
}

// Area holds the boxes of a page (7.5, CT_PageArea): the sheet, what is shown, what holds the text, what is cut off.
type Area struct {
	Physical                    Box
	Application, Content, Bleed *Box
}

// Page is one page. Layers are drawn in the order background, body, foreground, each with the templates of the same kind
// below it: [Document.Drawing] gives that order.
type Page struct {
	ID          ID
	Area        *Area // nil: the area of the first template that has one, else the document's
	Templates   []TemplateUse
	Layers      []Layer
	Annotations []Annotation
	File        string // where it stood in the package; Write gives every page a place of its own
}

// TemplateUse puts a template page below or above a page's own layers.
type TemplateUse struct {
	Template ID
	Order    LayerType
}

// Template is a page that others stand on (母版页): a form, a letterhead.
type Template struct {
	ID     ID
	Name   string
	Order  LayerType // where it is drawn when its use does not say
	Area   *Area
	Layers []Layer
}

// LayerType orders what lies above what (7.7).
type LayerType uint8

// The three kinds of layers; the zero value is the standard's default.
const (
	Body LayerType = iota
	Background
	Foreground
)

// Layer is a list of objects, drawn in order.
type Layer struct {
	ID      ID
	Type    LayerType
	Objects []Object
}

// Font is a typeface that texts refer to (11.1). Data is an OpenType or TrueType file, whole or a subset; nil leaves the
// choice to the reader, who goes by the name.
type Font struct {
	ID                              ID
	Name, Family, Charset           string // Charset: "", symbol, prc, big5, shift-jis, wansung, johab, unicode
	Bold, Italic, Serif, FixedWidth bool
	Data                            []byte
}

// Picture is an image file that [Image] objects show. Format is PNG, JPEG, BMP, TIFF or GBIG2 (JBIG2), as the file said.
type Picture struct {
	ID     ID
	Format string
	Data   []byte
}

// Unit is a composite drawing used in several places (13, CompositeGraphicUnit).
type Unit struct {
	ID            ID
	Width, Height float64
	Objects       []Object
}

// Bookmark is one line of the outline (7.8): a title that leads to a page, 0 for none.
type Bookmark struct {
	Title    string
	Page     ID
	Children []Bookmark
}

// Permissions says what a reader's program may let people do (7.5). It is a request to programs, not a lock.
type Permissions struct {
	NoEdit, NoAnnot, NoExport, NoSignature, NoWatermark, NoPrintScreen, NoPrint bool
	Copies                                                                      int // how often it may be printed; 0: no limit
	From, Until                                                                 string
}

// Attachment is a file that travels with the document (20).
type Attachment struct {
	ID                string // a name; "" is named by Write
	Name, Format      string
	Created, Modified string
	Hidden            bool
	Usage             string
	Data              []byte
	File              string // where it stood in the package
}

// Tag links fields of a schema to the objects that show their values (16, 自定义标引): a program finds the holder's name on
// the page without reading the page.
type Tag struct {
	Namespace string // of the schema; TypeID in files of the first edition
	Root      string // name of the root element
	Fields    []TagField
}

// TagField is one field. Name holds the names from below the root down, divided by "/": "Buyer/BuyerName".
type TagField struct {
	Name    string
	Objects []ObjectRef
}

// ObjectRef names an object on a page.
type ObjectRef struct{ Page, Object ID }

// AnnotationType tells what an annotation is (15).
type AnnotationType string

// The five types of annotations.
const (
	Link      AnnotationType = "Link"
	Drawing   AnnotationType = "Path"
	Highlight AnnotationType = "Highlight"
	Stamp     AnnotationType = "Stamp"
	Watermark AnnotationType = "Watermark"
)

// Annotation lies above the page and belongs not to its content (15): notes, stamps drawn as pictures, watermarks.
type Annotation struct {
	ID                                ID
	Type                              AnnotationType
	Subtype, Creator                  string
	Modified                          Date
	Hidden, NoPrint, NoZoom, NoRotate bool
	Editable                          bool // the standard's ReadOnly, turned round
	Remark                            string
	Parameters                        []Datum
	Boundary                          Box // the objects' space begins at its top left
	Objects                           []Object
}

// Warning is something odd that reading forgave. Code is stable, Text says it in a sentence.
type Warning struct{ File, Code, Text string }

func (w Warning) String() string { return w.File + ": " + w.Text }
