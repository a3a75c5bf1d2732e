package cases

import "fmt"

// tones colour the states: calm while all is well, green when done, amber when
// somebody has to do something, red for the ends that nobody wants.
var tones = map[State]string{
	StateDraft: "muted", StateSubmitted: "info", StateReceived: "info", StateCorrecting: "warning",
	StateAccepted: "info", StateReviewing: "info", StatePaused: "warning", StateDecided: "info", StateIssuing: "info",
	StateDelivering: "warning", StateClosed: "success", StateArchived: "muted",
	StateRefused: "danger", StateWithdrawn: "muted", StateTerminated: "danger",
}

// Tone is the colour of the state's badge, a word of ui.StateBadge.
func (s State) Tone() string { return tones[s] }

// DueText says how near the limit is that runs now; "" without one.
func (c Case) DueText() string {
	switch {
	case c.DueOn.IsZero() || c.Clock == ClockNone:
		return ""
	case c.DaysLeft == nil:
		return c.DueOn.Chinese()
	case *c.DaysLeft < 0:
		return fmt.Sprintf("%s（超%d个工作日）", c.DueOn.Chinese(), -*c.DaysLeft)
	case *c.DaysLeft == 0 && c.Light == LightOverdue:
		return c.DueOn.Chinese() + "（已过期）"
	case *c.DaysLeft == 0:
		return c.DueOn.Chinese() + "（今天到期）"
	}
	return fmt.Sprintf("%s（剩%d个工作日）", c.DueOn.Chinese(), *c.DaysLeft)
}

// ClockName is the limit that runs now in the words of the trade.
func (c Case) ClockName() string {
	return map[string]string{ClockReceipt: "受理期限", ClockCorrection: "补正期限", ClockPromise: "承诺期限", ClockDelivery: "送达期限"}[c.Clock]
}

// ChannelName is the channel of a case for people; the word itself if unknown.
func ChannelName(channel string) string {
	if n := map[string]string{ChannelWindow: "窗口", ChannelWeb: "网上", ChannelMobile: "移动端", ChannelPost: "邮寄", ChannelKiosk: "自助终端"}[channel]; n != "" {
		return n
	}
	return channel
}

// DeliverName is a way of delivery for people; the word itself if unknown.
func DeliverName(way string) string {
	if n := map[string]string{DeliverWindow: "窗口领取", DeliverPost: "邮寄送达", DeliverElectronic: "电子送达"}[way]; n != "" {
		return n
	}
	return way
}

// OutcomeName is an outcome of a decision for people; "" for none.
func OutcomeName(outcome string) string {
	return map[string]string{Granted: "准予", Denied: "不予"}[outcome]
}

// WayName is how a material was handed in, for people.
func WayName(way string) string { return wayWords[way] }

// GroundsName is a ground on which an application is refused, for people.
func GroundsName(grounds string) string { return groundsWords[grounds] }
