import { createHash, type KeyObject, verify, X509Certificate } from 'node:crypto';
import { randomBytes } from '../../audit/crypto.js';
import type { Card, SmartCards } from './smart-cards.js';

const CONTEXT = new TextEncoder().encode('onebox/smart-card/1\0');

/** The public key of a certificate, when it is of a kind that cards of PIV have (SP 800-78-4). */
export function keyOf(certificate: Uint8Array): KeyObject | undefined {
  try {
    const { publicKey } = new X509Certificate(certificate);
    return publicKey.asymmetricKeyType === 'rsa' || publicKey.asymmetricKeyType === 'ec' ? publicKey : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Lets the card sign what nobody knew before, and checks it against the key. False: the key is another one. Undefined:
 * the card says that its PIN is wrong.
 */
export async function proves(cards: SmartCards, card: Card, key: KeyObject, pin: string): Promise<boolean | undefined> {
  const message = Buffer.concat([CONTEXT, randomBytes(32)]);
  const hash = createHash('sha256').update(message).digest();
  const signature = await cards.sign(card, hash, key.asymmetricKeyType === 'rsa' ? 'rsa' : 'ec', pin);
  return signature && verify('sha256', message, key, signature);
}
