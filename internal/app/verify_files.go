package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"yimen/ofd"
	"yimen/ofd/ses"
)

type verifyFilesCmd struct {
	Files []string `arg:"" help:"OFD documents, PDF documents and electronic seals (.esl)." placeholder:"FILE"`
	Roots []string `help:"Certificates (PEM or DER) of the roots to believe, of issuing authorities, and lists of revoked ones: files, or folders of them." placeholder:"DIR|FILE"`
	Whole bool     `help:"Ask only whether anything was changed: exit 0 also where nobody is known to vouch for the signer, or the seal was not in force. What is missing is still printed." name:"integrity"`
	JSON  bool     `help:"One JSON object a file." name:"json"`
}

// exitCode is an error that has said all it has to say and ends the program
// with a code of its own.
type exitCode int

func (e exitCode) Error() string { return fmt.Sprintf("exit %d", int(e)) }

const (
	notValid   exitCode = 1
	unreadable exitCode = 2
)

// verified is what is said of one file.
type verified struct {
	File        string `json:"file"`
	Kind        string `json:"kind,omitempty"`  // ofd, pdf, seal
	Error       string `json:"error,omitempty"` // why it cannot be read; then there is no report
	*ses.Report        // its fields stand beside these
}

// Run verifies documents and seals. Exit 0: all are valid; 1: one is not, or
// cannot be said to be; 2: one cannot be read. With --integrity 0 is that none was
// changed (docs/decisions/0059). It needs no city.
func (c verifyFilesCmd) Run(ctx context.Context, out io.Writer) error {
	var trust ses.TrustReader
	for _, path := range c.Roots {
		if err := readTrust(&trust, path); err != nil {
			return err
		}
	}
	o := trust.Options()
	exit := exitCode(0)
	for i, path := range c.Files {
		v := verifyFile(ctx, path, o)
		switch {
		case v.Error != "":
			exit = unreadable
		case c.Whole && v.Report.Verdict.Whole():
		case v.Report.Verdict != ses.Valid:
			exit = max(exit, notValid)
		}
		if c.JSON {
			if err := json.NewEncoder(out).Encode(v); err != nil {
				return err
			}
			continue
		}
		if i > 0 {
			fmt.Fprintln(out)
		}
		v.print(out)
	}
	if exit != 0 {
		return exit
	}
	return nil
}

// readTrust reads a file of certificates, or all of a folder.
func readTrust(t *ses.TrustReader, path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	paths := []string{path}
	if info.IsDir() {
		entries, err := os.ReadDir(path)
		if err != nil {
			return err
		}
		paths = nil
		for _, e := range entries {
			if e.Type().IsRegular() {
				paths = append(paths, filepath.Join(path, e.Name()))
			}
		}
	}
	for _, p := range paths {
		data, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		if err := t.Read(data); err != nil {
			return fmt.Errorf("%s: %w", p, err)
		}
	}
	return nil
}

// largestSeal bounds what is read as a seal; real ones have some ten kilobytes.
const largestSeal = 16 << 20

// verifyFile tells kinds apart by how they begin, not by their names.
func verifyFile(ctx context.Context, path string, o ses.Options) verified {
	v := verified{File: path}
	f, err := os.Open(path)
	if err != nil {
		v.Error = "打不开：" + err.Error()
		return v
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		v.Error = "不是文件。"
		return v
	}
	head := make([]byte, 5)
	n, _ := io.ReadFull(f, head)
	switch head = head[:n]; {
	case bytes.HasPrefix(head, []byte("PK")):
		v.Kind = "ofd"
		p, err := ofd.Open(f, info.Size())
		if err != nil {
			v.Error = "不是能读的OFD文件：" + err.Error()
			return v
		}
		v.Report = ses.Verify(ctx, p, o)
	case bytes.HasPrefix(head, []byte("%PDF-")):
		v.pdf(f, head, info.Size(), o)
	case bytes.HasPrefix(head, []byte{0x30}):
		v.seal(ctx, f, head, o)
	default:
		v.Error = "既不是OFD文件、PDF文件，也不是电子印章。"
	}
	return v
}

// largestPDF bounds what of a PDF file is held in memory.
const largestPDF = 256 << 20

// pdf reads a PDF file whole. One without a signature must at least end as one:
// what was cut off may have had one.
func (v *verified) pdf(f io.Reader, head []byte, size int64, o ses.Options) {
	if size > largestPDF {
		v.Error = fmt.Sprintf("PDF文件超过%dMB，不能验证。", largestPDF>>20)
		return
	}
	data := bytes.NewBuffer(make([]byte, 0, size+bytes.MinRead))
	data.Write(head)
	if _, err := data.ReadFrom(io.LimitReader(f, size)); err != nil {
		v.Error = "读不出来：" + err.Error()
		return
	}
	r := ses.VerifyPDF(data.Bytes(), o)
	if r.Verdict == ses.Unsigned && !bytes.Contains(data.Bytes(), []byte("%%EOF")) {
		v.Error = "PDF文件不完整，没有结尾，可能没有下载完，请重新下载。"
		return
	}
	v.Kind, v.Report = "pdf", r
}

func (v *verified) seal(ctx context.Context, f io.Reader, head []byte, o ses.Options) {
	data, err := io.ReadAll(io.LimitReader(io.MultiReader(bytes.NewReader(head), f), largestSeal+1))
	if err == nil && len(data) > largestSeal {
		err = errors.New("太大")
	}
	var s *ses.Seal
	if err == nil {
		s, err = ses.ParseSeal(data)
	}
	if err != nil {
		v.Error = "不是能读的电子印章：" + err.Error()
		return
	}
	v.Kind, v.Report = "seal", ses.VerifySeal(ctx, s, o)
}

// print tells it to people: the answer first, then every step. Names come from
// files that anybody may have made, so what would steer a terminal is replaced.
func (v verified) print(to io.Writer) {
	var b strings.Builder
	if v.Error != "" {
		fmt.Fprintf(&b, "%s：读不了\n    %s\n", v.File, v.Error)
	} else {
		fmt.Fprintf(&b, "%s：%s\n", v.File, v.Title)
		printSteps(&b, v.Steps)
		for _, s := range v.Signatures {
			printSignature(&b, s)
		}
	}
	fmt.Fprint(to, strings.Map(func(r rune) rune {
		if r == '\n' || unicode.IsPrint(r) {
			return r
		}
		return unicode.ReplacementChar
	}, b.String()))
}

func printSignature(b *strings.Builder, s ses.SignatureReport) {
	fmt.Fprintf(b, "  签名%s：%s", s.ID, s.Title)
	if s.Seal != nil {
		fmt.Fprintf(b, "；印章“%s”（%s）", s.Seal.Name, s.Seal.ID)
	}
	if s.Signer != "" {
		fmt.Fprintf(b, "；签署者“%s”", s.Signer)
	}
	fmt.Fprintln(b)
	printSteps(b, s.Steps)
}

func printSteps(b *strings.Builder, steps []ses.Step) {
	for _, s := range steps {
		fmt.Fprintf(b, "    %-7s %s", s.Result, s.Title)
		if s.File != "" {
			fmt.Fprintf(b, " %s", s.File)
		}
		if s.Reason != "" {
			fmt.Fprintf(b, "：%s", s.Reason)
		}
		fmt.Fprintln(b)
	}
}
