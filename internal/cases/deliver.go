package cases

import (
	"context"
	"regexp"

	"yimen/internal/kit/errs"
)

var lastFour = regexp.MustCompile(`^[0-9]{3}[0-9Xx]$`)

// Deliver notes that the result reached the applicant (送达), at a window with
// the receiver's name, by post with the waybill, and closes the case.
func (m *Module) Deliver(ctx context.Context, number string, a Act) (Case, error) {
	return m.act(ctx, number, VerbDeliver, a, func(ctx context.Context, t *turn) error {
		if err := checkDelivery(t.r, &a); err != nil {
			return err
		}
		t.give(deliverySheet(t.r, t.today, a))
		t.tell(Delivered{Ref: t.r.ref(), By: t.r.Deliver})
		detail := map[string]string{"by": t.r.Deliver, "receiver": a.Receiver}
		if a.Tracking != "" {
			detail["tracking"] = a.Tracking
		}
		return t.close(VerbDeliver, a.Opinion, detail)
	})
}

func checkDelivery(r *record, a *Act) error {
	var bad errs.Fields
	if r.Deliver == DeliverPost {
		checkText(&bad, "tracking", &a.Tracking, "邮寄送达请填写邮件号码。")
	}
	checkText(&bad, "receiver", &a.Receiver, "")
	if a.Receiver == "" {
		if r.Deliver == DeliverWindow {
			bad.Add("receiver", "请填写领取人姓名。")
		}
		a.Receiver = r.ApplicantName
	}
	if a.ReceiverIDNo != "" && !lastFour.MatchString(a.ReceiverIDNo) {
		bad.Add("receiver_id_no", "请只填写领取人证件号码的后四位。")
	}
	checkText(&bad, "opinion", &a.Opinion, "")
	return bad.Err()
}
