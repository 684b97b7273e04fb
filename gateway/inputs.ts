import { OneBoxError } from '@onebox/protocol/errors.js';
import * as z from 'zod';
import { type CommandName, type Commands, REASONS, REVIEW_DECISIONS, type Reason } from './api.js';
import { FILE_BYTES } from './links/file/limits.js';

/** Base64 of one byte more than a file may have: the gateway says that it is too large. */
const FILE_TEXT = 4 * Math.ceil((FILE_BYTES + 1) / 3);

const base64 = z.string().refine((text) => text.length % 4 === 0 && !/[^A-Za-z0-9+/=]/.test(text));
/** PIV has six to eight digits; other cards have more, and letters. */
const cardPin = z.string().regex(/^[\x20-\x7e]{4,64}$/);
/** What a security key says; a key's id alone may have 1023 bytes. */
const base64url = z.string().regex(/^[A-Za-z0-9_-]{1,8192}$/);
const id = z.string().min(1).max(200);
const pin = z.string().regex(/^\d{4,12}$/);
const code = z.string().regex(/^\d{6,8}$/);
const passphrase = z.string().min(1).max(200);
const words = z
  .array(z.string().regex(/^[A-Za-z]{1,20}$/))
  .min(1)
  .max(32);
const reason = z.enum(REASONS as [Reason, ...Reason[]]);
const knownFactors = [
  z.strictObject({ kind: z.literal('pin'), pin }),
  z.strictObject({ kind: z.literal('passphrase'), passphrase }),
] as const;
const factor = z.discriminatedUnion('kind', [
  ...knownFactors,
  z.strictObject({ kind: z.literal('one-time-code'), code }),
  z.strictObject({ kind: z.literal('smart-card'), cardPin }),
  z.strictObject({ kind: z.literal('badge') }),
  z.strictObject({ kind: z.literal('recovery-words'), words }),
  z.strictObject({ kind: z.literal('witness'), personId: id, factor: z.discriminatedUnion('kind', knownFactors) }),
  z.strictObject({ kind: z.literal('dispatcher-code'), code }),
  z.strictObject({
    kind: z.literal('security-key'),
    credentialId: base64url,
    clientDataJSON: base64url,
    authenticatorData: base64url,
    signature: base64url,
  }),
]);
const proof = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('passphrase'), passphrase }),
  z.strictObject({ kind: z.literal('one-time-code'), code }),
  z.strictObject({ kind: z.literal('smart-card'), cardPin }),
  z.strictObject({ kind: z.literal('badge') }),
  z.strictObject({
    kind: z.literal('security-key'),
    credentialId: base64url,
    clientDataJSON: base64url,
    attestationObject: base64url,
  }),
]);
const entry = {
  displayName: z.string().min(1).max(80),
  role: z.enum(['responder', 'clinician', 'privacy-officer', 'device-manager', 'service']),
};
const nothing = z.undefined().or(z.null().transform(() => undefined));
const access = z.strictObject({ accessId: id });
const device = z.strictObject({ deviceId: id });

/** The shape of every command's input. A command that is missing here does not exist for a carrier. */
export const INPUTS: { readonly [N in CommandName]: z.ZodType<Commands[N]['in']> } = {
  status: nothing,
  enrol: z.union([z.strictObject({ ...entry, pin }), z.strictObject({ ...entry, passphrase })]),
  unlock: z.strictObject({ personId: id, factor, second: factor.exactOptional() }),
  recover: z.strictObject({ personId: id, words, pin }),
  endShift: nothing,
  openTierZero: z.strictObject({ reason, witnessId: id }),
  closeTierZero: nothing,
  offerFactor: z.strictObject({
    kind: z.enum(['passphrase', 'one-time-code', 'security-key', 'smart-card', 'badge']),
    factor,
  }),
  challengeFactor: z.strictObject({ personId: id, kind: z.literal('security-key') }),
  addFactor: z.strictObject({ proof }),
  dispatcherCodes: z.strictObject({ factor }),
  lock: nothing,
  drivers: nothing,
  startScan: nothing,
  stopScan: nothing,
  openFile: z.strictObject({ name: z.string().min(1).max(255), content: base64.max(FILE_TEXT) }),
  breakGlass: z.strictObject({
    deviceId: id,
    driverId: id.exactOptional(),
    reason,
    factor,
    override: z.literal(true).exactOptional(),
  }) as z.ZodType<Commands['breakGlass']['in']>,
  cancelBreakGlass: device,
  extendAccess: z.strictObject({ accessId: id, factor }),
  stopReading: access,
  readAgain: access,
  confirmMatch: z.strictObject({ accessId: id, serialEnd: z.string().regex(/^[0-9A-Za-z]{4}$/) }),
  card: access,
  values: access,
  episodes: access,
  strip: z.strictObject({ accessId: id, stripId: id }),
  strips: access,
  trends: access,
  access,
  auditOfAccess: access,
  waitingRecords: nothing,
  reviews: nothing,
  decideReview: z.strictObject({
    accessId: id,
    decision: z.enum(REVIEW_DECISIONS as [string, ...string[]]),
  }) as z.ZodType<Commands['decideReview']['in']>,
  records: nothing,
  eraseRecords: z.strictObject({
    order: z.union([z.strictObject({ all: z.literal(true) }), z.strictObject({ access: id })]),
    factor,
  }),
  receipt: z.strictObject({ entry: z.int().min(0) }),
  backUp: z.strictObject({ factor }),
  restore: z.strictObject({
    file: base64.min(1).max(FILE_TEXT),
    passphrase,
    key: z
      .string()
      .regex(/^\S{1,1000}$/)
      .exactOptional(),
    factor,
  }),
  setIdle: z.strictObject({
    minutes: z
      .int()
      .min(1)
      .max(24 * 60),
    factor,
  }),
  tabletInventory: nothing,
  decommission: z.strictObject({ confirm: z.string().min(1).max(64), factor }),
  handOver: access,
  recordSeen: device,
  close: access,
};

/** A command that exists, and an input that has its shape. Throws INPUT_INVALID. */
export function checkInput(name: unknown, input: unknown): { readonly name: CommandName; readonly input: unknown } {
  if (typeof name !== 'string' || !Object.hasOwn(INPUTS, name)) throw new OneBoxError('INPUT_INVALID', 'command');
  const parsed = INPUTS[name as CommandName].safeParse(input);
  if (parsed.success) return { name: name as CommandName, input: parsed.data };
  // Only the path: the offending value may be a PIN.
  const issue = parsed.error.issues[0];
  throw new OneBoxError('INPUT_INVALID', `${name}.${issue?.path.join('.') ?? ''}`);
}
