package training

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/tables"
	"yimen/internal/kit/web/ui"
)

// Columns of a sign-in sheet (签到表).
const (
	colStaff  = "人员编号"
	colName   = "姓名"
	colUnit   = "网点或单位"
	colSigned = "签到"
	colResult = "结果"
)

// mostSheet is how large a sheet may be, in bytes; mostMended how many of its
// mistakes are told at once.
const (
	mostSheet  = 2 << 20
	mostMended = 8
)

// WriteSheet writes the list of a session as a workbook, to be filled in at the
// door and read by ReadSheet.
func (m *Module) WriteSheet(into io.Writer, list []Attendance) error {
	rows := [][]string{{colStaff, colName, colUnit, colSigned, colResult}}
	for _, a := range list {
		signed, result := "", ""
		if a.SignedAt != nil {
			signed = ui.DateTime(*a.SignedAt)
		}
		if a.Result != "" {
			result = a.ResultName()
		}
		rows = append(rows, []string{a.Staff, a.Name, a.Unit, signed, result})
	}
	return tables.Write(into, tables.Sheet{Name: "签到表", Rows: rows, Fill: mostOnList})
}

// ReadSheet puts everybody on a filled-in sheet (xlsx, or csv in UTF-8) on the
// list of a session, with the result that stands there; the results count when
// they are entered. All of it or nothing: what is wrong is told line by line. n
// is how many lines were read.
func (m *Module) ReadSheet(ctx context.Context, session string, from io.Reader) (n int, err error) {
	rows, err := tables.Read(from, mostSheet)
	if err != nil || len(rows) < 2 {
		return 0, ErrInvalid.Field("sheet", "读不出这张表。请用从本页下载的签到表填写，存成xlsx，或UTF-8的csv，不超过2 MB。").Because(err)
	}
	if len(rows) > mostOnList+1 {
		return 0, ErrInvalid.Field("sheet", fmt.Sprintf("一次培训最多%d人，请分几次安排。", mostOnList))
	}
	at := map[string]int{}
	for i, title := range rows[0] {
		at[clean(strings.TrimPrefix(title, "\ufeff"))] = i + 1
	}
	if at[colStaff] == 0 || at[colResult] == 0 {
		return 0, ErrInvalid.Field("sheet", "第一行要有“人员编号”和“结果”两列，请用从本页下载的签到表。")
	}
	err = m.DB.InTx(ctx, func(ctx context.Context) error {
		s, err := m.open(ctx, session)
		if err != nil {
			return err
		}
		c, err := m.manage(ctx, s.Course)
		if err != nil {
			return err
		}
		list, err := m.readLines(ctx, c, session, rows[1:], at)
		if err != nil {
			return err
		}
		n = len(list)
		return m.recordPeople(ctx, "training.import", session, list)
	})
	return n, err
}

func (m *Module) readLines(ctx context.Context, c Course, session string, rows [][]string, at map[string]int) (list []Attendance, err error) {
	var wrong []string
	had := map[string]int{}
	for i, row := range rows {
		cell := func(column string) string {
			if place := at[column]; place > 0 && place <= len(row) {
				return clean(row[place-1])
			}
			return ""
		}
		id, line := cell(colStaff), i+2
		if id == "" && cell(colName) == "" {
			continue
		}
		a, said, err := m.readLine(ctx, c, session, id, cell(colName), cell(colResult))
		if err != nil {
			return nil, err
		}
		if before := had[id]; said == "" && before > 0 {
			said = fmt.Sprintf("和第%d行是同一个人，请删去一行", before)
		}
		if had[id] = line; said != "" {
			wrong = append(wrong, fmt.Sprintf("第%d行：%s。", line, said))
			continue
		}
		if err := m.putOnList(ctx, []Attendance{a}); err != nil {
			return nil, err
		}
		if _, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE training_attendance SET result = $3 WHERE session = $1 AND staff = $2`, session, id, a.Result); err != nil {
			return nil, wrap("note result", err)
		}
		list = append(list, a)
	}
	if more := len(wrong) - mostMended; more > 0 {
		wrong = append(wrong[:mostMended], fmt.Sprintf("还有%d行有误。", more))
	}
	if len(wrong) > 0 {
		return nil, ErrInvalid.Field("sheet", "表里有误，一行也没有导入。"+strings.Join(wrong, ""))
	}
	if len(list) == 0 {
		return nil, ErrInvalid.Field("sheet", "表里没有人员，请填写后再导入。")
	}
	return list, nil
}

// readLine reads one line; said is what is wrong with it.
func (m *Module) readLine(ctx context.Context, c Course, session, id, name, result string) (a Attendance, said string, err error) {
	member, err := m.Org.StaffMember(ctx, id)
	switch {
	case errs.KindOf(err) == errs.NotFound && err != nil:
		return a, "没有人员编号“" + id + "”，请核对", nil
	case err != nil:
		return a, "", err
	case !member.Active:
		return a, member.Name + "已不在岗，请删去这一行", nil
	case name != "" && name != member.Name:
		return a, "人员编号“" + id + "”是" + member.Name + "，不是" + name + "，请核对", nil
	}
	if a, err = m.attendance(ctx, session, member); err != nil {
		return a, "", err
	}
	if !c.concerns(a.Division) {
		return a, member.Name + "不在课程面向的地方，请删去这一行", nil
	}
	if result == "" {
		return a, "", nil
	}
	for code, words := range resultNames {
		if words == result && code != "" {
			a.Result = code
			return a, "", nil
		}
	}
	return a, "结果“" + result + "”看不懂，请填合格、不合格或缺席", nil
}

// EnrolDue puts those on the list of a session whose certificate of its course
// ends within thirty days or has ended (复训), where the actor may look, and
// says how many they are.
func (m *Module) EnrolDue(ctx context.Context, session string) (n int, err error) {
	err = m.DB.InTx(ctx, func(ctx context.Context) error {
		s, err := m.open(ctx, session)
		if err != nil {
			return err
		}
		if _, err := m.manage(ctx, s.Course); err != nil {
			return err
		}
		var list []Attendance
		for _, state := range []string{Lapsed, Due} {
			for at := (db.Page{Limit: db.MaxLimit}); len(list) < mostOnList; {
				held, next, err := m.Certificates(ctx, Find{State: state, Course: s.Course}, at)
				if err != nil {
					return err
				}
				for _, x := range held {
					member, err := m.Org.StaffMember(ctx, x.Staff)
					if errs.KindOf(err) == errs.NotFound && err != nil || err == nil && !member.Active {
						continue // has left
					}
					if err != nil {
						return err
					}
					a, err := m.attendance(ctx, session, member)
					if err != nil {
						return err
					}
					list = append(list, a)
				}
				if at.After = next; next == "" {
					break
				}
			}
		}
		if list = list[:min(len(list), mostOnList)]; len(list) == 0 {
			return ErrInvalid.Say("这门课程没有快到期或已过期的证书，不用安排复训。")
		}
		n = len(list)
		return m.enrolled(ctx, session, list)
	})
	return n, err
}

// Certificate finds a certificate for its holder, or for who may look there.
func (m *Module) Certificate(ctx context.Context, id string) (Certificate, error) {
	var c Certificate
	err := m.DB.Conn(ctx).Get(ctx, &c, selectCertificate+` WHERE x.id = $1`, id)
	if errors.Is(err, db.ErrNoRows) {
		return c, ErrCertUnknown
	}
	if err != nil {
		return c, wrap("read certificate", err)
	}
	a := identity.FromContext(ctx)
	if c.Staff != a.Staff && !a.Can(VerbView, at(c.Division)) && !a.Can(VerbManage, at(c.Division)) {
		return Certificate{}, ErrCertUnknown // no word of whose it is
	}
	return c, nil
}
