package cases

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/files"
	"yimen/internal/kit/web"
)

// maxUpload is the largest body of an upload: a file of 50 MB and what frames it.
const maxUpload = 50<<20 + 1<<20

func (m *Module) apiFiles(api huma.API) {
	op := huma.Operation{
		Method: http.MethodPost, Path: "/api/v1/files", OperationID: "upload-file", Summary: "上传材料文件", Tags: []string{apiTag},
		DefaultStatus: http.StatusCreated, MaxBodyBytes: maxUpload,
	}
	web.Op(api, op, identity.SignedIn(), m.apiUpload)
}

type uploadForm struct {
	File huma.FormFile `form:"file" required:"true" doc:"材料文件"`
}

type uploadInput struct {
	RawBody huma.MultipartFormFiles[uploadForm]
}

type uploadOutput struct {
	Body struct {
		ID        string `json:"id"`
		Name      string `json:"name"`
		Size      int64  `json:"size"`
		MediaType string `json:"media_type"`
	}
}

func (m *Module) apiUpload(ctx context.Context, in *uploadInput) (*uploadOutput, error) {
	up := in.RawBody.Data().File
	f, err := m.Uploads().Save(ctx, up.Filename, up.ContentType, up, identity.FromContext(ctx).Account)
	if err != nil {
		return nil, err
	}
	out := &uploadOutput{}
	out.Body.ID, out.Body.Name, out.Body.Size, out.Body.MediaType = f.ID, f.Name, f.Size, f.MediaType
	return out, nil
}

// OpenFile gives a file that was handed in with a case the viewer may see;
// ErrUnknown for any other: the id of a file alone opens nothing. The caller
// closes it.
func (m *Module) OpenFile(ctx context.Context, number, file string) (io.ReadCloser, files.File, error) {
	r, err := m.seen(ctx, number)
	if err != nil {
		return nil, files.File{}, err
	}
	var found string
	err = m.db.Conn(ctx).Get(ctx, &found, `SELECT id FROM cases_material WHERE case_id = $1 AND file = $2 AND file <> '' LIMIT 1`, r.ID, file)
	if errors.Is(err, db.ErrNoRows) {
		return nil, files.File{}, ErrUnknown
	}
	if err != nil {
		return nil, files.File{}, fmt.Errorf("find file of case: %w", err)
	}
	return m.Files.Open(ctx, file)
}
