package licences_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"yimen/internal/identity"
	"yimen/internal/kit/audit"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/files"
	"yimen/internal/kit/sealed"
	"yimen/internal/licences"
	"yimen/internal/org"
	"yimen/internal/seals"
	"yimen/internal/seals/vault"
	"yimen/ofd"
	"yimen/ofd/render"
	"yimen/ofd/ses"
)

// keepers is everybody who may keep a seal.
type keepers struct{}

func (keepers) Actor(_ context.Context, account string) (identity.Actor, error) {
	return identity.Actor{Account: account, Name: account, Kind: identity.KindStaff, Grants: []identity.Grant{{Verb: seals.VerbApply, Agency: bureau}, {Verb: seals.VerbUse, Agency: bureau}}}, nil
}

func (keepers) HoldersOver(context.Context, identity.Verb, string) ([]string, error) { return nil, nil }
func (keepers) NamesOf(context.Context, []string) (map[string]string, error)         { return nil, nil }

// sealing is a world whose bureau has its seals, and a store of files.
type sealing struct {
	*world
	seals *seals.Module
	files *files.Store
}

var system = identity.With(context.Background(), identity.System("test"))

func allSources() []db.Source {
	return []db.Source{org.Migrations, audit.Migrations, sealed.Migrations, files.Migrations, seals.Migrations, licences.Migrations}
}

func withSeals(t *testing.T, fn func(w *sealing)) {
	t.Helper()
	dbtest.Each(t, allSources(), func(t *testing.T, d *db.DB) {
		w := &sealing{world: newWorld(t, d)}
		fn(w.furnish())
	})
}

func (w *sealing) furnish() *sealing {
	dir := w.t.TempDir()
	store, err := files.Open(system, files.Options{URL: "file://" + filepath.ToSlash(dir), KeyFile: filepath.Join(dir, "key"), CreateKey: true}, w.d, w.clock)
	w.must(err)
	w.t.Cleanup(func() { _ = store.Close() })
	w.seals = seals.New(seals.Deps{DB: w.d, Clock: w.clock, Org: w.Org, Accounts: keepers{}, Audit: w.Audit, Vault: vault.NewStore(w.d, sealed.Throwaway(), w.clock), Demo: true})
	w.t.Cleanup(w.seals.Settle)
	w.must(w.seals.EnsureAuthority(system))
	agency, err := w.Org.Agency(system, bureau)
	w.must(err)
	w.must(w.seals.FurnishAgency(system, agency))
	w.Seals, w.Files, w.BaseURL, w.files = w.seals, store, "https://yimen.test/", store
	return w
}

// file is a stored document.
func (w *sealing) file(id string) []byte {
	w.t.Helper()
	r, _, err := w.files.Open(system, id)
	w.must(err)
	defer r.Close()
	data, err := io.ReadAll(r)
	w.must(err)
	return data
}

// pdf is a licence's document as PDF.
func (w *sealing) pdf(l licences.Licence, p licences.Paper) []byte {
	w.t.Helper()
	data, err := w.PDF(w.head, l, p)
	w.must(err)
	return data
}

func (w *sealing) copyPDF(l licences.Licence, c licences.Copy) []byte {
	w.t.Helper()
	data, err := w.CopyPDF(w.head, l, c)
	w.must(err)
	return data
}

// A licence of the stock becomes a sealed document that says what it is, in the
// names of the standard, and that others can check.
func TestDocumentIsSealedAndSaysWhatItIs(t *testing.T) {
	withSeals(t, func(w *sealing) {
		l, err := w.TakeOver(w.head, card())
		w.must(err)
		p, err := w.Document(w.head, l.Identifier)
		w.must(err)
		raw := w.file(p.OFD)
		if len(raw) > 60<<10 {
			t.Errorf("%d bytes: a licence has 60 KB at most", len(raw))
		}
		if out := os.Getenv("LICENCE_OUT"); out != "" {
			w.must(os.WriteFile(out+".ofd", raw, 0o600))
			w.must(os.WriteFile(out+".pdf", w.pdf(l, p), 0o600))
		}
		pkg, err := ofd.OpenBytes(raw)
		w.must(err)
		trust, err := w.seals.Trust(system)
		w.must(err)
		if r := ses.Verify(system, pkg, ses.Options{Trust: trust, Status: w.seals, Now: w.clock.Now}); r.Verdict != ses.Valid {
			t.Errorf("%s: %+v", r.Verdict, r.Signatures)
		}
		doc, err := ofd.Read(pkg)
		w.must(err)
		for name, want := range map[string]string{"ZZMC": "居民身份证", "ZZBS": l.Identifier, "CZZT": "李立伟", "CZZTDM": resident(), "CZZTDMLXDM": "111",
			"ZZBFJG": "乳源人社局", "ZZBFRQ": l.IssuedOn.String(), "KZ_XB": "男", "ZZQZMC": "乳源人社局电子证照专用章"} {
			if got, _ := doc.Info.Field(name); got != want {
				t.Errorf("%s is %q, want %q", name, got, want)
			}
		}
		text := doc.Text(&doc.Pages[0])
		for _, want := range []string{"居民身份证", "李立伟", "男", l.Identifier, "乳源人社局"} {
			if !strings.Contains(text, want) {
				t.Errorf("the page does not say %s: %s", want, text)
			}
		}
		page, _, err := render.PNG(doc, 0, render.Options{})
		w.must(err)
		if said := codeOn(t, page); !strings.HasSuffix(said, licences.CheckURL+"?id="+l.Identifier) {
			t.Errorf("its code says %q", said)
		}
		tagged := map[string]bool{}
		for _, f := range doc.Tags[0].Fields {
			tagged[f.Name] = true
		}
		if !tagged["CZZT"] || !tagged["KZ_XB"] || !tagged["ZZBS"] {
			t.Errorf("tags %v", tagged)
		}
		if pdf := w.pdf(l, p); !strings.HasPrefix(string(pdf), "%PDF-") {
			t.Error("no PDF")
		}
		uses, _, err := w.seals.Uses(system, seals.UseQuery{}, db.Page{})
		w.must(err)
		if len(uses) != 1 || uses[0].Account != "head" || uses[0].Document != l.Identifier || uses[0].Purpose != "licence:ZZ001" {
			t.Errorf("uses %+v", uses)
		}
		_, err = w.Document(w.head, l.Identifier)
		w.refused(err, licences.ErrHasPaper)
	})
}

func (w *world) refused(err error, want *errs.Error) {
	w.t.Helper()
	if !errors.Is(err, want) {
		w.t.Errorf("%v, want %s", err, want.Code)
	}
}
