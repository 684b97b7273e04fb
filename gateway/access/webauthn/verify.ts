import { isPublicKey } from './cose-key.js';
import { APP_ORIGIN, RP_ID } from './relying-party.js';

/** What a page brings of `navigator.credentials.create()`; Base64url. */
export interface Registration {
  readonly credentialId: string;
  readonly clientDataJSON: string;
  readonly attestationObject: string;
}

/** What a page brings of `navigator.credentials.get()`; Base64url. */
export interface Assertion {
  readonly credentialId: string;
  readonly clientDataJSON: string;
  readonly authenticatorData: string;
  readonly signature: string;
}

/** A key that was registered here. */
export interface Credential {
  readonly id: string;
  /** COSE_Key; Base64url. */
  readonly publicKey: string;
  /** Signatures so far as the key counts them; 0 for ever where it does not count. */
  readonly counter: number;
}

/** COSE algorithms that are asked for and taken: EdDSA, ES256, RS256. */
export const ALGORITHMS: readonly number[] = [-8, -7, -257];

/** The library is loaded with the first key, not at the start. */
const library = () => import('@simplewebauthn/server');

/**
 * Checks a registration (WebAuthn Level 2, section 7.1) without any network: the attestation must be `none`, whose
 * statement needs no certificate of anybody. The person must have touched the key; its own PIN is not asked for, as
 * Electron on Linux cannot. Undefined for what does not hold; `challenge` is Base64url.
 */
export async function verifyRegistration(challenge: string, shown: Registration): Promise<Credential | undefined> {
  try {
    const [{ verifyRegistrationResponse }, { decodeAttestationObject, decodeCredentialPublicKey, isoBase64URL }] =
      await Promise.all([library(), import('@simplewebauthn/server/helpers')]);
    const { credentialId, clientDataJSON, attestationObject } = shown;
    if (decodeAttestationObject(isoBase64URL.toBuffer(attestationObject)).get('fmt') !== 'none') return undefined;
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: {
        id: credentialId,
        rawId: credentialId,
        type: 'public-key',
        response: { clientDataJSON, attestationObject },
        clientExtensionResults: {},
      },
      expectedChallenge: challenge,
      expectedOrigin: APP_ORIGIN,
      expectedRPID: RP_ID,
      requireUserVerification: false,
      supportedAlgorithmIDs: [...ALGORITHMS],
    });
    const made = registrationInfo?.credential;
    if (!verified || made === undefined || made.id !== credentialId) return undefined;
    // Nothing is signed here: what is no key must not be found out at the bedside.
    if (!isPublicKey(decodeCredentialPublicKey(made.publicKey))) return undefined;
    return { id: made.id, publicKey: isoBase64URL.fromBuffer(made.publicKey), counter: made.counter };
  } catch {
    return undefined;
  }
}

/**
 * Checks an assertion (section 7.2), all but the counter, which is given back: whoever keeps the last one says what
 * one that went back means. Undefined for what does not hold.
 */
export async function verifyAssertion(
  challenge: string,
  { id, publicKey }: Credential,
  shown: Assertion,
): Promise<{ readonly counter: number } | undefined> {
  try {
    const [{ verifyAuthenticationResponse }, { isoBase64URL }] = await Promise.all([
      library(),
      import('@simplewebauthn/server/helpers'),
    ]);
    const { credentialId, clientDataJSON, authenticatorData, signature } = shown;
    if (credentialId !== id) return undefined;
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: {
        id,
        rawId: id,
        type: 'public-key',
        response: { clientDataJSON, authenticatorData, signature },
        clientExtensionResults: {},
      },
      expectedChallenge: challenge,
      expectedOrigin: APP_ORIGIN,
      expectedRPID: RP_ID,
      requireUserVerification: false,
      // Its refusal would hide a copied key behind the word of a wrong one.
      credential: { id, publicKey: isoBase64URL.toBuffer(publicKey), counter: 0 },
    });
    return verified ? { counter: authenticationInfo.newCounter } : undefined;
  } catch {
    return undefined;
  }
}

/** A counter that did not go up: there are two keys with one secret (section 6.1.1). Keys that do not count stay at 0. */
export function isCopied(before: number, now: number): boolean {
  return (before > 0 || now > 0) && now <= before;
}
