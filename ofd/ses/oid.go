package ses

// Object identifiers of the GM algorithms and of the structures here.
const (
	oidSM3          = "1.2.156.10197.1.401"
	oidSM2SM3       = "1.2.156.10197.1.501"
	oidSM2Sign      = "1.2.156.10197.1.301.1"
	oidSM2          = "1.2.156.10197.1.301"
	oidGMData       = "1.2.156.10197.6.1.4.2.1"
	oidGMSignedData = "1.2.156.10197.6.1.4.2.2"

	oidCMSSignedData = "1.2.840.113549.1.7.2"
	oidContentType   = "1.2.840.113549.1.9.3"
	oidMessageDigest = "1.2.840.113549.1.9.4"
	oidSigningCertV2 = "1.2.840.113549.1.9.16.2.47"
	oidTSTInfo       = "1.2.840.113549.1.9.16.1.4"
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
