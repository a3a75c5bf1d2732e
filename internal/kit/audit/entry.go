package audit

import (
	"encoding/binary"
	"encoding/hex"
	"strings"
	"time"

	"github.com/emmansun/gmsm/sm3"
)

// Entry is one thing that somebody did.
type Entry struct {
	ID        string    `db:"id"`         // set by Write
	At        time.Time `db:"at"`         // zero: now
	Actor     string    `db:"actor"`      // account id
	ActorName string    `db:"actor_name"` // as shown then
	Role      string    `db:"role"`       // names of the roles they acted in, parted by commas; "": Write asks ActsAs
	Address   string    `db:"address"`    // network address of the client
	Action    string    `db:"action"`     // "case.read"
	Object    string    `db:"object"`     // kind of record: "case"
	ObjectID  string    `db:"object_id"`  //
	Purpose   string    `db:"purpose"`    // why, where the law asks for it
	Result    string    `db:"result"`     // "ok", or an error code
	Detail    string    `db:"detail"`     // ids and codes; no personal data
}

// maxField is more than any field needs; a longer one is cut, never refused:
// the log must not stop what it records.
const maxField = 4000

// clean makes e exactly what both databases will give back, so that its hash
// can be computed again from the row.
func (e Entry) clean() Entry {
	e.At = e.At.UTC().Truncate(time.Microsecond)
	for _, f := range e.texts() {
		s := strings.ReplaceAll(strings.ToValidUTF8(*f, "�"), "\x00", "�")
		if len(s) > maxField {
			s = strings.ToValidUTF8(s[:maxField], "")
		}
		*f = s
	}
	return e
}

// texts are the fields in the order they are hashed. The order never changes;
// what is new comes last, under a new form.
func (e *Entry) texts() []*string {
	return []*string{&e.ID, &e.Actor, &e.ActorName, &e.Address, &e.Action, &e.Object, &e.ObjectID, &e.Purpose, &e.Result, &e.Detail, &e.Role}
}

// Forms of a leaf: how the hash of a row was made. A row keeps its form for
// ever; new ones are written in the newest.
const (
	formFirst = 1 // without the role
	formRole  = 2 // with the role
	newest    = formRole
)

// Prefixes keep a leaf from being passed off as a node (RFC 6962 §2.1), and a
// leaf of one form as one of another.
const (
	leafPrefix     = 0
	nodePrefix     = 1
	leafRolePrefix = 2
)

// hash is SM3 over the prefix of the form, the moment in microseconds and each
// text preceded by its length, so that no two entries have one encoding. A form
// that is none, and a role in a form that has no place for it, give "": the hash
// of no row.
func (e Entry) hash(form int64) string {
	b, texts := make([]byte, 0, 256), e.texts()
	switch form {
	case formFirst:
		if e.Role != "" {
			return ""
		}
		b, texts = append(b, leafPrefix), texts[:len(texts)-1]
	case formRole:
		b = append(b, leafRolePrefix)
	default:
		return ""
	}
	b = binary.BigEndian.AppendUint64(b, uint64(e.At.UnixMicro()))
	for _, f := range texts {
		b = binary.BigEndian.AppendUint32(b, uint32(len(*f)))
		b = append(b, *f...)
	}
	sum := sm3.Sum(b)
	return hex.EncodeToString(sum[:])
}

// merkleRoot is the root over row hashes in hex; a node without a partner goes
// up as it is. A hash that is no hex makes a root that fits nothing.
func merkleRoot(hashes []string) string {
	level := make([][]byte, len(hashes))
	for i, h := range hashes {
		raw, err := hex.DecodeString(h)
		if err != nil {
			raw = []byte(h)
		}
		level[i] = raw
	}
	for len(level) > 1 {
		up := level[:0:0]
		for i := 0; i < len(level); i += 2 {
			if i+1 == len(level) {
				up = append(up, level[i])
				break
			}
			node := append(append([]byte{nodePrefix}, level[i]...), level[i+1]...)
			sum := sm3.Sum(node)
			up = append(up, sum[:])
		}
		level = up
	}
	if len(level) == 0 {
		return ""
	}
	return hex.EncodeToString(level[0])
}

// chainValue binds a batch to the one before it.
func chainValue(prev, root string, seq, size int64) string {
	b := []byte(prev + "\n" + root + "\n")
	b = binary.BigEndian.AppendUint64(b, uint64(seq))
	b = binary.BigEndian.AppendUint64(b, uint64(size))
	sum := sm3.Sum(b)
	return hex.EncodeToString(sum[:])
}
