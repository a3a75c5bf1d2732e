package browser_test

func init() {
	notPages["/office/licence-batches/sheet.xlsx"] = "workbook"
	notPages["/office/licence-batches/{id}/result.xlsx"] = "workbook"
	notPages["/office/cases/{number}/licences/{use}/page.svg"] = "picture within a page"
	notPages["/office/cases/{number}/licences/{use}/pictures/{name}"] = "picture within a page"
	for _, begin := range []string{"/my/licences/{identifier}", "/office/licences/{identifier}"} {
		notPages[begin+"/file.ofd"] = "sealed file"
		notPages[begin+"/file.pdf"] = "sealed file"
		notPages[begin+"/pictures/{name}"] = "picture within a page"
		notPages[begin+"/page.svg"] = "picture within a page"
		notPages[begin+"/copies/{id}/{file}"] = "sealed file"
	}
}
