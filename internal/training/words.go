package training

import "yimen/internal/kit/web/ui"

func orPost(kind string) string {
	if kind == "" {
		return KindPost
	}
	return kind
}

func monthsText(n int) string {
	if n == 0 {
		return ""
	}
	return itoa(n)
}

func endedValue(ended bool) string {
	if ended {
		return "on"
	}
	return ""
}

func doneText(done bool) string {
	if done {
		return "已登记"
	}
	return "还没有登记"
}

// firstResult is what a list begins with: what the sheet said; else whoever
// signed in has passed unless the trainer says otherwise.
func firstResult(a Attendance) string {
	if a.Result != "" {
		return a.Result
	}
	if a.SignedAt != nil {
		return Passed
	}
	return Absent
}

func resultOptions() []ui.Option {
	return []ui.Option{{Value: Passed, Label: resultNames[Passed]}, {Value: Failed, Label: resultNames[Failed]}, {Value: Absent, Label: resultNames[Absent]}}
}

func firstPage(paged bool) string {
	if paged {
		return "/office/training/certificates"
	}
	return ""
}
