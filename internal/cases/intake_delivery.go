package cases

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"
)

// delivery checks how the result goes to the applicant.
func (c *checker) delivery(ctx context.Context) error {
	if !c.hasItem || c.outlet.Code == "" {
		return nil
	}
	ways := c.def().Result.DeliverBy
	if c.s.Deliver == "" {
		c.s.Deliver = DeliverWindow
		if len(ways) > 0 {
			c.s.Deliver = ways[0]
		}
	}
	if !slices.Contains([]string{DeliverWindow, DeliverPost, DeliverElectronic}, c.s.Deliver) ||
		len(ways) > 0 && !slices.Contains(ways, c.s.Deliver) {
		c.bad.Add("deliver", "该事项不能以此方式送达，请选择：%s。", deliverNames(ways))
		return nil
	}
	return c.deliveryPlace(ctx)
}

func (c *checker) deliveryPlace(ctx context.Context) error {
	switch c.s.Deliver {
	case DeliverElectronic:
		c.deliverTo = Place{Name: "电子送达"}
	case DeliverPost:
		to := strings.TrimSpace(c.s.DeliverTo)
		if n := utf8.RuneCountInString(to); n < 5 || n > 200 || !printable(to) {
			c.bad.Add("deliver_to", "邮寄送达请填写5至200个字的详细收件地址。")
		}
		c.deliverTo = Place{Name: "邮寄送达", Address: to}
	case DeliverWindow:
		o := c.outlet
		if c.s.DeliverTo != "" {
			var err error
			if o, err = c.m.Org.Outlet(ctx, c.s.DeliverTo); err != nil {
				return c.add("deliver_to", err)
			}
		}
		c.deliverTo = Place{Code: o.Code, Name: o.Name, Division: o.Division, Address: o.Address}
	}
	return nil
}

var deliverWords = map[string]string{
	DeliverWindow: "窗口领取（window）", DeliverPost: "邮寄（post）", DeliverElectronic: "电子送达（electronic）",
}

func deliverNames(ways []string) string {
	if len(ways) == 0 {
		ways = []string{DeliverWindow, DeliverPost, DeliverElectronic}
	}
	names := make([]string, len(ways))
	for i, w := range ways {
		names[i] = deliverWords[w]
	}
	return strings.Join(names, "、")
}
