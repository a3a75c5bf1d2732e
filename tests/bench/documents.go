package main

import (
	"bytes"
	"fmt"
	"time"

	"yimen/ofd"
	"yimen/ofd/fonts"
	"yimen/ofd/typeset"
)

// documents measures pages as licences have them: set with the glyphs they use embedded and written, and read again. One
// core each; beside it stands how large such a file is.
func documents(r *report) error {
	const times = 100
	var file bytes.Buffer
	write := func() error {
		file.Reset()
		d, err := writtenPage()
		if err != nil {
			return err
		}
		return ofd.Write(&file, d)
	}
	if err := write(); err != nil { // the faces are unpacked, too
		return err
	}
	start := time.Now()
	for range times {
		if err := write(); err != nil {
			return err
		}
	}
	written := times / time.Since(start).Seconds()
	start = time.Now()
	for range times {
		d, err := ofd.ReadFile(bytes.NewReader(file.Bytes()), int64(file.Len()))
		if err != nil || len(d.Pages) != 1 {
			return fmt.Errorf("documents: %w", err)
		}
	}
	read := times / time.Since(start).Seconds()
	size := float64(file.Len()) / 1024
	r.add(figure{What: "ofd: pages set and written", Budget: "≥ 300 /s", Measured: fmt.Sprintf("%.0f /s", written), Value: written, Unit: "/s",
		RawText: fmt.Sprintf("%.0f KB each (≤ 60)", size)})
	r.add(figure{What: "ofd: pages read", Budget: "≥ 500 /s", Measured: fmt.Sprintf("%.0f /s", read), Value: read, Unit: "/s"})
	return nil
}

// writtenPage sets a page of about 300 characters.
func writtenPage() (*ofd.Document, error) {
	s := typeset.New()
	d := &ofd.Document{Info: ofd.Info{DocID: "220c5913ebfe4f6e8070dabd3647f157", Title: "劳务派遣经营许可证"}, Area: ofd.Area{Physical: ofd.A4}}
	style := typeset.Style{Faces: []*fonts.Face{fonts.Serif, fonts.Sans}, Size: ofd.Points(16)}
	var list []ofd.Object
	y := 60.0
	for _, text := range []string{
		"劳务派遣经营许可证", "单位名称：韶关市浈江区某某人力资源有限公司", "统一社会信用代码：91440203MA4U000107", "法定代表人：陈大文",
		"有效期限：2026年11月23日至2029年11月22日", "许可经营事项：劳务派遣", "发证机关：韶关市人力资源和社会保障局",
		"根据《中华人民共和国劳动合同法》《劳务派遣行政许可实施办法》，经审查，准予从事劳务派遣业务。本证分为正本和副本，具有同等法律效力。" +
			"被许可人应当在许可的范围内依法经营，于每年三月三十一日前提交上一年度劳务派遣经营情况报告，变更名称、住所、法定代表人或者注册资本的应当办理变更。",
	} {
		set, next, err := s.Paragraph(style, ofd.Box{X: 28, Y: y, W: 156, H: 200}, typeset.Left, text)
		if err != nil {
			return nil, err
		}
		list, y = append(list, set...), next
	}
	d.Pages = []ofd.Page{{Layers: []ofd.Layer{{Objects: list}}}}
	return d, s.Embed(d)
}
