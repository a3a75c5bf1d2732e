// Package hall gives the halls of the sample city their queues, and those of
// the city's centre and of one county a morning of people: numbers taken,
// called, missed, sent on, by the same verbs and rights as on any other day.
package hall

import (
	"context"
	"fmt"

	"yimen/internal/org"
	"yimen/internal/queue"
)

// kind is one queue that outlets of a kind have.
type kind struct {
	letter, name, themes string
	minutes              int
}

var everything = kind{"A", "综合业务", "", 9}

// kinds are the queues by kind of outlet.
var kinds = map[string][]kind{
	org.Centre: {everything,
		{"B", "社保医保", "养老保险、医疗保险、工伤失业、社保卡", 8},
		{"C", "户籍出入境", "户口、身份证、居住证、出入境证件", 7},
		{"D", "不动产登记", "买卖过户、抵押、查询", 15},
		{"E", "企业开办经营", "设立、变更、注销、许可", 12},
		{"F", "工程建设", "立项、规划、施工、验收", 18},
		{"G", "公积金税务", "提取、贷款、涉税", 9},
		{"H", "领取证照", "领取办好的证照和结果", 3}},
	org.Hall: {everything,
		{"B", "社保医保", "养老保险、医疗保险、社保卡", 8},
		{"C", "企业开办经营", "设立、变更、注销、许可", 12},
		{"D", "不动产登记", "买卖过户、抵押、查询", 15},
		{"E", "领取证照", "领取办好的证照和结果", 3}},
	org.TownOutlet:   {{"A", "综合业务", "", 8}, {"B", "社保医保", "养老保险、医疗保险、社保卡", 7}},
	org.VillagePoint: {{"A", "综合业务", "", 10}},
}

// QueueID is the id of a queue of the sample city.
func QueueID(outlet, letter string) string { return outlet + "-" + letter }

// Load makes the queues of every outlet and says which counters serve which.
func Load(ctx context.Context, m *queue.Module, o *org.Module) error {
	outlets, err := o.Outlets(ctx)
	if err != nil {
		return err
	}
	var list []queue.Queue
	serves := map[string][]string{}
	for _, at := range outlets {
		for _, k := range kinds[at.Kind] {
			list = append(list, queue.Queue{ID: QueueID(at.Code, k.letter), Outlet: at.Code, Letter: k.letter, Name: k.name,
				Themes: k.themes, Minutes: k.minutes, Active: true})
		}
		counters, err := o.Counters(ctx, at.Code)
		if err != nil {
			return err
		}
		share(serves, at, counters)
	}
	if err := m.LoadQueues(ctx, list); err != nil {
		return fmt.Errorf("sample queues: %w", err)
	}
	return m.LoadServes(ctx, serves)
}

// share spreads the counters of a large hall over its queues: everybody takes
// 综合业务, and each one more; whoever hands out results does nothing else.
func share(serves map[string][]string, at org.Outlet, counters []org.Counter) {
	own := kinds[at.Kind]
	if len(own) < 3 {
		return // every counter serves every queue
	}
	results, special := own[len(own)-1], own[1:len(own)-1]
	for i, c := range counters {
		switch c.Kind {
		case "delivery":
			serves[c.ID] = []string{QueueID(at.Code, results.letter)}
		case "general":
			serves[c.ID] = []string{QueueID(at.Code, own[0].letter), QueueID(at.Code, special[i%len(special)].letter)}
		default:
			serves[c.ID] = []string{QueueID(at.Code, own[0].letter)}
		}
	}
}
