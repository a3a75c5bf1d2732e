package app

import (
	"context"

	"yimen/internal/kit/clock"
	"yimen/internal/training"
	"yimen/workday"
)

// What the sample city's windows have learnt.
const (
	trainedCity = "440200000000"
	trainedItem = "SG29001"            // accepted by who holds the certificate
	untrained   = "clerk-440224000000" // and this clerk does not
)

// trainSample gives nearly every clerk the certificate of sitting at a counter,
// a few about to end, and those of city and county halls one of their field, with
// one clerk left out.
func (a *App) trainSample(ctx context.Context) error {
	post, err := a.Training.SaveCourse(ctx, training.Course{Kind: training.KindPost, Title: "综合窗口上岗培训", Months: 24, Division: trainedCity,
		About: "窗口礼仪、一次性告知、收件和受理的规定、系统操作。笔试和现场操作都合格才发证。"})
	if err != nil {
		return err
	}
	field, err := a.Training.SaveCourse(ctx, training.Course{Kind: training.KindBusiness, Title: "工程建设项目受理专项培训", Months: 12, Division: trainedCity,
		About: "防雷、消防、施工许可等事项的申请材料和常见缺漏。"})
	if err != nil {
		return err
	}
	staff, err := a.Org.AllStaff(ctx)
	if err != nil {
		return err
	}
	who, err := a.Identity.Actor(ctx, untrained)
	if err != nil {
		return err
	}
	today := workday.DateOf(a.Clock.Now(), clock.Beijing)
	var sits, knows []training.Earned
	for i, s := range staff {
		if s.Outlet == "" || !s.Active {
			continue
		}
		from := today.Add(-(200 + i%330))
		if i%97 == 5 {
			from = today.Add(-(705 + i%20)) // two years are nearly over
		}
		sits = append(sits, training.Earned{Staff: s, From: from})
		if s.ID != who.Staff {
			knows = append(knows, training.Earned{Staff: s, From: today.Add(-(30 + i%200))})
		}
	}
	if err := a.Training.TakeOver(ctx, post.ID, sits); err != nil {
		return err
	}
	if err := a.Training.TakeOver(ctx, field.ID, knows); err != nil {
		return err
	}
	if err := a.Training.Require(ctx, field.ID, trainedItem); err != nil {
		return err
	}
	s, err := a.Training.Plan(ctx, training.Session{Course: field.ID, On: today, Hours: "15:00—17:00", Place: "市行政服务中心三楼培训室", Trainer: "市住建局 陈工"})
	if err != nil {
		return err
	}
	_, err = a.Training.Enrol(ctx, s.ID, who.Outlet)
	return err
}
