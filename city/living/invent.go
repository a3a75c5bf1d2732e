package living

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"yimen/gb"
	"yimen/internal/cases"
	"yimen/workday"
)

// What invented people and businesses are called.
var (
	surnames   = strings.Fields("李 王 张 刘 陈 杨 黄 赵 周 吴 徐 孙 马 朱 胡 林 郭 何 高 罗 郑 梁 谢 宋 唐 许 邓 冯 韩 曹 曾 彭 萧 蔡 潘 田 董 袁 于 余 叶 蒋 杜 苏 魏 程 吕 丁 沈 任 姚 卢 傅 钟 姜 崔 谭 廖 范 汪 陆 金 石 戴 贾 韦 夏 邱 方 侯 邹 熊 孟 秦 白 江 阎 薛 尹 盘 邝 赖 温 官")
	givenNames = strings.Fields("伟 芳 娜 敏 静 丽 强 磊 军 洋 勇 艳 杰 娟 涛 明 超 秀兰 霞 平 刚 桂英 建华 建国 建军 志强 志明 秀英 秀珍 玉兰 玉梅 桂兰 桂芳 海燕 春梅 春花 国强 国华 文斌 文静 晓东 晓燕 小红 小兰 子轩 子涵 浩然 欣怡 雨桐 梓萱 俊杰 嘉欣 家豪 美玲 丽华 丽娟 振华 永强 德明 水生 金凤 凤英 月娥 石养 天养 福生 贵生 佳琪 思远 诗涵 宇航 一鸣 嘉怡 志远 海波 建平 爱华 爱民 红梅 雪梅 冬梅 素珍 惠芳")
	firmNames  = strings.Fields("丹霞 南岭 浈江 武江 北江 瑶山 云门 乳峰 大峡谷 金鸡岭 珠玑 梅岭 韶石 芙蓉 马坝 翁源 车八岭 必背 南水 天井山 曲江 鹿颈 龙归 犁市 花坪")
	firmTrades = strings.Fields("农产品 电子科技 建材 食品 商贸 餐饮 运输 茶业 纺织 机械 园林 物业 药材 林业 畜牧 水产 旅游 印刷 家具 环保 五金 服装 文化传播 汽车维修 装饰工程")
	firmKinds  = []string{"有限公司", "有限公司", "经营部", "专业合作社"}
	districts  = strings.Fields("440203 440204 440205 440222 440224 440229 440232 440233 440281 440282")
)

// Invent makes up a person born on a day, man or woman as whoever has the
// number like, or a business. Their numbers have right check digits and, from
// 900 up, the sequences that mark invented people.
func Invent(kind string, birth workday.Date, like string, r *rand.Rand) cases.Person {
	p := cases.Person{Phone: fmt.Sprintf("1991%07d", r.IntN(10_000_000)), Birth: birth}
	district := pick(districts, r)
	if kind != "person" {
		p.Birth = workday.Date{}
		p.Name = "韶关市" + pick(firmNames, r) + pick(firmTrades, r) + pick(firmKinds, r)
		code, err := gb.MakeUSCC("91", district, fmt.Sprintf("MA%06d", r.IntN(1_000_000)))
		if err != nil {
			panic("living: " + err.Error()) // the parts are right by construction
		}
		p.IDNo = code.String()
		return p
	}
	p.Name = pick(surnames, r) + pick(givenNames, r)
	man := len(like) == 18 && (like[16]-'0')%2 == 1
	sequence := 900 + 2*r.IntN(50)
	if man {
		sequence++
	}
	id, err := gb.MakeResidentID(district, birth, sequence)
	if err != nil {
		panic("living: " + err.Error())
	}
	p.IDNo = id.String()
	return p
}

func pick(list []string, r *rand.Rand) string { return list[r.IntN(len(list))] }
