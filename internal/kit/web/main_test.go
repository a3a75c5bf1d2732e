package web_test

import (
	"io"
	"log/slog"
	"net/http"
	"os"
	"testing"

	"yimen/internal/kit/db"
	"yimen/internal/kit/web"
)

var schema = []db.Source{web.Migrations}

// TestMain keeps the log of routers without their own out of the output.
func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.NewTextHandler(io.Discard, nil)))
	os.Exit(m.Run())
}

// say is a page that says one thing.
func say(text string) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		_, err := io.WriteString(w, text)
		return err
	}
}
