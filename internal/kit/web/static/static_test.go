package static

import (
	"strings"
	"testing"
	"testing/fstest"
)

func TestFilesOfModules(t *testing.T) {
	Add(fstest.MapFS{"map.js": {Data: []byte("1")}})
	url := URL("map.js")
	if f := Lookup(url); f == nil || string(f.Data) != "1" || !strings.HasSuffix(url, ".js") {
		t.Errorf("file at %s is %+v", url, f)
	}
	if Lookup("/static/map.js") != nil {
		t.Error("found without its hash")
	}
	defer func() {
		if recover() == nil {
			t.Error("a second file of the name was taken")
		}
	}()
	Add(fstest.MapFS{"map.js": {Data: []byte("2")}})
}
