package load

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"
)

// task is a step of the case's process.
type task struct {
	ID       string `json:"id"`
	Seat     int    `json:"seat"`
	Decision bool   `json:"decision"`
	Agency   string `json:"agency"`
	State    string `json:"state"`
}

// review finds who has the case first.
func (s *story) review(ctx context.Context) (step, time.Duration) {
	var list struct {
		State string `json:"state"`
		Items []task `json:"items"`
	}
	if err := s.site.get(ctx, "case tasks", s.viewer, "/api/v1/cases/"+s.told.last.Number+"/tasks", &list); err != nil {
		return s.stop(err)
	}
	if list.State == "" {
		return s.stop(fmt.Errorf("case %s was accepted and has no process", s.told.last.Number))
	}
	next, err := s.next(list.State, list.Items)
	if err != nil {
		return s.stop(err)
	}
	return next, 0
}

// next lets who has the case act; when nobody has, it is decided.
func (s *story) next(process string, tasks []task) (step, error) {
	for _, t := range tasks {
		if t.State == "open" {
			return s.sign(t), nil
		}
	}
	if process == "running" {
		return nil, fmt.Errorf("case %s is under review and nobody has it", s.told.last.Number)
	}
	return s.settle, nil
}

// sign lets an approver do a task: those who take their time look at their
// inbox and at the case first.
func (s *story) sign(t task) step {
	return func(ctx context.Context) (step, time.Duration) {
		account := s.approver(t.Agency, t.Seat)
		if s.profile.think {
			if err := s.read(ctx, account); err != nil {
				return s.stop(err)
			}
		}
		body, op := map[string]any{"opinion": "经审查，符合条件，同意。"}, "approve"
		if t.Decision {
			body["outcome"], op = "granted", "decide"
			if s.fate == "denied" {
				body["outcome"], body["opinion"] = "denied", "经审查，申报的情况与核查结果不一致，不符合规定条件。"
			}
		}
		var left struct {
			Process struct {
				State string `json:"state"`
				Open  []task `json:"open"`
			} `json:"process"`
		}
		if err := s.site.post(ctx, op, account, "/api/v1/tasks/"+t.ID+"/approve", body, &left); err != nil {
			return s.stop(err)
		}
		s.told.last.State = moving
		next, err := s.next(left.Process.State, left.Process.Open)
		if err != nil {
			return s.stop(err)
		}
		return next, s.profile.pause(atDesk, s.r)
	}
}

// moving stands for a state that the server has not told: the steps of a
// process answer with the task and what is next, not with the case.
const moving = ""

// read is what an approver does before signing.
func (s *story) read(ctx context.Context, account string) error {
	if err := s.site.get(ctx, "inbox", account, "/api/v1/tasks?limit=20", nil); err != nil {
		return err
	}
	var found page[task]
	if err := s.site.get(ctx, "inbox search", account, "/api/v1/tasks?case="+url.QueryEscape(s.told.last.Number), &found); err != nil {
		return err
	}
	if len(found.Items) == 0 {
		return fmt.Errorf("case %s is not in the inbox of %s", s.told.last.Number, account)
	}
	return s.site.open(ctx, "page case", account, "/office/cases/"+s.told.last.Number)
}

// patience is how long to wait before looking whether the result is ready: it
// is made in the background.
func (s *story) patience() time.Duration {
	wait := min(50*time.Millisecond<<min(s.patient, 10), 15*time.Second)
	s.patient++
	return wait
}

// mostPatient is how often one looks: after half an hour one gives up.
const mostPatient = 120

// settle looks whether the result can be handed over.
func (s *story) settle(ctx context.Context) (step, time.Duration) {
	// The receiving clerk or the applicant looks: they may, whoever decided.
	if err := s.site.get(ctx, "case", s.by, "/api/v1/cases/"+s.told.last.Number, &s.told.last); err != nil {
		return s.stop(err)
	}
	switch s.told.last.State {
	case "closed", "archived":
		return s.close(ctx)
	case "delivering":
		return s.deliver(), s.profile.pause(fetching, s.r)
	}
	if s.patient > mostPatient {
		return s.stop(errors.New("a decided case is not carried on: are the server's jobs running?"))
	}
	return s.settle, s.patience()
}

// deliver hands the result over where it is fetched.
func (s *story) deliver() step {
	account := s.approver(s.told.last.Competent, 0)
	if clerks := s.world.clerks[s.told.last.Receiving]; s.told.last.Deliver == "window" && len(clerks) > 0 {
		account = clerks[s.r.IntN(len(clerks))]
	}
	return s.verb("deliver", account, map[string]any{"receiver": s.who.Name, "tracking": "1092026" + s.told.last.Number[8:14]}, s.close)
}
