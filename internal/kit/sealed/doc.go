// Package sealed keeps single values of a database so that whoever has the
// database, or a copy of it, cannot read them.
//
//	var phone = sealed.Define("identity_account", "id", "phone", sealed.Indexed("phone_key", sealed.Digits))
//
//	row.Phone, row.PhoneKey = ring.Seal(phone, row.ID, plain), ring.Index(phone, plain)
//	plain, err := ring.Open(phone, row.ID, row.Phone)
//	… WHERE phone_key IN ($1, $2)   // ring.Pair(phone, "138 0000 1111")
//
// A sealed value is text:
//
//	sm4.<version>.<base64url of nonce (12) ‖ SM4-GCM ciphertext ‖ tag (16)>
//
// The key is one of its column, derived from the data key of that version, and
// the associated data names column and row: a value that is moved to another
// column or another row does not open. "" stays "": that nothing is known is no
// secret. What is not sealed yet (written before the upgrade, or by the release
// before while both run) is opened as it is.
//
// The index is HMAC-SM3 over the normalised value under a key of its own, the
// first 16 bytes: it finds what is equal, orders nothing, and cannot be guessed
// without the key, short as telephone numbers are.
//
// Data keys stand wrapped in the table sealed_key. What wraps them is a Root: a
// key file, or a key service that never gives its key away. Rotate makes the
// next data key; Renew, a periodic job, goes through the tables in the order of
// their keys and seals anew whatever is not sealed with the newest, some rows at
// a time, from where it stopped, beside those who work. Renew is also what seals
// an old database after the upgrade.
//
// RotateIndex changes the key of the indexes in steps (index.go): while it lasts
// a value stands under one of two keys, so whoever looks for one asks Pair or
// Lookup, and whoever stores what is unique by its key holds Alone first. Rewrap
// is for a new key file (kit/keyfile; docs/decisions/0053).
package sealed
