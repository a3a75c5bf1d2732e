package browser_test

func init() {
	for _, begin := range []string{"/my/licences/{identifier}", "/office/licences/{identifier}"} {
		notPages[begin+"/file.ofd"] = "sealed file"
		notPages[begin+"/file.pdf"] = "sealed file"
		notPages[begin+"/page.svg"] = "picture within a page"
	}
}
