import { createPublicKey, type JsonWebKey } from 'node:crypto';

/** Labels of COSE keys (RFC 9052, 9053) that are read here. */
interface CoseKey {
  get(label: number): unknown;
}

const KTY = 1;
const OKP = 1;
const EC2 = 2;
const RSA = 3;

/** Whether it is a public key at all: of a known kind, whole, and on its curve. */
export function isPublicKey(key: CoseKey): boolean {
  const part = (label: number): string => {
    const value = key.get(label);
    return value instanceof Uint8Array ? Buffer.from(value).toString('base64url') : '';
  };
  const jwks: Readonly<Record<number, () => JsonWebKey>> = {
    [OKP]: () => ({ kty: 'OKP', crv: 'Ed25519', x: part(-2) }),
    [EC2]: () => ({ kty: 'EC', crv: 'P-256', x: part(-2), y: part(-3) }),
    [RSA]: () => ({ kty: 'RSA', n: part(-1), e: part(-2) }),
  };
  try {
    const jwk = jwks[Number(key.get(KTY))];
    return jwk !== undefined && createPublicKey({ key: jwk(), format: 'jwk' }).asymmetricKeyType !== undefined;
  } catch {
    return false;
  }
}
