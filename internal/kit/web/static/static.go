// Package static holds the files every page loads, embedded and addressed by
// their content: /static/yimen.1a2b3c4d.css never changes, so browsers keep
// it for a year. What is vendored, from where and under which licence is in
// README.md.
package static

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"path"
	"strings"
	"sync"
)

//go:embed dist
var dist embed.FS

// File is one static file.
type File struct {
	Name string // as the page names it: yimen.css
	URL  string // /static/yimen.<hash>.css
	Data []byte
}

var (
	mu     sync.RWMutex
	byName = map[string]*File{}
	byURL  = map[string]*File{}
)

func init() {
	sub, err := fs.Sub(dist, "dist")
	if err != nil {
		panic("static: " + err.Error())
	}
	Add(sub)
	add("yimen.css", yimenSheet())
	add("yimen.js", yimenScript())
}

// Add adds the files of a module (a map library, a chart library). Call it
// from a package variable or init; it panics on a name used twice, since a
// page could not tell which it gets.
func Add(fsys fs.FS) {
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		add(name, data)
		return nil
	})
	if err != nil {
		panic("static: read embedded files: " + err.Error())
	}
}

func add(name string, data []byte) {
	sum := sha256.Sum256(data)
	ext := path.Ext(name)
	f := &File{Name: name, Data: data,
		URL: "/static/" + strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:6]) + ext}
	mu.Lock()
	defer mu.Unlock()
	if _, taken := byName[name]; taken {
		panic("static: two files named " + name)
	}
	byName[name], byURL[f.URL] = f, f
}

// URL is the address of a file. It panics on a name that is not there: a page
// that asks for it would be broken for everybody.
func URL(name string) string {
	mu.RLock()
	defer mu.RUnlock()
	f, ok := byName[name]
	if !ok {
		panic("static: no file named " + name)
	}
	return f.URL
}

// Lookup finds the file of an address, nil when there is none.
func Lookup(url string) *File {
	mu.RLock()
	defer mu.RUnlock()
	return byURL[url]
}
