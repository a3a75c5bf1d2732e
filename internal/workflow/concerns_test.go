package workflow

import "testing"

func TestConcerns(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.start("A1", line, nil)
		for name, want := range map[string]bool{"ann": true, "stranger": false} {
			if name == "stranger" {
				w.person(name, "440299-d99", VerbReview)
			}
			got, err := w.Concerns(w.as(name), "A1")
			if w.must(err); got != want {
				t.Errorf("%s: %v, want %v", name, got, want)
			}
			if got, err = w.Concerns(w.as(name), "A2"); got || err != nil {
				t.Errorf("%s and a case without tasks: %v, %v", name, got, err)
			}
		}
		free := w.list(w.as("ann"), Query{Free: true})
		if len(free) != 1 {
			t.Fatalf("%d tasks to claim, want 1", len(free))
		}
		w.must(w.Claim(w.as("ann"), free[0]))
		if free = w.list(w.as("ann"), Query{Free: true}); len(free) != 0 {
			t.Errorf("a claimed task is still to be claimed")
		}
	})
}
