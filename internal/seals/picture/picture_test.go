package picture

import (
	"bytes"
	"errors"
	"image/png"
	"os"
	"path/filepath"
	"testing"
)

func designs() map[string]Design {
	return map[string]Design{
		"city":      {Size: 42, Name: "韶关市人民政府", Star: true},
		"village":   {Size: 42, Name: "乳源瑶族自治县游溪镇大寮坑村村民委员会", Star: true},
		"long":      {Size: 42, Name: "乳源瑶族自治县人力资源和社会保障局东坪镇人民政府街道办事处", Star: true},
		"licence":   {Size: 40, Name: "乳源瑶族自治县人力资源和社会保障局", Line: "电子证照专用章", Star: true},
		"person":    {Size: 20, Name: "李小明", Square: true},
		"twosylabl": {Size: 20, Name: "李明", Square: true},
	}
}

// Every seal is small, of the size it says, and has ink where it should.
func TestPictures(t *testing.T) {
	for name, d := range designs() {
		raw, err := Draw(d)
		if err != nil {
			t.Fatal(name, err)
		}
		if dir := os.Getenv("SEAL_PICTURES"); dir != "" { // to be looked at
			if err := os.WriteFile(filepath.Join(dir, name+".png"), raw, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if len(raw) > 10<<10 {
			t.Errorf("%s: %d bytes", name, len(raw))
		}
		img, err := png.Decode(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(name, err)
		}
		side := img.Bounds().Dx()
		if want := d.Size * 300 * 10 / 254; side < want-1 || side > want+1 || img.Bounds().Dy() != side {
			t.Errorf("%s: %v, want %d dots", name, img.Bounds(), want)
		}
		inked := func(x, y int) bool { _, _, _, a := img.At(x, y).RGBA(); return a > 0x8000 }
		if !inked(side/2, side/100+2) && !inked(2+side/100, side/2) {
			t.Errorf("%s: no edge", name)
		}
		if d.Star && !inked(side/2, side/2) {
			t.Errorf("%s: no star", name)
		}
		if inked(0, 0) && !d.Square {
			t.Errorf("%s: ink in the corner", name)
		}
	}
}

func TestMissingCharacterIsNamed(t *testing.T) {
	_, err := Draw(Design{Size: 42, Name: "韶关\U0002FFFF局", Star: true})
	var missing *MissingError
	if !errors.As(err, &missing) || string(missing.Runes) != "\U0002FFFF" {
		t.Errorf("%v", err)
	}
}

func BenchmarkDraw(b *testing.B) {
	d := designs()["licence"]
	for b.Loop() {
		if _, err := Draw(d); err != nil {
			b.Fatal(err)
		}
	}
}
