package files

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/emmansun/gmsm/sm3"
	"gocloud.dev/blob"

	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
)

// Save stores what r gives, up to its end, under a name made safe. The
// declared media type does not count; content and extension decide. The row is
// part of the transaction of ctx; a content that Ahead has stored is not stored
// again.
//
// Errors: ErrEmpty, ErrTooLarge, ErrTypeRefused (this extension is not
// taken), ErrTypeMismatch (the content is not its extension), ErrInterrupted
// (r failed), db.ErrFull, ErrUnavailable. Nothing is stored then.
func (s *Store) Save(ctx context.Context, name, declared string, r io.Reader, owner string) (File, error) {
	f := File{ID: db.NewID(), Name: cleanName(name), Owner: owner, CreatedAt: clock.FromContext(ctx, s.clock).Now()}
	ext := extension(f.Name)
	if !s.taken[ext] {
		return File{}, ErrTypeRefused.Say("不能上传“%s”：只接受 %s 格式的文件，请转换格式后再上传。", f.Name, s.takenText())
	}
	f.MediaType = types[ext].media
	if e := s.early(ctx, f.Name, r); e != nil {
		if e.err != nil {
			return File{}, e.err
		}
		f.ID, f.Size, f.SM3 = e.file.ID, e.file.Size, e.file.SM3
	} else if err := s.writeBlob(ctx, &f, r); err != nil {
		return File{}, err
	}
	_, err := s.d.Conn(ctx).Exec(ctx, `INSERT INTO files_file (id, name, media_type, size, sm3, owner, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`, f.ID, f.Name, f.MediaType, f.Size, f.SM3, f.Owner, f.CreatedAt)
	if err != nil {
		// Perhaps the answer was lost and not the row: Sweep decides.
		return File{}, fmt.Errorf("files: save %s: %w", f.ID, err)
	}
	return f, nil
}

// writeBlob stores the content sealed and fills in its size and hash. An
// error, also one about the type, leaves no blob.
func (s *Store) writeBlob(ctx context.Context, f *File, r io.Reader) error {
	// Cancelled before Close, a writer of gocloud drops what it has.
	ctx, drop := context.WithCancel(ctx)
	defer drop()
	patience := s.patience(drop)
	w, err := s.bucket.NewWriter(ctx, blobKey(f.ID), &blob.WriterOptions{ContentType: "application/octet-stream"})
	if err != nil {
		return storeError(err)
	}
	if err := s.copySealed(patientWriter{patience, w}, f, r); err != nil {
		drop()
		_ = w.Close()
		return err
	}
	if err := patience.with(w.Close); err != nil {
		return storeError(err)
	}
	return s.sync(f.ID)
}

func (s *Store) copySealed(w io.Writer, f *File, r io.Reader) error {
	sealed, err := newSealer(w, s.keys.Current(), f.ID)
	if err != nil {
		return storeError(err)
	}
	hash, seen := sm3.New(), &sample{}
	buf := make([]byte, chunkSize)
	for {
		n, err := r.Read(buf)
		if n > 0 {
			hash.Write(buf[:n])
			_, _ = seen.Write(buf[:n])
			if seen.size > s.max {
				return ErrTooLarge.Say("文件“%s”超过%s，请压缩或拆分后再上传。", f.Name, sizeText(s.max))
			}
			if _, err := sealed.Write(buf[:n]); err != nil {
				return storeError(err)
			}
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return readError(f.Name, err)
		}
	}
	f.Size, f.SM3 = seen.size, hex.EncodeToString(hash.Sum(nil))
	if err := checkType(f, seen); err != nil {
		return err
	}
	return storeError(sealed.Close())
}

func checkType(f *File, seen *sample) error {
	if seen.size == 0 {
		return ErrEmpty.Say("文件“%s”是空的，请检查后重新选择。", f.Name)
	}
	want := types[extension(f.Name)].kind
	got := sniff(seen.head, seen.tail, seen.size)
	switch {
	case got == want:
		return nil
	case got == kindUnknown:
		return ErrTypeMismatch.Say("文件“%s”已损坏或不是 %s 格式，请用原软件打开检查，重新导出后再上传。", f.Name, want)
	}
	return ErrTypeMismatch.Say("文件“%s”的内容是 %s 格式，与扩展名不符，请用原软件另存为 %s 格式后再上传。", f.Name, got, want)
}

// sync makes a blob in a folder outlive a power cut; gocloud does not. An
// object store has answered only once it has stored.
func (s *Store) sync(id string) error {
	if s.folder == "" {
		return nil
	}
	path := filepath.Join(s.folder, filepath.FromSlash(blobKey(id)))
	dir := filepath.Dir(path)
	wait := []string{path, dir}
	if _, known := s.synced.Load(dir); !known { // its own name may be new
		wait = append(wait, s.folder)
	}
	for _, p := range wait {
		if err := syncFile(p); err != nil {
			return storeError(err)
		}
	}
	s.synced.Store(dir, true)
	return nil
}

func (s *Store) takenText() string {
	var list []string
	for _, ext := range DefaultTypes {
		if s.taken[ext] {
			list = append(list, ext)
		}
	}
	return strings.Join(list, "、")
}

func sizeText(n int64) string {
	switch {
	case n >= 1<<20:
		return fmt.Sprintf("%d MB", n>>20)
	case n >= 1<<10:
		return fmt.Sprintf("%d KB", n>>10)
	}
	return fmt.Sprintf("%d字节", n)
}

// syncFile waits until a file's content, or a folder's list of names, is on
// the disk.
func syncFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
