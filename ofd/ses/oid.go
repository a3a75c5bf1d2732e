package ses

// Object identifiers of the GM algorithms and of the structures here.
const (
	oidSM3          = "1.2.156.10197.1.401"
	oidSM2SM3       = "1.2.156.10197.1.501"
	oidSM2Sign      = "1.2.156.10197.1.301.1"
	oidSM2          = "1.2.156.10197.1.301"
	oidGMData       = "1.2.156.10197.6.1.4.2.1"
	oidGMSignedData = "1.2.156.10197.6.1.4.2.2"

	oidData          = "1.2.840.113549.1.7.1"
	oidCMSSignedData = "1.2.840.113549.1.7.2"
	oidContentType   = "1.2.840.113549.1.9.3"
	oidMessageDigest = "1.2.840.113549.1.9.4"
	oidSigningTime   = "1.2.840.113549.1.9.5"
	oidSigningCertV2 = "1.2.840.113549.1.9.16.2.47"
	oidTSTInfo       = "1.2.840.113549.1.9.16.1.4"

	oidSHA256      = "2.16.840.1.101.3.4.2.1"
	oidSHA384      = "2.16.840.1.101.3.4.2.2"
	oidSHA512      = "2.16.840.1.101.3.4.2.3"
	oidECDSASHA256 = "1.2.840.10045.4.3.2"
	oidECDSASHA384 = "1.2.840.10045.4.3.3"
	oidECDSASHA512 = "1.2.840.10045.4.3.4"
	oidRSA         = "1.2.840.113549.1.1.1"
	oidRSASHA256   = "1.2.840.113549.1.1.11"
	oidRSASHA384   = "1.2.840.113549.1.1.12"
	oidRSASHA512   = "1.2.840.113549.1.1.13"
)

// isSM2 tells whether a signature algorithm is SM2 with SM3. The last one is a
// slip of a widely used library, found in files it made.
func isSM2(oid string) bool {
	switch oid {
	case oidSM2SM3, oidSM2Sign, oidSM2, "1.2.156.10197.501":
		return true
	}
	return false
}
