package workday

import (
	"embed"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
)

//go:embed holidays_cn.csv
var notices embed.FS

// China gives the calendar of the State Council's holiday notices for 2017 to 2026. Every call gives the same calendar.
func China() *Calendar { return china() }

var china = sync.OnceValue(func() *Calendar {
	f, err := notices.Open("holidays_cn.csv")
	if err != nil {
		panic(err) // embedded at build time
	}
	defer f.Close()
	days, err := ReadDays(f)
	if err != nil {
		panic(fmt.Sprintf("workday: embedded holidays: %v", err))
	}
	return NewCalendar(nil, days...)
})

// ReadDays reads a holiday list for [Calendar.With]: CSV with a header, of which the columns date (2006-01-02) and
// is_off_day (1 holiday, 0 make-up working day) are needed and festival and official_notice_url are taken if there; this
// is the layout of the embedded list. Errors are those of the csv reader, or ErrHolidayColumns, ErrDate, ErrHolidayOff and
// ErrDuplicateDay wrapped with the line number.
func ReadDays(r io.Reader) ([]Day, error) {
	rows := csv.NewReader(r)
	header, err := rows.Read()
	if err != nil {
		return nil, fmt.Errorf("read holiday list: %w", err)
	}
	header[0] = strings.TrimPrefix(header[0], "\ufeff") // written by a spreadsheet
	date, off := slices.Index(header, "date"), slices.Index(header, "is_off_day")
	name, notice := slices.Index(header, "festival"), slices.Index(header, "official_notice_url")
	if date < 0 || off < 0 {
		return nil, ErrHolidayColumns
	}
	var days []Day
	seen := map[Date]bool{}
	for line := 2; ; line++ {
		row, err := rows.Read()
		if err == io.EOF {
			return days, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read holiday list: %w", err)
		}
		day, err := readDay(row[date], row[off])
		if err == nil && seen[day.Date] {
			err = ErrDuplicateDay
		}
		if err != nil {
			return nil, fmt.Errorf("holiday list, line %d: %w", line, err)
		}
		seen[day.Date] = true
		day.Name, day.Notice = cell(row, name), cell(row, notice)
		days = append(days, day)
	}
}

func readDay(date, off string) (Day, error) {
	d, err := ParseDate(date)
	if err != nil {
		return Day{}, err
	}
	if off != "0" && off != "1" {
		return Day{}, ErrHolidayOff
	}
	return Day{Date: d, Off: off == "1"}, nil
}

func cell(row []string, i int) string {
	if i < 0 {
		return ""
	}
	return row[i]
}
