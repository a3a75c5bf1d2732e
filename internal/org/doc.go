// Package org (组织机构) knows where things are and who is there: the tree of
// administrative divisions (行政区划), the agencies (机关单位) that decide, the
// outlets (办事网点) with their counters where people apply, the staff, who
// stands in for whom, and the working-day calendar of each division.
//
//	province 440000000000
//	└ city 440200000000           政府, 46 departments       centre 市行政服务中心
//	  └ county 440232000000       政府, counterparts          hall   县行政服务中心
//	    └ town 440232112000       镇人民政府/街道办事处         town   公共服务中心
//	      └ village 440232112209  村（居）委会                 village 党群服务中心
//
// A division is named by its 12-digit code. Codes are hierarchical, so a
// territory is a half-open range of codes ([Range]) and every right, list and
// count over a territory is one comparison. Quasi units (类似乡级单位: mines,
// forest farms, parks) are in the tree, flagged, and not offered to citizens.
// 440201 (市辖区) is a placeholder of GB/T 2260 and is never used. Divisions
// change: each has validity dates and a successor.
//
// Which agency decides follows from department + level + division of the
// matter ([Module.CompetentAgency]), not from where the application was handed in.
//
// All of this is small (some thousand rows), read by every request and changed
// rarely: it is held in an immutable snapshot in memory, reads are map look-ups,
// and the snapshot is renewed when the version row of the database has moved,
// in this process at once, in others within a second.
//
// Who calls us: every module. We call nobody but the kit.
package org
