// Package apply is an application as pages show it: the questions that trim the
// checklist, the materials and how each is met, the form, and all of it read
// back. A citizen on the phone, a clerk at the window and an approver at the
// desk see the same parts; the pages around them differ.
//
// Inputs are named answers.<question>, form.<field>, way.<material>,
// file.<material>, licence.<material>: the names under which the checks of
// catalogue and cases report what is wrong, so that a message finds its field.
package apply
