package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime/debug"
	"time"

	"yimen/city"
	"yimen/city/hall"
	"yimen/city/living"
	cityorg "yimen/city/org"
	"yimen/internal/catalogue"
	"yimen/internal/identity"
	"yimen/internal/kit/db"
)

// DemoPassword is shared by every account of the sample city, and printed.
// It opens nothing elsewhere: `yimen serve` makes no account.
const DemoPassword = "Yimen-2019"

type demoCmd struct {
	Storage   storage   `embed:""`
	Listening listening `embed:""`
	Rules     rules     `embed:""`
	Signing   signing   `embed:""`
	Proving   proving   `embed:""`
	Cases     int       `help:"How many sample cases to make on the first start." default:"2000"`
	FewSeals  bool      `help:"Make, on the first start, only the seals of the city's own agencies and of one county: quicker by a minute."`
}

// Run starts the sample city: on the first start it is made, later it is
// found as it was left.
func (c demoCmd) Run(ctx context.Context, out io.Writer, log *slog.Logger) error {
	set, err := c.Storage.settings(log)
	if err != nil {
		return err
	}
	c.Listening.apply(&set)
	c.Rules.apply(&set)
	if err := c.Signing.apply(&set); err != nil {
		return err
	}
	c.Proving.apply(&set, false)
	set.Demo, set.MakeKey, set.FewSeals = true, true, c.FewSeals
	a, err := Open(ctx, set)
	if err != nil {
		return err
	}
	if err := a.prepareDemo(ctx, c.Cases, out); err != nil {
		return errors.Join(err, a.Close())
	}
	return a.serve(ctx, c.Listening, func(addr string) { greet(out, addr) })
}

// prepareDemo migrates and, in an empty database, makes the city in one
// transaction: it is there whole or not at all, whenever it is interrupted.
func (a *App) prepareDemo(ctx context.Context, n int, out io.Writer) error {
	if err := a.Migrate(ctx); err != nil {
		return err
	}
	loaded, _, err := a.Catalogue.Search(ctx, catalogue.Query{}, db.Page{Limit: 1})
	if err != nil || len(loaded) > 0 {
		return err
	}
	start := time.Now()
	fmt.Fprintln(out, "Making the sample city (once) …")
	if err := a.LoadCity(ctx, n); err != nil {
		return fmt.Errorf("make the sample city: %w", err)
	}
	fmt.Fprintf(out, "Made in %.1f s.\n", time.Since(start).Seconds())
	return nil
}

// LoadCity makes the sample city with n cases. Everything but the organisation
// is one transaction.
func (a *App) LoadCity(ctx context.Context, n int) error {
	// Making the city leaves much behind and holds little: collecting the
	// remains less often saves time.
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	ctx = identity.With(ctx, identity.System("sample"))
	rows, err := cityorg.Rows()
	if err != nil {
		return err
	}
	people, err := cityorg.People()
	if err != nil {
		return err
	}
	definitions, err := city.Definitions()
	if err != nil {
		return err
	}
	// The organisation is read from a snapshot of what is committed, so it
	// comes first; loading it again changes nothing.
	if err := a.Org.LoadCity(ctx, rows); err != nil {
		return err
	}
	return a.DB.InTx(ctx, func(ctx context.Context) error {
		if err := a.Identity.LoadDemo(ctx, a.Org, people, DemoPassword); err != nil {
			return err
		}
		if err := a.loadRegister(ctx, people); err != nil {
			return err
		}
		if err := a.loadProofs(ctx); err != nil {
			return err
		}
		if err := a.Catalogue.LoadCity(ctx, definitions); err != nil {
			return err
		}
		if err := a.DB.Learn(ctx); err != nil { // of the people and the rights, before everybody is asked for theirs
			return err
		}
		if err := a.licenceSample(ctx, people); err != nil {
			return err
		}
		if err := city.LoadSite(ctx, a.Catalogue); err != nil {
			return err
		}
		if err := hall.Load(ctx, a.Hall, a.Org); err != nil {
			return err
		}
		if err := a.sealSample(ctx); err != nil {
			return err
		}
		var told past
		life := living.City{DB: a.DB, Org: a.Org, Identity: a.Identity, Catalogue: a.Catalogue,
			Workflow: a.Workflow, Cases: a.Cases, Store: a.Store}
		if err := life.Live(told.listen(ctx, a.Clock), a.Clock.Now(), n, people); err != nil {
			return err
		}
		// After the cases: what was accepted before wanted no certificate yet.
		if err := a.trainSample(ctx); err != nil {
			return err
		}
		if err := told.tell(ctx, a); err != nil {
			return err
		}
		if err := told.notePapers(ctx, a); err != nil {
			return err
		}
		halls := hall.City{Queue: a.Hall, Org: a.Org, Identity: a.Identity}
		if err := halls.Live(ctx, a.Clock.Now(), min(max(n/20, 16), 90)); err != nil {
			return err
		}
		return a.DB.Learn(ctx)
	})
}

// greet prints where the city is and who one can be.
func greet(out io.Writer, addr string) {
	fmt.Fprintf(out, `
一门 · 样例城市（韶关）已启动：http://%s

首页列出各种身份，点一下即可进入。也可用以下账号登录，密码都是 %s
  村民 citizen-1          企业 enterprise-1
  村窗口 clerk-440232112209（大寮坑村）   县窗口 clerk-440232000000   市窗口 clerk-440200000000
  审批人 approver-440232-d11（县人社局）  approver-440232112000（游溪镇）
  中心管理 manager-440200000000
  管理员 admin-system  admin-security  admin-audit   事项 editor-440200  reviewer-440200
  印章 seals-440200  seals-440232（保管）  seals-approve-440200（审批）  seals-make-440200（制章）

按 Ctrl+C 停止。数据保留在 data/ 中；删除该文件夹可以重新开始。
`, addr, DemoPassword)
}
