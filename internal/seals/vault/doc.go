// Package vault keeps private keys, of SM2 and of P-256, and signs with them. It has the shape of
// a hardware module (HSM, 服务器密码机): what goes out is a handle, a public key
// and signatures, never a private key.
//
//	handle, pub, err := v.Generate(ctx, vault.SM2)
//	der, err := v.Sign(ctx, handle, digest)   // digest = SM3(Z‖M), 32 bytes; der = SEQUENCE{r, s}
//	err = v.Destroy(ctx, handle)
//
// [Store] is the software one: keys stand in the table seals_key, wrapped with
// SM4-GCM under a key of that column, which comes from the city's key file
// (kit/sealed); the wrapping names the handle, so a row that was changed or
// moved does not open. A card or machine is another implementation of [Vault];
// its driver speaks PKCS#11 or the vendor's SDF, which need cgo and are no part
// of this program (docs/decisions/0043).
package vault
