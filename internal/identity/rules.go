package identity

import (
	"errors"
	"fmt"
	"time"
)

// Rules are what signing in is bound to (GB/T 22239-2019 level 3, 8.1.4.1 and
// 8.1.4.2). A city may be stricter than the law, never laxer: see Check.
type Rules struct {
	PasswordLength      int // characters of the passwords of staff
	AdminPasswordLength int // of the three administrators
	PasswordHistory     int // so many last passwords do not come back
	PasswordDays        int // staff change theirs at least so often
	PasswordWarnDays    int // and are told so many days before
	MaxFailures         int // wrong passwords before an account name is locked
	LockFor             time.Duration
	StaffIdle           time.Duration // a session of staff ends when unused for so long
	AdminIdle           time.Duration // one of an administrator
	FirstFor            time.Duration // a password set by somebody else opens for so long
	LogDays             int           // days for which sign-ins are kept for the account's own eyes
	StaffDevices        bool          // staff too are told when they sign in with a browser not seen before
	CloseDays           int           // days in which the closing of an account can be taken back
}

// DefaultRules are those of a city that says nothing.
func DefaultRules() Rules {
	return Rules{PasswordLength: 10, AdminPasswordLength: 12, PasswordHistory: 5, PasswordDays: 90, PasswordWarnDays: 7,
		MaxFailures: 5, LockFor: 15 * time.Minute, StaffIdle: 30 * time.Minute, AdminIdle: 10 * time.Minute,
		FirstFor: 72 * time.Hour, CloseDays: 15, LogDays: 200, StaffDevices: true}
}

// Check refuses what is laxer than the law, naming each setting in one Chinese
// sentence.
func (r Rules) Check() error {
	var bad []error
	number := func(flag, title string, is, least, most int) {
		if is < least || is > most {
			bad = append(bad, fmt.Errorf("设置 %s（%s）为%d，等级保护三级的要求是%d至%d，请修改后再启动。", flag, title, is, least, most))
		}
	}
	number("password-length", "工作人员密码长度", r.PasswordLength, minPassword, maxPassword)
	number("password-length-admin", "管理员密码长度", r.AdminPasswordLength, minAdminPassword, maxPassword)
	number("password-history", "不得重复使用的旧密码个数", r.PasswordHistory, 5, 50)
	number("password-days", "密码最长使用天数", r.PasswordDays, 1, 90)
	number("password-warn-days", "密码到期前提醒天数", r.PasswordWarnDays, 1, 30)
	number("login-failures", "连续输错密码的次数", r.MaxFailures, 1, 5)
	number("login-lock", "锁定分钟数", int(r.LockFor.Minutes()), 10, 24*60)
	number("staff-idle", "工作人员无操作自动退出分钟数", int(r.StaffIdle.Minutes()), 1, 30)
	number("admin-idle", "管理员无操作自动退出分钟数", int(r.AdminIdle.Minutes()), 1, 10)
	// Not of the same law, but as much a promise: a slip that is found does not
	// open for good, and who wants to leave waits fifteen days at most.
	number("first-password-for", "一次性密码有效小时数", int(r.FirstFor.Hours()), 1, 168)
	number("close-days", "注销账号的反悔天数", r.CloseDays, 1, 15)
	if r.LogDays < leastLogDays {
		bad = append(bad, fmt.Errorf("设置 log-retention（日志留存天数）为%d，网络安全法第二十一条要求至少六个月，请改成%d以上再启动。", r.LogDays, leastLogDays))
	}
	return errors.Join(bad...)
}

// leastLogDays is for how long logs are kept at least (网络安全法 art. 21: six months).
const leastLogDays = 180

// length is how long a password of an account has to be.
func (r Rules) length(kind Kind, admin bool) int {
	switch {
	case admin:
		return r.AdminPasswordLength
	case kind == KindStaff || kind == KindSystem:
		return r.PasswordLength
	}
	return minPassword
}

// idle is when an unused session of the actor ends; 0 is the site's own rule.
func (r Rules) idle(a Actor) time.Duration {
	switch {
	case a.Kind != KindStaff || a.shared:
		return 0
	case a.admin:
		return r.AdminIdle
	}
	return r.StaffIdle
}

// daysLeft is how long a password of staff stays good, in days begun: 0 or less
// when it has to be changed now.
func (r Rules) daysLeft(since, now time.Time) int {
	const day = 24 * time.Hour
	left := since.Add(time.Duration(r.PasswordDays) * day).Sub(now)
	if left <= 0 {
		return 0
	}
	return int((left + day - 1) / day)
}
