import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign as signWith } from 'node:crypto';
import { APP_ORIGIN, RP_ID } from '../relying-party.js';
import type { Assertion, Registration } from '../verify.js';

/** Parts of the CBOR that a key speaks (RFC 8949): heads, texts, bytes, whole numbers. */
const head = (major: number, count: number): Buffer =>
  count < 24
    ? Buffer.from([(major << 5) | count])
    : count < 256
      ? Buffer.from([(major << 5) | 24, count])
      : Buffer.from([(major << 5) | 25, count >> 8, count & 255]);
const bytes = (value: Uint8Array): Buffer => Buffer.concat([head(2, value.length), value]);
const textOf = (value: string): Buffer => Buffer.concat([head(3, value.length), Buffer.from(value)]);
const whole = (value: number): Buffer => (value < 0 ? head(1, -1 - value) : head(0, value));
const map = (entries: readonly (readonly [Buffer, Buffer])[]): Buffer =>
  Buffer.concat([head(5, entries.length), ...entries.flat()]);

export type SoftAlgorithm = -7 | -8 | -257;

/** What a page, a key or somebody between can get wrong. */
export interface Wrong {
  readonly origin?: string;
  readonly rpId?: string;
  readonly type?: string;
  /** Of the authenticator data; 0x01 user present, 0x40 attested credential. */
  readonly flags?: number;
  readonly counter?: number;
  readonly format?: string;
}

/** For tests: a security key in software, as a page would hand on its answers. */
export class SoftKey {
  readonly id = randomBytes(32);
  counter = 0;
  private readonly key: KeyObject;
  private readonly cose: Buffer;

  constructor(readonly algorithm: SoftAlgorithm = -7) {
    const [privateKey, cose] = algorithm === -7 ? p256() : algorithm === -8 ? ed25519() : rsa();
    this.key = privateKey;
    this.cose = cose;
  }

  get credentialId(): string {
    return this.id.toString('base64url');
  }

  register(challenge: string, wrong: Wrong = {}): Registration {
    const attested = Buffer.concat([Buffer.alloc(16), Buffer.from([0, this.id.length]), this.id, this.cose]);
    const data = Buffer.concat([this.data({ flags: 0x41, ...wrong }), attested]);
    const object = map([
      [textOf('fmt'), textOf(wrong.format ?? 'none')],
      [textOf('attStmt'), map([])],
      [textOf('authData'), bytes(data)],
    ]);
    return {
      credentialId: this.credentialId,
      clientDataJSON: clientData('webauthn.create', challenge, wrong),
      attestationObject: object.toString('base64url'),
    };
  }

  assert(challenge: string, wrong: Wrong = {}): Assertion {
    const data = this.data(wrong);
    const clientDataJSON = clientData('webauthn.get', challenge, wrong);
    const signed = Buffer.concat([data, sha256(Buffer.from(clientDataJSON, 'base64url'))]);
    const signature = signWith(this.algorithm === -8 ? null : 'sha256', signed, this.key);
    return {
      credentialId: this.credentialId,
      clientDataJSON,
      authenticatorData: data.toString('base64url'),
      signature: signature.toString('base64url'),
    };
  }

  private data({ rpId = RP_ID, flags = 0x01, counter }: Wrong): Buffer {
    this.counter += 1;
    const count = Buffer.alloc(4);
    count.writeUInt32BE(counter ?? this.counter);
    return Buffer.concat([sha256(Buffer.from(rpId)), Buffer.from([flags]), count]);
  }
}

const sha256 = (value: Uint8Array): Buffer => createHash('sha256').update(value).digest();

function clientData(type: string, challenge: string, wrong: Wrong): string {
  const value = { type: wrong.type ?? type, challenge, origin: wrong.origin ?? APP_ORIGIN, crossOrigin: false };
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function p256(): [KeyObject, Buffer] {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const part = (text: string): Buffer => bytes(Buffer.from(text, 'base64url'));
  return [
    privateKey,
    map([
      [whole(1), whole(2)],
      [whole(3), whole(-7)],
      [whole(-1), whole(1)],
      [whole(-2), part(x)],
      [whole(-3), part(y)],
    ]),
  ];
}

function ed25519(): [KeyObject, Buffer] {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const { x = '' } = publicKey.export({ format: 'jwk' });
  return [
    privateKey,
    map([
      [whole(1), whole(1)],
      [whole(3), whole(-8)],
      [whole(-1), whole(6)],
      [whole(-2), bytes(Buffer.from(x, 'base64url'))],
    ]),
  ];
}

function rsa(): [KeyObject, Buffer] {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { n = '', e = '' } = publicKey.export({ format: 'jwk' });
  return [
    privateKey,
    map([
      [whole(1), whole(3)],
      [whole(3), whole(-257)],
      [whole(-1), bytes(Buffer.from(n, 'base64url'))],
      [whole(-2), bytes(Buffer.from(e, 'base64url'))],
    ]),
  ];
}
