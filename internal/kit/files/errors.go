package files

import (
	"errors"
	"net/http"
	"syscall"

	"gocloud.dev/gcerrors"

	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
)

// Errors of this package. The sentences are made more particular where they
// are returned.
var (
	ErrTooLarge     = errs.Define(errs.TooLarge, "file_too_large", "文件太大，请压缩或拆分后再上传。")
	ErrEmpty        = errs.Define(errs.Invalid, "file_empty", "文件是空的，请检查后重新选择。")
	ErrTypeMismatch = errs.Define(errs.Invalid, "file_type_mismatch", "文件内容与扩展名不符，请用原软件重新导出后再上传。")
	ErrTypeRefused  = errs.Define(errs.Invalid, "file_type_refused", "不能上传这种格式的文件，请转换格式后再上传。")
	ErrInterrupted  = errs.Define(errs.Invalid, "upload_interrupted", "文件没有传完，请检查网络后重新上传。")
	ErrNotFound     = errs.Define(errs.NotFound, "file_not_found", "文件不存在或已删除，请刷新页面。")
	ErrDamaged      = errs.Define(errs.Internal, "file_damaged", "文件已损坏或被改动，无法打开，请联系管理员从备份恢复。")
	ErrUnavailable  = errs.Define(errs.Unavailable, "file_store_unavailable", "暂时无法存取文件，本次操作没有保存，请稍后重试。")
)

// storeError tells a trouble of the store apart from ours.
func storeError(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return db.ErrFull.Because(err)
	case gcerrors.Code(err) == gcerrors.NotFound:
		return ErrDamaged.Because(err) // there is a row, so there was a blob
	}
	return ErrUnavailable.Because(err)
}

// readError is for what the client sends: a body that is too long for the
// server, or a line that broke.
func readError(name string, err error) error {
	var long *http.MaxBytesError
	if errors.As(err, &long) {
		return ErrTooLarge.Because(err)
	}
	return ErrInterrupted.Say("文件“%s”没有传完，请检查网络后重新上传。", name).Because(err)
}
