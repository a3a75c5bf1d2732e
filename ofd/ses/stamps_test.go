package ses_test

import (
	"bytes"
	"context"
	"testing"

	"yimen/ofd/ses"
)

// Whoever draws a page finds each seal where it was set.
func TestStampsAreFound(t *testing.T) {
	h := city(t)
	if list, err := ses.Stamps(pages(t, 1)); err != nil || len(list) != 0 {
		t.Errorf("unsealed: %v %v", list, err)
	}
	p := h.sealed(t, ses.Signing{})
	second := ses.Stamp{Page: 1, Box: ses.Box{X: 10, Y: 20, Width: 30, Height: 30}, Clip: &ses.Box{Width: 15, Height: 30}}
	if err := ses.Affix(context.Background(), p, h.seal, h.signer, []ses.Stamp{second}, ses.Signing{Now: clock}); err != nil {
		t.Fatal(err)
	}
	list, err := ses.Stamps(open(t, write(t, p)))
	if err != nil || len(list) != 2 {
		t.Fatalf("%v %v", list, err)
	}
	for i, want := range []ses.Stamp{corner[0], second} {
		got := list[i]
		if got.Page != 1 || got.Box != want.Box || (got.Clip == nil) != (want.Clip == nil) || !bytes.Equal(got.Picture.Data, svg) {
			t.Errorf("stamp %d: %+v", i, got)
		}
	}
	if _, err := ses.Stamps(pages(t, 0)); err != nil {
		t.Error(err)
	}
}
