import type { Factor, FactorChallenge, FactorOffer, FactorProof } from '@onebox/gateway/api.js';

type Offer = Extract<FactorOffer, { readonly kind: 'security-key' }>;

/** Long enough to find the key; then the screen asks again. */
const TIMEOUT_MS = 60_000;

/** Keys answer in the window of the app. The loopback page has no name that a key could answer to. */
export const canAskKeys = (): boolean =>
  window.location.protocol === 'https:' && typeof window.PublicKeyCredential === 'function';

/** Waits for a touch that registers a key. Rejects with a DOMException when nobody touches one. */
export async function registerKey(offer: Offer, signal: AbortSignal): Promise<FactorProof> {
  const made = await navigator.credentials.create({
    signal,
    publicKey: {
      rp: { id: offer.rpId, name: 'OneBox' },
      // Nothing of the person: keys may show it.
      user: { id: bytesOf(offer.userId), name: 'OneBox', displayName: 'OneBox' },
      challenge: bytesOf(offer.challenge),
      pubKeyCredParams: offer.algorithms.map((alg) => ({ type: 'public-key', alg })),
      excludeCredentials: descriptors(offer.exclude),
      // A PIN of the key cannot be asked for in every window: the touch counts, beside what the person knows.
      authenticatorSelection: { userVerification: 'discouraged', residentKey: 'discouraged' },
      attestation: 'none',
      timeout: TIMEOUT_MS,
    },
  });
  const { rawId, response } = made as PublicKeyCredential & { readonly response: AuthenticatorAttestationResponse };
  return {
    kind: 'security-key',
    credentialId: textOf(rawId),
    clientDataJSON: textOf(response.clientDataJSON),
    attestationObject: textOf(response.attestationObject),
  };
}

/** Waits for a touch that answers the challenge. Rejects with a DOMException when nobody touches a key. */
export async function touchKey(challenge: FactorChallenge, signal: AbortSignal): Promise<Factor> {
  const shown = await navigator.credentials.get({
    signal,
    publicKey: {
      rpId: challenge.rpId,
      challenge: bytesOf(challenge.challenge),
      allowCredentials: descriptors(challenge.credentialIds),
      userVerification: 'discouraged',
      timeout: TIMEOUT_MS,
    },
  });
  const { rawId, response } = shown as PublicKeyCredential & { readonly response: AuthenticatorAssertionResponse };
  return {
    kind: 'security-key',
    credentialId: textOf(rawId),
    clientDataJSON: textOf(response.clientDataJSON),
    authenticatorData: textOf(response.authenticatorData),
    signature: textOf(response.signature),
  };
}

const descriptors = (ids: readonly string[]): PublicKeyCredentialDescriptor[] =>
  ids.map((id) => ({ type: 'public-key', id: bytesOf(id) }));

/** Base64url without padding, as the gateway writes it. */
function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0));
}

function textOf(bytes: ArrayBuffer): string {
  const text = btoa(String.fromCharCode(...new Uint8Array(bytes)));
  return text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
