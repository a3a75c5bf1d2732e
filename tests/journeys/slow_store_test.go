package journeys

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// An objectStore speaks as much of S3 as the program asks of it, from memory.
// It can be made to take everything and answer nothing, until it breaks or goes
// on.
type objectStore struct {
	mu      sync.Mutex
	objects map[string][]byte
	stall   chan bool // nil: answers at once; else gives what became of it: true, it goes on
	waiting chan bool // one for every request that is stalled
}

func (o *objectStore) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	key := r.URL.Path
	if strings.Count(strings.Trim(key, "/"), "/") == 0 { // the bucket itself: is it there?
		fmt.Fprint(w, `<?xml version="1.0"?><ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>`)
		return
	}
	body, err := readObject(r)
	o.mu.Lock()
	stall := o.stall
	o.mu.Unlock()
	if stall != nil {
		o.waiting <- true
		if ok := <-stall; !ok {
			w.WriteHeader(http.StatusForbidden) // 5xx would be tried again by the client's own library
			return
		}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	content, known := o.objects[key]
	switch {
	case err != nil:
		w.WriteHeader(http.StatusBadRequest)
	case r.Method == http.MethodPut:
		o.objects[key] = body
		w.Header().Set("ETag", `"1"`)
	case r.Method == http.MethodDelete:
		delete(o.objects, key)
		w.WriteHeader(http.StatusNoContent)
	case !known:
		w.WriteHeader(http.StatusNotFound)
	default:
		w.Header().Set("ETag", `"1"`)
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
	}
}

// readObject reads what is put, also where it comes in announced pieces with a
// check behind them.
func readObject(r *http.Request) ([]byte, error) {
	if !strings.Contains(r.Header.Get("Content-Encoding"), "aws-chunked") && !strings.HasPrefix(r.Header.Get("X-Amz-Content-Sha256"), "STREAMING") {
		return io.ReadAll(r.Body)
	}
	var all bytes.Buffer
	in := bufio.NewReader(r.Body)
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return nil, err
		}
		size, _, _ := strings.Cut(strings.TrimSpace(line), ";")
		n, err := strconv.ParseInt(size, 16, 64)
		if err != nil {
			return nil, err
		}
		if n == 0 {
			_, err = io.Copy(io.Discard, in)
			return all.Bytes(), err
		}
		if _, err := io.CopyN(&all, in, n); err != nil {
			return nil, err
		}
		if _, err := in.ReadString('\n'); err != nil {
			return nil, err
		}
	}
}

func (o *objectStore) setStall(stall chan bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.stall = stall
}

func (o *objectStore) count() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.objects)
}

// The object store takes a file and says nothing. Nobody else waits for it:
// pages open, applications come in and are decided. When it comes to nothing,
// whoever sent the file is told that it was not saved, and nothing of it is kept;
// when it was only slow, the file is there. Afterwards all is as before.
func TestSlowObjectStore(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "test")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "test")
	each(t, func(t *testing.T, e engine) {
		store := &objectStore{objects: map[string][]byte{}, waiting: make(chan bool, 8)}
		remote := httptest.NewServer(store)
		defer remote.Close()
		c := sampleCity(t, e)
		s := c.serve(t, "demo", "--notices-when-asked", "--files", "s3://bucket?region=cn-north-1&use_path_style=true&endpoint="+remote.URL)
		clerk := s.as(t, "clerk-"+theVillage)
		first, err := clerk.upload("材料.pdf", pdf)
		must(t, err)
		first.want(t, 201)
		rows, blobs := c.rows(t), store.count()

		for _, goesOn := range []bool{false, true} {
			stall := make(chan bool)
			store.setStall(stall)
			answer := make(chan reply, 1)
			go func() {
				r, err := clerk.upload("慢.pdf", append([]byte(nil), pdf...))
				if err != nil {
					t.Error(err)
				}
				answer <- r
			}()
			<-store.waiting // the file is on its way, and stays there
			body := clerk.apply("SG02008", theVillage, "window", "citizen-1")
			for range 20 {
				s.page(t, "/")
				clerk.get("/api/v1/cases")
			}
			if goesOn {
				number := clerk.do("POST", "/api/v1/cases", body, 201).text("number")
				clerk.act(number, "accept", j{})
				s.decideMany(t, 1)
			}
			select {
			case r := <-answer:
				t.Fatalf("the store has said nothing, and the upload is answered: %s", r)
			default:
			}
			store.setStall(nil)
			stall <- goesOn
			r := <-answer
			if goesOn {
				r.want(t, 201)
				continue
			}
			r.unavailable(t)
			r.says(t, "code", "file_store_unavailable")
			if now := c.rows(t); now != rows || store.count() != blobs {
				t.Errorf("something was kept of it: %d blobs, were %d; rows\n%swere\n%s", store.count(), blobs, now, rows)
			}
		}
		r, err := clerk.upload("再传.pdf", pdf)
		must(t, err)
		r.want(t, 201)
		if n := store.count(); n != blobs+2 {
			t.Errorf("%d blobs, want %d", n, blobs+2)
		}
	})
}
