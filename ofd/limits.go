package ofd

// Limits bound what opening and reading take, whatever the file says of itself. A field that is 0 takes the default's.
type Limits struct {
	Files    int   // entries of the archive
	File     int64 // bytes of one file, inflated
	Total    int64 // bytes of all files, inflated
	Ratio    int64 // how many times larger than its packed form a file above a mebibyte may be
	Depth    int   // of nested XML elements
	Elements int   // XML elements of a whole document
	Objects  int   // text, path and image objects of a whole document
	Pages    int
}

// DefaultLimits are wide enough for a document of a thousand full pages and keep memory below about 300 MiB.
var DefaultLimits = Limits{
	Files: 20_000, File: 64 << 20, Total: 256 << 20, Ratio: 200,
	Depth: 64, Elements: 400_000, Objects: 100_000, Pages: 5_000,
}

// full fills in the defaults.
func (l Limits) full() Limits {
	d := DefaultLimits
	set := func(v *int, d int) {
		if *v <= 0 {
			*v = d
		}
	}
	set64 := func(v *int64, d int64) {
		if *v <= 0 {
			*v = d
		}
	}
	set(&l.Files, d.Files)
	set64(&l.File, d.File)
	set64(&l.Total, d.Total)
	set64(&l.Ratio, d.Ratio)
	set(&l.Depth, d.Depth)
	set(&l.Elements, d.Elements)
	set(&l.Objects, d.Objects)
	set(&l.Pages, d.Pages)
	return l
}
