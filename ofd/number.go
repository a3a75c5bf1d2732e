package ofd

import (
	"math"
	"strconv"
)

// maxLength is the greatest length believed, in millimetres: a kilometre. What claims more is not a page.
const maxLength = 1e6

// appendNumber writes v with at most so many decimals and without zeros at its end.
func appendNumber(b []byte, v float64, decimals int) []byte {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return append(b, '0')
	}
	at := len(b)
	b = strconv.AppendFloat(b, v, 'f', decimals, 64)
	for b[len(b)-1] == '0' && decimals > 0 {
		b = b[:len(b)-1]
	}
	if b[len(b)-1] == '.' {
		b = b[:len(b)-1]
	}
	if string(b[at:]) == "-0" || len(b) == at {
		b = append(b[:at], '0')
	}
	return b
}
