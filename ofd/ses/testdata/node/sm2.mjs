// Verifies a signature that was made elsewhere, and makes one to be verified
// elsewhere. Arguments: public key, message and signature (DER) in hex.
import sm from "sm-crypto";

const [key, message, signature] = process.argv.slice(2);
const bytes = Array.from(Buffer.from(message, "hex"));
const pair = sm.sm2.generateKeyPairHex();
console.log(
  JSON.stringify({
    verified: sm.sm2.doVerifySignature(bytes, signature, key, { hash: true, der: true }),
    digest: sm.sm3(bytes),
    key: pair.publicKey,
    signature: sm.sm2.doSignature(bytes, pair.privateKey, { hash: true, der: true }),
  }),
);
