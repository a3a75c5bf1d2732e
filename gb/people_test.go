package gb

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestEthnicities(t *testing.T) {
	list := Ethnicities()
	if len(list) != 58 || list[0] != Han || list[12] != Yao || list[21] != She || list[55] != "56" || list[57] != ForeignAncestry {
		t.Fatalf("%d: %v", len(list), list)
	}
	for _, e := range list {
		for _, in := range []string{e.Code(), e.String(), strings.TrimSuffix(e.String(), "族")} {
			if got, err := ParseEthnicity(in); err != nil || got != e {
				t.Errorf("%q: %s, %v, want %s", in, got, err, e)
			}
		}
	}
	for code, name := range map[Ethnicity]string{"01": "汉族", "09": "布依族", "10": "朝鲜族", "13": "瑶族", "22": "畲族",
		"33": "羌族", "43": "乌孜别克族", "49": "京族", "56": "基诺族", "97": "其他", "00": "", "57": "", "1": "", "x1": ""} {
		if code.String() != name {
			t.Errorf("%s is %s, want %s", code, code, name)
		}
	}
	for _, in := range []string{"", "族", "00", "57", "96", "火星", "1"} {
		if e, err := ParseEthnicity(in); !errors.Is(err, ErrEthnicity) || e != "" {
			t.Errorf("%q: %s, %v", in, e, err)
		}
	}
}

func TestSex(t *testing.T) {
	for in, want := range map[string]Sex{"1": Male, "男": Male, " 女 ": Female, "2": Female, "0": SexUnknown, "9": SexUnstated} {
		if got, err := ParseSex(in); err != nil || got != want {
			t.Errorf("%q: %s, %v", in, got, err)
		}
	}
	for _, in := range []string{"", "3", "男女", "M"} {
		if _, err := ParseSex(in); !errors.Is(err, ErrSex) {
			t.Errorf("%q: %v", in, err)
		}
	}
	if got := fmt.Sprint(SexUnknown, Male, Female, SexUnstated); got != "未知 男 女 未说明" || SexUnstated.Code() != "9" {
		t.Error(got)
	}
}

func TestParsePersonName(t *testing.T) {
	long := strings.Repeat("阿", 99) + "·" + strings.Repeat("买", 100)
	for in, want := range map[string]string{
		"张三": "张三", " 张　三 ": "张三", "阿卜杜拉·买买提": "阿卜杜拉·买买提", "阿卜杜拉 · 买买提": "阿卜杜拉·买买提",
		"𠮷野𬱖": "𠮷野𬱖", "㑇𬭎": "㑇𬭎", "〇一": "〇一", "葛󠄀城": "葛󠄀城", // a variation selector
		"John  F. Kennedy": "John F. Kennedy", "Ｊｏｈｎ O'Neil-Smith": "John O'Neil-Smith", "José Müller": "José Müller",
		"王David": "王David", "王 David": "王 David", "张\u200b三": "张三", long: long,
	} {
		if got, err := ParsePersonName(in); err != nil || got != want {
			t.Errorf("%q: %q, %v, want %q", in, got, err, want)
		}
	}
	for in, want := range map[string]error{
		"": ErrNameEmpty, "  ": ErrNameEmpty, "张": ErrNameShort, "A": ErrNameShort, long + "提": ErrNameLong,
		"阿卜杜拉•买买提": ErrNameInterpunct, "阿卜杜拉.买买提": ErrNameInterpunct, "阿卜杜拉．买买提": ErrNameInterpunct, "阿卜杜拉・买买提": ErrNameInterpunct,
		"阿卜杜拉*买买提": ErrNameInterpunct, "·张三": ErrNameDot, "张三·": ErrNameDot, "张··三": ErrNameDot, "张\ue001三": ErrNamePrivate,
		"张3": ErrNameCharacter, "张三（小）": ErrNameCharacter, "<b>张三": ErrNameCharacter, "张😀三": ErrNameCharacter,
		"张\xff三": ErrNameCharacter, "张\x00三": ErrNameCharacter, "-John": ErrNameCharacter,
	} {
		if got, err := ParsePersonName(in); !errors.Is(err, want) || got != "" {
			t.Errorf("%q: %q, %v, want %v", in, got, err, want)
		}
	}
}

func FuzzParsePersonName(f *testing.F) {
	for _, s := range []string{"张 三", "阿卜杜拉 · 买买提", "John F. Kennedy", "𠮷野", "王 David", "a\u0301 b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		name, err := ParsePersonName(s)
		if err != nil {
			return
		}
		if again, err := ParsePersonName(name); err != nil || again != name {
			t.Fatalf("%q → %q → %q, %v", s, name, again, err)
		}
		if masked := MaskName(name); masked == name || len([]rune(masked)) != len([]rune(name)) {
			t.Fatalf("%q masked is %q", name, masked)
		}
	})
}

func TestPhones(t *testing.T) {
	for in, want := range map[string]string{
		"13800003210": "13800003210", "+86 138 0000 3210": "13800003210", "0086-138-0000-3210": "13800003210",
		"０７５１－８８８８８８８": "0751-8888888", "8888888": "0751-8888888", "888-8888": "0751-8888888", "07518888888": "0751-8888888",
		"（0751）8888888": "0751-8888888", "0751—8888888": "0751-8888888", "+86 751 8888888": "0751-8888888",
		"020-83135078": "020-83135078", "02083135078": "020-83135078", "010-66055555": "010-66055555",
		"12345": "12345", "123456": "123456", "12329": "12329",
	} {
		if got, err := ParsePhone(in, "0751"); err != nil || got != want {
			t.Errorf("%q: %s, %v, want %s", in, got, err, want)
		}
	}
	for in, want := range map[string]error{
		"": ErrPhoneEmpty, "12800003210": ErrPhone, "1380000321": ErrPhone, "1234": ErrPhone, "9888888": ErrPhone, "88888": ErrPhone,
		"0051-8888888": ErrPhone, "0751-1888888": ErrPhone, "0751-": ErrPhone, "0751": ErrPhone, "0": ErrPhone,
		"电话": ErrPhone, "+": ErrPhone, "020-8": ErrPhone, "0207-8888888": ErrPhone,
	} {
		if got, err := ParsePhone(in, "0751"); !errors.Is(err, want) || got != "" {
			t.Errorf("%q: %s, %v, want %v", in, got, err, want)
		}
	}
	if _, err := ParsePhone("8888888", ""); !errors.Is(err, ErrPhoneArea) {
		t.Errorf("without area code: %v", err)
	}
	if _, err := ParsePhone("8888888", "751"); !errors.Is(err, ErrPhoneAreaWrong) {
		t.Errorf("a wrong area code: %v", err)
	}
	for in, want := range map[string]error{"138 0000 3210": nil, "0751-8888888": ErrMobile, "": ErrPhoneEmpty, "12345": ErrMobile} {
		if _, err := ParseMobile(in); !errors.Is(err, want) {
			t.Errorf("mobile %q: %v", in, err)
		}
	}
}

func TestCheckItemPhones(t *testing.T) {
	for _, c := range []struct {
		consult, complaint string
		want               error
	}{
		{"0751-8888888", "12345", nil}, {"0751-8888888", "07518888888", ErrPhonesEqual}, {"8888888", "12345", ErrPhoneArea},
		{"", "12345", ErrPhoneEmpty}, {"12345", "", ErrPhoneEmpty}, {"12345", "8888888", ErrPhoneArea},
	} {
		if err := CheckItemPhones(c.consult, c.complaint); !errors.Is(err, c.want) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

func FuzzParsePhone(f *testing.F) {
	for _, s := range []string{"+86 751 8888888", "0751-8888888", "13800003210", "12345", "+86-", "0086"} {
		f.Add(s, "0751")
	}
	f.Fuzz(func(t *testing.T, s, area string) {
		if no, err := ParsePhone(s, area); err == nil {
			if again, err := ParsePhone(no, ""); err != nil || again != no {
				t.Fatalf("%q → %q → %q, %v", s, no, again, err)
			}
		}
		if no, err := ParseMobile(s); err == nil {
			if again, err := ParsePhone(no, ""); err != nil || again != no {
				t.Fatalf("%q → %q, %v", s, again, err)
			}
		}
	})
}

func TestMasks(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{MaskName(""), ""}, {MaskName("张"), "*"}, {MaskName("张三"), "张*"}, {MaskName("李晓敏"), "李*敏"}, {MaskName("欧阳晓敏"), "欧**敏"},
		{MaskName("𠮷野"), "𠮷*"}, {MaskPhone("13800003210"), "138****3210"}, {MaskPhone("0751-8888321"), "0751-*****21"},
		{MaskPhone("12345"), "12345"}, {MaskPhone("8888321"), "*******"}, {MaskPhone(""), ""},
		{MaskResidentID("440232199001011233"), "440232********1233"}, {MaskResidentID("440232"), "******"},
		{MaskResidentIDPublic("440232199001011233"), "4****************3"},
		{ResidentID("440232199001011233").Masked(), "440232********1233"},
		{MaskIDNumber(IDCreditCode, "11440200MB2D000142"), "11440200MB2D000142"},
		{MaskIDNumber(IDResident, "440232199001011233"), "440232********1233"},
		{MaskIDNumber(IDPassport, "E12345678"), "E1*****78"}, {MaskIDNumber("", "E123"), "****"},
	} {
		if c.got != c.want {
			t.Errorf("%s, want %s", c.got, c.want)
		}
	}
}

func TestIDTypes(t *testing.T) {
	for _, typ := range append(PersonIDTypes(), OrganisationIDTypes()...) {
		if got, err := ParseIDType(typ.Code()); err != nil || got != typ || typ.String() == "" {
			t.Errorf("%s: %v", typ.Code(), err)
		}
	}
	if IDResident.OfOrganisation() || !IDCreditCode.OfOrganisation() || len(PersonIDTypes()) != 9 {
		t.Error("people and organisations")
	}
	for _, in := range []string{"", "10", "居民身份证", "000"} {
		if _, err := ParseIDType(in); !errors.Is(err, ErrIDType) {
			t.Errorf("%q: %v", in, err)
		}
	}
}

func TestDocumentNumbers(t *testing.T) {
	for _, c := range []struct {
		typ      IDType
		in, want string
		err      error
	}{
		{IDResident, "44023219900101 1233", "440232199001011233", nil}, {IDResident, "44023219900101123x", "", ErrIDCheck},
		{IDHousehold, "440232199001011233", "440232199001011233", nil},
		{IDCreditCode, "91440200ma4w00011h", "91440200MA4W00011H", nil}, {IDCreditCode, "9144", "", ErrUSCCLength},
		{IDForeignPermit, "USA110081010112", "USA110081010112", nil}, {IDForeignPermit, "x", "", ErrForeignPermit},
		{IDPassport, "e12345678", "E12345678", nil}, {IDPassport, "E123", "", ErrPassportNumber}, {IDPassport, "护照护照护照", "", ErrPassportNumber},
		{IDTaiwanPermit, "12345678", "12345678", nil}, {IDTaiwanPermit, "123456789", "", ErrTaiwanPermit},
		{IDHongKongMacao, "h12345678", "H12345678", nil}, {IDHongKongMacao, "M1234567890", "M1234567890", nil},
		{IDHongKongMacao, "K12345678", "", ErrHongKongMacao}, {IDHongKongMacao, "", "", ErrHongKongMacao},
		{IDOfficer, "南字第01234567号", "南字第01234567号", nil}, {IDOfficer, "", "", ErrDocumentNumber},
		{IDOtherPersonal, "AB-12", "AB-12", nil}, {IDOtherPersonal, "A", "", ErrDocumentNumber}, {IDOtherOrg, "<b>", "", ErrDocumentNumber},
		{"000", "12345", "", ErrIDType},
	} {
		if got, err := c.typ.ParseNumber(c.in, today); got != c.want || !errors.Is(err, c.err) {
			t.Errorf("%s %q: %q, %v", c.typ.Code(), c.in, got, err)
		}
	}
}

func FuzzDocumentNumber(f *testing.F) {
	f.Add("e12345678", uint8(4))
	f.Fuzz(func(t *testing.T, s string, pick uint8) {
		types := append(PersonIDTypes(), OrganisationIDTypes()...)
		typ := types[int(pick)%len(types)]
		if no, err := typ.ParseNumber(s, today); err == nil {
			if again, err := typ.ParseNumber(no, today); err != nil || again != no {
				t.Fatalf("%s: %q → %q → %q, %v", typ, s, no, again, err)
			}
		}
	})
}

func ExampleParsePersonName() {
	name, _ := ParsePersonName(" 张　三 ")
	fmt.Println(name, MaskName(name))
	_, err := ParsePersonName("阿卜杜拉.买买提")
	fmt.Println(err)
	// Output:
	// 张三 张*
	// 姓名中的间隔号请用“·”（中文输入法下按键盘左上角的“`”键），不要用句点、圆点或星号。
}

func ExampleParsePhone() {
	fmt.Println(ParsePhone("8888321", "0751"))
	fmt.Println(ParsePhone("+86 138 0000 3210", ""))
	fmt.Println(ParsePhone("8888321", ""))
	// Output:
	// 0751-8888321 <nil>
	// 13800003210 <nil>
	//  固定电话须带区号，如0751-8888888，请补上区号。
}

func ExampleParseEthnicity() {
	yao, _ := ParseEthnicity("瑶族")
	fmt.Println(yao.Code(), yao, yao == Yao)
	// Output: 13 瑶族 true
}

func ExampleIDType_ParseNumber() {
	fmt.Println(IDHongKongMacao.ParseNumber("h12345678", today))
	fmt.Println(IDResident, IDResident.Code())
	// Output:
	// H12345678 <nil>
	// 居民身份证 111
}

func ExampleMaskPhone() {
	fmt.Println(MaskPhone("13800003210"), MaskResidentID("440232199001011233"), MaskName("李晓敏"))
	// Output: 138****3210 440232********1233 李*敏
}
