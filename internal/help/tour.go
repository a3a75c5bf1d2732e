package help

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"yimen/internal/identity"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
)

// ErrTour is told to somebody for whom there is no tour.
var ErrTour = errs.Define(errs.NotFound, "help_tour_unknown", "没有适合您岗位的导览，请从帮助页选一份指南阅读。")

// stop is one step of a tour: a real page, what to look at there, what to try.
type stop struct {
	title, text string
	page        string
	demo        string // to try in the sample city, with its invented people; "": nothing more
}

// tour leads through the pages of one sort of work.
type tour struct {
	id, title, lead string
	stops           []stop
}

var clerkTour = tour{"clerk", "窗口第一天", "跟着走一遍窗口的主要页面，大约十分钟。每一步都是真的页面，上面有一条提示；随时可以停下，下次接着走。", []stop{
	{"认识窗口首页", "上面一个输入框，刷身份证、扫码、输入姓名或事项都行；下面按“待受理、待补正、待送达、办理中、已办结”列出本网点的件，数字就是件数。", "/counter", ""},
	{"找到要办的事", "输入两个字、拼音或首字母，看看列出来的事项。每一项都写着由谁决定、承诺几天。", "/counter/new", "试试输入“gl”，会找到高龄津贴。"},
	{"收一件", "选好事项，情形、表单、材料都在一页上，右边列着还缺什么；填错的地方，提示就在旁边。", "/counter/new", "可以替编出来的村民李立伟收一件，填齐了再决定交不交；这里的人和件都是编的，交了也没关系。"},
	{"看在办的件", "这里能按状态、期限、姓名或编号的开头查办件。红黄灯和旁边的字说明还剩几个工作日。", "/office/cases", ""},
	{"打开一件", "随便打开一件：申请表、材料、期限、文书、经过都在一页；“可以办理”里只有现在能做的。补正只能告知一次，要一次列全。", "/office/cases", "打开后按浏览器的返回键就能回来。"},
	{"看消息", "催办、转办、超期会出现在这里。页头的数字是未读条数。", "/office/messages", ""},
	{"消息用什么方式收", "填邮箱并确认后，也可以用邮件收。", "/office/messages/settings", ""},
	{"查快捷键", "熟练以后，用键盘比鼠标快。任何一页按“?”都能打开这张表。", "/help/shortcuts", ""},
	{"遇到问题怎么办", "任何一页，点页头的“帮助”，看到的就是这一页的说明。出错页上有请求编号，报给管理员就能查到原因。", "/help", ""},
}}

var approverTour = tour{"approver", "审批第一天", "跟着走一遍审批的主要页面，大约十分钟。每一步都是真的页面，上面有一条提示；随时可以停下，下次接着走。", []stop{
	{"认识待办", "最紧的排在最前面。上面的数字是已超期、将到期、临期、正常的件数，点一下就筛选。", "/office", ""},
	{"看一件的全部", "打开一件：申请表和材料、时限台账、文书、流程图、全部经过，都在一页。", "/office", "打开后按浏览器的返回键就能回来。"},
	{"写意见、选动作", "同意、不同意、退回、加签、委托、改派：页面上只有现在能做的。意见会记入经过，不能改。", "/office", ""},
	{"查办件", "按状态、期限、事项、日期查本单位决定的件。看不到的件，搜索和计数里也没有。", "/office/cases", ""},
	{"看消息", "转办、催办、超期会出现在这里。页头的数字是未读条数。", "/office/messages", ""},
	{"消息用什么方式收", "填邮箱并确认后，也可以用邮件收。", "/office/messages/settings", ""},
	{"期限怎么算", "到期日由时限台账计算：起算当天不计，调休上班算工作日，特别程序期间不计。", "/help/approver", ""},
	{"遇到问题怎么办", "任何一页，点页头的“帮助”，看到的就是这一页的说明。出错页上有请求编号，报给管理员就能查到原因。", "/help", ""},
}}

// tourOf is the tour of somebody's work; false for citizens and those whose
// pages have none.
func tourOf(a identity.Actor) (tour, bool) {
	switch {
	case !a.IsStaff():
		return tour{}, false
	case a.Has("case.submit_for"):
		return clerkTour, true
	case a.Has("task.approve") || a.Has("task.decide") || a.Has("task.review"):
		return approverTour, true
	}
	return tour{}, false
}

// Progress is how far somebody has come.
type Progress struct {
	Tour string `db:"tour"`
	Step int    `db:"step"` // the furthest, from 1; 0: not begun
	Done bool   `db:"done"`
}

// progress gives how far an account has come in a tour.
func (m *Module) progress(ctx context.Context, account string, t tour) (Progress, error) {
	var p Progress
	err := m.DB.Conn(ctx).Get(ctx, &p, `SELECT tour, step, done FROM help_tour WHERE account = $1`, account)
	if errors.Is(err, db.ErrNoRows) || err == nil && p.Tour != t.id {
		return Progress{Tour: t.id}, nil
	}
	if err != nil {
		return p, fmt.Errorf("read tour: %w", err)
	}
	return p, nil
}

func (m *Module) keep(ctx context.Context, account string, p Progress) error {
	now := clock.FromContext(ctx, m.Clock).Now().UTC()
	_, err := m.DB.Conn(ctx).Exec(ctx, `INSERT INTO help_tour (account, tour, step, done, updated_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (account) DO UPDATE SET tour = excluded.tour, step = excluded.step, done = excluded.done, updated_at = excluded.updated_at`,
		account, p.Tour, p.Step, p.Done, now)
	if err != nil {
		return fmt.Errorf("keep tour: %w", err)
	}
	return nil
}

// tourKey is what the session keeps: "tour step" while somebody is on the way.
const tourKey = "help.tour"

// onTour gives the tour and the step of this browser; step 0 is none.
func onTour(r *http.Request) (tour, int) {
	id, step, ok := strings.Cut(web.Session(r).GetString(tourKey), " ")
	n, err := strconv.Atoi(step)
	if !ok || err != nil {
		return tour{}, 0
	}
	t, ok := tourOf(identity.FromContext(r.Context()))
	if !ok || t.id != id || n < 1 || n > len(t.stops) {
		return tour{}, 0
	}
	return t, n
}

// startPage offers the tour and says how far one has come.
func (m *Module) startPage(w http.ResponseWriter, r *http.Request) error {
	actor := identity.FromContext(r.Context())
	t, ok := tourOf(actor)
	if !ok {
		return ErrTour
	}
	p, err := m.progress(r.Context(), actor.Account, t)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, tourView(t, p, m.Demo))
}

// walk goes to a step: the browser remembers it, the account too.
func (m *Module) walk(w http.ResponseWriter, r *http.Request) error {
	actor := identity.FromContext(r.Context())
	t, ok := tourOf(actor)
	if !ok {
		return ErrTour
	}
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	session := web.Session(r)
	step, err := strconv.Atoi(form.Value("step"))
	if err != nil || step < 1 || step > len(t.stops)+1 {
		session.Remove(tourKey)
		return web.Redirect(w, r, "/help/tour")
	}
	p, err := m.progress(r.Context(), actor.Account, t)
	if err != nil {
		return err
	}
	p.Step = max(p.Step, min(step, len(t.stops)))
	p.Done = p.Done || step > len(t.stops)
	if err := m.keep(r.Context(), actor.Account, p); err != nil {
		return err
	}
	if step > len(t.stops) {
		session.Remove(tourKey)
		web.Flash(r, "success", "导览走完了。以后想再看，从“帮助”进来。")
		return web.Redirect(w, r, "/help/tour")
	}
	session.Put(tourKey, t.id+" "+strconv.Itoa(step))
	return web.Redirect(w, r, t.stops[step-1].page)
}
