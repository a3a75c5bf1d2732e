package licences

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"image"
	"io"
	"path"
	"slices"
	"strings"

	"golang.org/x/text/encoding/simplifiedchinese"

	"yimen/internal/kit/errs"
)

// Bounds of an archive of stock.
const (
	maxArchive  = 64 << 20
	maxEntries  = 6000
	maxScans    = 10   // of one licence
	leastSide   = 80   // points of a picture that can be made out
	scanSide    = 2000 // points of a stored scan, at most
	endOfZip    = 22   // bytes of the record at an archive's end
	longestName = 256  // of an entry, on average: bounds the directory
)

// archive is a ZIP file with a sheet of stock and the pictures that its lines name.
type archive struct {
	sheet *zip.File
	files map[string]*zip.File // by the path as a line may write it
	named map[string]taken     // pictures that a line has named
}

// taken says who named a picture first.
type taken struct {
	line   int
	holder string
}

// openArchive finds the sheet and the pictures. Nothing is unpacked, and what a
// name leads to outside of the archive is looked for inside of it alone. Errors:
// ErrStockFile.
func openArchive(r io.ReaderAt, size int64) (*archive, error) {
	if size > maxArchive {
		return nil, ErrStockFile.Say("压缩包太大，请分成几个，每个不超过%dMB。", maxArchive>>20)
	}
	if n, ok := entriesOf(r, size); !ok {
		return nil, ErrStockFile.Say("压缩包打不开，请重新压缩成ZIP格式（不要加密、不要分卷）。")
	} else if n > maxEntries {
		return nil, ErrStockFile.Say("压缩包里的文件太多，请分成几个，每个不超过%d个文件。", maxEntries)
	}
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, ErrStockFile.Because(err).Say("压缩包打不开，请重新压缩成ZIP格式（不要加密、不要分卷）。")
	}
	a := &archive{files: map[string]*zip.File{}, named: map[string]taken{}}
	at := ""
	for _, f := range z.File {
		name := entryName(f)
		base := path.Base(name)
		if strings.HasSuffix(name, "/") || strings.HasPrefix(base, ".") || strings.HasPrefix(name, "__MACOSX/") {
			continue
		}
		if strings.EqualFold(path.Ext(base), ".csv") {
			if a.sheet != nil {
				return nil, ErrStockFile.Say("压缩包里有两张表格（%s、%s），请只留一张。", at, name)
			}
			a.sheet, at = f, name
			continue
		}
		a.files[name] = f
	}
	if a.sheet == nil {
		return nil, ErrStockFile.Say("压缩包里没有CSV表格，请把表格和图片一起压缩。")
	}
	a.below(path.Dir(at))
	return a, nil
}

// below lets lines name pictures from the folder of the sheet.
func (a *archive) below(folder string) {
	if folder == "." {
		return
	}
	for name, f := range a.files {
		if short, ok := strings.CutPrefix(name, folder+"/"); ok {
			if _, other := a.files[short]; !other {
				a.files[short] = f
			}
		}
	}
}

// entriesOf reads how many entries an archive claims at its end, before anything
// is made of its directory; false where that is no ordinary archive.
func entriesOf(r io.ReaderAt, size int64) (int, bool) {
	end := make([]byte, min(size, endOfZip+0xffff))
	if _, err := r.ReadAt(end, size-int64(len(end))); err != nil && err != io.EOF {
		return 0, false
	}
	at := bytes.LastIndex(end, []byte("PK\x05\x06"))
	if at < 0 || len(end)-at < endOfZip {
		return 0, false
	}
	count, directory := int(binary.LittleEndian.Uint16(end[at+10:])), binary.LittleEndian.Uint32(end[at+12:])
	if directory > maxEntries*longestName { // it is what costs, whatever count is claimed
		count = maxEntries + 1
	}
	return count, true
}

// entryName is the path of an entry as people wrote it: archives made in Chinese
// on Windows name files in GB18030, with backslashes at times.
func entryName(f *zip.File) string {
	name := f.Name
	if f.NonUTF8 {
		if text, err := simplifiedchinese.GB18030.NewDecoder().String(name); err == nil {
			name = text
		}
	}
	return cleanPath(name)
}

func cleanPath(name string) string {
	name = strings.ReplaceAll(name, `\`, "/")
	folder := strings.HasSuffix(name, "/")
	name = strings.TrimPrefix(path.Clean("/"+name), "/")
	if folder {
		name += "/"
	}
	return name
}

// attach takes the pictures that a line names out of its texts and puts them into
// what is to be stored. Errors by field, in the words of the line.
func (a *archive) attach(t Type, line int, n *Entry) error {
	var bad errs.Fields
	n.Pictures = map[string][]byte{}
	for _, f := range t.Fields {
		if f.Kind != kindPicture {
			continue
		}
		for _, column := range []string{f.Label, f.Name} {
			name := n.Fields[column]
			delete(n.Fields, column)
			if name == "" {
				continue
			}
			raw, err := a.picture(name, line, n.HolderNo)
			if err != nil {
				bad.Add("fields."+f.Name, "“%s”：%s", f.Label, errs.From(err).Message)
				continue
			}
			n.Pictures[f.Name] = raw
		}
	}
	names := strings.FieldsFunc(n.Fields[colScan], func(r rune) bool { return strings.ContainsRune(";；|\n", r) })
	delete(n.Fields, colScan)
	if len(names) > maxScans {
		bad.Add("scan", "一本最多%d张扫描件。", maxScans)
		names = nil
	}
	for _, name := range names {
		raw, err := a.picture(strings.TrimSpace(name), line, n.HolderNo)
		if err != nil {
			bad.Add("scan", "%s", errs.From(err).Message)
			continue
		}
		n.Scans = append(n.Scans, raw)
	}
	return bad.Err()
}

// picture reads one picture of the archive that a line names. Errors: ErrPicture.
func (a *archive) picture(name string, line int, holder string) ([]byte, error) {
	clean := cleanPath(name)
	f := a.files[clean]
	if f == nil {
		f = a.loose(clean)
	}
	if f == nil {
		return nil, ErrPicture.Say("压缩包里没有“%s”，请核对路径和文件名。", name)
	}
	if before, ok := a.named[f.Name]; ok && before.holder != holder {
		return nil, ErrPicture.Say("“%s”第%d行已经用了，是另一个人的，请核对。", name, before.line)
	}
	a.named[f.Name] = taken{line, holder}
	r, err := f.Open()
	if err != nil {
		return nil, ErrPicture.Because(err).Say("“%s”解压不了，请重新压缩。", name)
	}
	defer r.Close()
	raw, err := io.ReadAll(io.LimitReader(r, maxPictureFile+1))
	if err != nil {
		return nil, ErrPicture.Because(err).Say("“%s”解压不了，请重新压缩。", name)
	}
	if len(raw) > maxPictureFile {
		return nil, ErrPicture.Say("“%s”太大，请换成%dMB以内的。", name, maxPictureFile>>20)
	}
	size, kind, err := image.DecodeConfig(bytes.NewReader(raw))
	switch {
	case err != nil:
		return nil, ErrPicture.Because(err).Say("“%s”不是能用的图片，请换成JPG或PNG图片（PDF、Word文件不行）。", name)
	case !slices.Contains([]string{"jpeg", "png", "gif"}, kind):
		return nil, ErrPicture.Say("“%s”是%s格式，请换成JPG或PNG图片。", name, kind)
	case size.Width < leastSide || size.Height < leastSide:
		return nil, ErrPicture.Say("“%s”只有%d×%d点，看不清，每边至少要%d点。", name, size.Width, size.Height, leastSide)
	}
	return raw, nil
}

// loose finds what a line writes in other capitals.
func (a *archive) loose(name string) *zip.File {
	for known, f := range a.files {
		if strings.EqualFold(known, name) {
			return f
		}
	}
	return nil
}

// idle is how many pictures no line has named.
func (a *archive) idle() int {
	n, seen := 0, map[string]bool{}
	for _, f := range a.files {
		if _, named := a.named[f.Name]; !named && !seen[f.Name] {
			n++
		}
		seen[f.Name] = true
	}
	return n
}
