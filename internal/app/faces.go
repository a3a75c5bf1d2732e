package app

import (
	"context"
	"errors"
	"fmt"

	cityorg "yimen/city/org"
	"yimen/face"
	"yimen/face/samples"
	"yimen/face/weights"
	"yimen/internal/assurance/presence"
	"yimen/internal/identity"
)

// wireFaces builds the proof by face. Outside the demo no register of photographs is connected, and the pages say so.
func (a *App) wireFaces() error {
	if err := a.Faces.Check(); err != nil {
		return err
	}
	model, err := face.Load(weights.FS)
	if err != nil {
		return err
	}
	d := presence.Deps{DB: a.DB, Clock: a.Clock, Identity: a.Identity, Audit: a.Audit, Model: model, Rules: a.Faces}
	if a.Demo {
		d.Register = demoPhotos{a.Identity}
	}
	a.Presence = presence.New(d)
	return nil
}

// demoPortraits are those of citizen-1, citizen-2 and so on. citizen-3 is who has proven a telephone and no more.
var demoPortraits = []string{"c", "b", "a", "d", "e"}

// newcomerPortrait is that of who has no account yet (cityorg.Newcomer).
const newcomerPortrait = "f"

// demoPhotos is the register of photographs of the sample city: each of the six portraits with a free licence belongs to
// one person of the demo, whoever that is. Nobody else has one.
type demoPhotos struct{ identity *identity.Module }

// Photo implements presence.PhotoRegister.
func (d demoPhotos) Photo(ctx context.Context, p identity.Person) ([]byte, error) {
	for i, name := range demoPortraits {
		who, err := d.identity.Person(ctx, fmt.Sprintf("citizen-%d", i+1))
		if err == nil && who.Account == p.Account {
			return samples.Portrait(name), nil
		}
	}
	who, err := cityorg.Newcomer()
	if err == nil && p.IDNo == who.IDNo && p.Name == who.DisplayName {
		return samples.Portrait(newcomerPortrait), nil
	}
	return nil, errors.Join(presence.ErrNoPhoto, err)
}
