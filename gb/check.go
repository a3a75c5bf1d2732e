package gb

import "strings"

const (
	alnum36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	// alphabet31 is that of GB 32100: no I, O, S, V, Z.
	alphabet31 = "0123456789ABCDEFGHJKLMNPQRTUWXY"
)

// Mod112 gives the check character (0–9, X) of ISO 7064 MOD 11-2 for a string of digits, as resident identity numbers
// carry it after 17. It is 0 if there is anything but digits or nothing.
func Mod112(digits string) byte {
	if digits == "" || !allDigits(digits) {
		return 0
	}
	p := 0
	for i := range len(digits) {
		p = (p + int(digits[i]-'0')) * 2 % 11
	}
	return "0123456789X"[(12-p)%11]
}

// Mod3736 gives the check character of ISO/IEC 7064 MOD 37,36 (hybrid) for a string over 0–9A–Z, as electronic licence
// identifiers carry it. It is 0 if there is any other character or nothing.
func Mod3736(s string) byte { return hybrid(s, alnum36) }

// ValidMod3736 tells whether the last character of s is the check character of those before it.
func ValidMod3736(s string) bool { return validLast(s, Mod3736) }

// Mod1110 gives the check digit of ISO/IEC 7064 MOD 11,10 (hybrid) for a string of digits; numbers printed for citizens,
// such as case numbers, carry it. It finds every wrong digit and nearly every swap of neighbours. It is 0 (not '0') if
// there is anything but digits or nothing.
func Mod1110(digits string) byte { return hybrid(digits, alnum36[:10]) }

// ValidMod1110 tells whether the last digit is the check digit of those before it.
func ValidMod1110(digits string) bool { return validLast(digits, Mod1110) }

// hybrid is the ISO/IEC 7064 hybrid system of modulus M+1, M for an alphabet of M characters.
func hybrid(s, alphabet string) byte {
	if s == "" {
		return 0
	}
	m := len(alphabet)
	p := m
	for i := range len(s) {
		v := strings.IndexByte(alphabet, s[i])
		if v < 0 {
			return 0
		}
		p = (p + v) % m
		if p == 0 {
			p = m
		}
		p = p * 2 % (m + 1)
	}
	return alphabet[(m+1-p)%m]
}

func validLast(s string, check func(string) byte) bool {
	if len(s) < 2 {
		return false
	}
	c := check(s[:len(s)-1])
	return c != 0 && c == s[len(s)-1]
}

// Luhn gives the check digit of ISO/IEC 7812-1 annex B for a string of digits, 0 (not '0') if there is anything else.
func Luhn(digits string) byte {
	if digits == "" || !allDigits(digits) {
		return 0
	}
	sum := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 0 {
			d *= 2
		}
		sum += d/10 + d%10
	}
	return byte('0' + (10-sum%10)%10)
}

// ValidLuhn tells whether the last digit is the Luhn check digit of those before it.
func ValidLuhn(digits string) bool { return validLast(digits, Luhn) }

// usccCheck gives the 18th character of a credit code, GB 32100: weights 3^(i-1) mod 31.
func usccCheck(first17 string) byte {
	sum, weight := 0, 1
	for i := range len(first17) {
		sum += strings.IndexByte(alphabet31, first17[i]) * weight
		weight = weight * 3 % 31
	}
	return alphabet31[(31-sum%31)%31]
}

// organisationCheck gives the ninth character of an organisation code, GB 11714.
func organisationCheck(first8 string) byte {
	weights := [8]int{3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, w := range weights {
		sum += strings.IndexByte(alnum36, first8[i]) * w
	}
	return "0123456789X0"[11-sum%11]
}
