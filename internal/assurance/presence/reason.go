package presence

// Reason says how a try ended.
type Reason string

// The ends of a try.
const (
	Passed    Reason = "ok"
	Replaced  Reason = "replaced" // another was begun
	Broken    Reason = "broken"   // the program ended while it looked
	TooFew    Reason = "too_few"
	Unread    Reason = "unreadable"
	NoFace    Reason = "no_face"
	TwoFaces  Reason = "two_faces"
	Dark      Reason = "dark"
	Blurred   Reason = "blurred"
	Small     Reason = "small"
	Askew     Reason = "askew"
	NotSeen   Reason = "not_seen"
	OutOfTurn Reason = "out_of_turn"
	Still     Reason = "still"
	Flat      Reason = "flat"
	Changed   Reason = "changed"
	Replayed  Reason = "replayed"
	NoPicture Reason = "no_picture"
	NotAlike  Reason = "not_alike"
)

// remedies say what to do next, in the person's words. They name what a person can mend and nothing that would teach
// somebody with another's picture how near they came.
var remedies = map[Reason]string{
	Passed:    "核验通过。",
	Replaced:  "这次核验没有做完，请重新开始。",
	Broken:    "核验中断了，请重新开始。",
	TooFew:    "拍到的画面太少。请保持网页开着，等提示全部做完。",
	Unread:    "拍到的画面读不出来，请换一个浏览器，或重启手机后再试。",
	NoFace:    "没有看清您的脸。请摘下口罩和帽子，把整张脸放进框里。",
	TwoFaces:  "画面里不止一个人。请一个人做，让旁边的人走开一点。",
	Dark:      "光线太暗或太亮。请面向窗户或灯光，不要背光。",
	Blurred:   "画面不清楚。请擦一擦镜头，手机拿稳一点。",
	Small:     "离得太远了。请把手机拿近一些，让脸占满框。",
	Askew:     "开始时请正对屏幕，头不要歪。",
	NotSeen:   "有的动作没有看到。请跟着提示，动作慢一点、大一点。",
	OutOfTurn: "动作的先后和提示不一样。请看清提示再做。",
	Still:     "没有看到动作。请本人对着镜头，跟着提示做。",
	Flat:      "没有确认是本人在镜头前。请本人对着镜头做，不要用照片或视频。",
	Changed:   "中途换了人或挡住了脸。请一个人从头做到尾。",
	Replayed:  "没有确认是本人在镜头前。请重新拍，不要用录好的视频。",
	NoPicture: "人像库里没有您的照片，不能刷脸。请带身份证到就近的政务服务窗口核验。",
	NotAlike:  "没有对上。请摘下眼镜、撩开头发，光线亮一些再试；样子变化大的，请带身份证到窗口核验。",
}

// Remedy is what the person is told.
func (r Reason) Remedy() string {
	if text, ok := remedies[r]; ok {
		return text
	}
	return remedies[Broken]
}
