// Package rowtext writes rows of a database as lines of JSON, the same on both
// engines, and reads them back: for backups and archives.
//
//	["0187f014-…",1,"2023-05-06T07:08:09.123456Z",true,null]
package rowtext
