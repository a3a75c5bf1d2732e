// Package messages tells people what happened (消息通知): to a citizen that the
// application was accepted or what is missing, to staff that a task is late.
//
//	Send ─► one message: in the box of the account, always (站内消息)
//	           ├─► delivery by SMS    one job each; retried, held at night,
//	           └─► delivery by mail   limited per person and per hour
//
// Everybody finds their messages at /my/messages (citizens, enterprises) or
// /office/messages (staff), where unread ones stand first. Whoever has no
// account is told by SMS to the telephone in the case, and has no box.
//
// Words are templates (template.go): the shipped set is shipped.json, modules
// above add their own by Define, administrators edit them at /admin/messages.
// An edit is a new version; what was sent is never changed by it.
//
// What leaves the building carries less than the box: names are starred,
// numbers of documents are starred everywhere (render.go). Notices that the law
// wants delivered (Template.Required) cannot be switched off by the reader.
//
// What a delivery is sent with stands behind Sender: a gateway of text
// messages spoken to over HTTP, an SMTP server, or in the sample city an outbox
// that keeps everything (/demo/outbox). A delivery is sent under its own id, so
// a gateway that heard of it already can tell.
package messages
