// Package admin is where the program and its people are kept in order: failed
// jobs, the audit log, accounts and their roles, outlets, local holidays.
//
//	GET  /admin                      what the viewer may look after
//	     /admin/jobs                 system.view     background jobs that failed, retry
//	     /admin/audit                audit.view      search, verify the chain
//	     /admin/accounts             account.manage  search, make, stop, let in again
//	     /admin/accounts/{id}/roles  grant.manage    give and take roles, each with its reach
//	     /admin/outlets              org.manage      address, phones, hours
//	     /admin/calendar             org.manage      local holidays; open deadlines move
//
// The three administrators (三员) do not share a right: who makes accounts gives
// no roles, who gives roles makes no accounts, who reads the audit does neither.
// The catalogue's desk (/admin/items) belongs to the catalogue.
package admin
