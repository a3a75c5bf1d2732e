package browser_test

func init() {
	notPages["/account/confirm"] = "leads on whoever has just signed in"
	notPages["/office/corrections/{id}/file"] = "paper"
}
