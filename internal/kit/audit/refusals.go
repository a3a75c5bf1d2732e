package audit

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"yimen/internal/kit/clock"
)

// mostRefusals are kept of one request.
const mostRefusals = 20

// refusals are what one request was refused, in the order it was.
type refusals struct {
	l    *Log
	mu   sync.Mutex
	list []Entry
}

type refusalsKey struct{}

// Refuse records that somebody was refused what they asked for: a look at a
// case of others, a page of other people's work. It is written when the request
// is over and not with its transaction, which a refusal undoes. Outside of a
// request nothing is recorded: there the program asks itself.
func Refuse(ctx context.Context, e Entry) {
	r, ok := ctx.Value(refusalsKey{}).(*refusals)
	if !ok {
		return
	}
	if e.Role == "" && r.l.actsAs != nil {
		e.Role = r.l.actsAs(ctx, e.Actor) // here it is known who is asking
	}
	if e.At.IsZero() {
		e.At = clock.FromContext(ctx, r.l.clock).Now()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.list) < mostRefusals {
		r.list = append(r.list, e)
	}
}

// Refusals writes down what Refuse was told of while a request ran. A request
// tried again after the database broke it off tells the same twice: once is
// written.
func (l *Log) Refusals(log *slog.Logger) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
			r := &refusals{l: l}
			next.ServeHTTP(w, req.WithContext(context.WithValue(req.Context(), refusalsKey{}, r)))
			if len(r.list) == 0 {
				return
			}
			ctx, done := context.WithTimeout(context.WithoutCancel(req.Context()), 10*time.Second)
			defer done()
			seen := map[Entry]bool{}
			for _, e := range r.list {
				same := e
				same.At = time.Time{}
				if seen[same] {
					continue
				}
				seen[same] = true
				if err := l.Write(ctx, e); err != nil {
					log.ErrorContext(ctx, "a refusal was not recorded", "action", e.Action, "error", err)
				}
			}
		})
	}
}
