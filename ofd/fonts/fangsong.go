package fonts

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
)

// FangSongFile is the name of the file [FangSong] is read from.
const FangSongFile = "FandolFang-Regular.otf"

// ErrNoFangSong says that the face official documents are set in is not installed. Setters then take [Serif] for it and say so.
var ErrNoFangSong = errors.New("no file " + FangSongFile + ": documents that want 仿宋 are set in Noto Serif SC instead")

// FangSong is 仿宋 (FandolFang). It is not compiled in: its licence is the GPL with an exception for documents, which is for
// a file of its own beside the program, not for a part of it. See the decision 0041.
var FangSong = &Face{Name: "FandolFang", Weight: Regular, load: loadFangSong}

var fangSong struct {
	sync.Mutex
	path string
}

// UseFangSong names the file to read 仿宋 from. It counts when it comes before the face's first use; without it the file is
// looked for in a folder fonts beside the program, and where Debian's texlive-lang-chinese puts it.
func UseFangSong(path string) {
	fangSong.Lock()
	defer fangSong.Unlock()
	fangSong.path = path
}

func loadFangSong() ([]byte, error) {
	fangSong.Lock()
	named := fangSong.path
	fangSong.Unlock()
	if named != "" {
		data, err := os.ReadFile(named)
		if err != nil {
			return nil, fmt.Errorf("%w (%w)", ErrNoFangSong, err)
		}
		return data, nil
	}
	places := []string{"/usr/share/texlive/texmf-dist/fonts/opentype/public/fandol"}
	if self, err := os.Executable(); err == nil {
		places = append([]string{filepath.Join(filepath.Dir(self), "fonts")}, places...)
	}
	for _, dir := range places {
		if data, err := os.ReadFile(filepath.Join(dir, FangSongFile)); err == nil {
			return data, nil
		}
	}
	return nil, ErrNoFangSong
}
