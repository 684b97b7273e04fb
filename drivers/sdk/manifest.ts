import { OneBoxError } from '@onebox/protocol/errors.js';
import * as z from 'zod';
import { lineOf } from './json-line.js';
import { bytePattern, channel, DEVICE_CLASSES, type DeviceClassName, glob, name } from './manifest-fields.js';
import { bleRule, fileRule, serialRule } from './manifest-match.js';
import { PHASES } from './phases.js';
import { fillTemplate, parseTemplate } from './template.js';

/**
 * The manifest of a driver: all that the host needs before any code of the vendor runs. What is not
 * listed here, the driver cannot do.
 */

export { DEVICE_CLASSES, type DeviceClassName } from './manifest-fields.js';
export { PHASES, type PhaseName } from './phases.js';

/** Masks of the gateway (gateway/recordings/masks) that leave a recording readable by the driver. */
export const MASK_NAMES = [
  'astm-e1394',
  'hl7-v2',
  'ieee11073-20601',
  'onebox-v1-fragments',
  'onebox-v1-cobs',
  'tandem-x2',
  'minimed-bridge',
] as const;
export type MaskName = (typeof MASK_NAMES)[number];

const CARDIAC: ReadonlySet<DeviceClassName> = new Set(['pacemaker', 'icd', 'crt-p', 'crt-d']);

const requestReference = z.union([
  name.transform((request) => ({ request, parameters: {} as Record<string, string | number> })),
  z.strictObject({ request: name, parameters: z.record(name, z.union([z.number(), z.string().max(512)])).default({}) }),
]);

const request = z.union([
  z.strictObject({ channel, bytes: bytePattern, withResponse: z.boolean().default(true) }),
  /** The driver gives the parameters, the host encodes and frames the message. */
  z.strictObject({
    channel,
    message: z.literal('onebox.v1.Request'),
    framing: z.enum(['cobs-crc16', 'gatt-fragments']),
    allow: z.array(z.enum(['hello', 'read', 'stop', 'end'])).min(1),
    withResponse: z.boolean().default(true),
  }),
]);

const seconds = z.int().min(1).max(86_400);
const count = z.int().min(1).max(100_000_000);

const budget = z.strictObject({
  /** Links of one session, retries included. */
  connections: z.int().min(1).max(20),
  /** Time that the link may be open in one session. */
  radioSeconds: seconds,
  bytesIn: count,
  bytesOut: z.int().min(0).max(10_000_000),
  findings: z.int().min(1).max(1_000_000),
  /** Longest time for one phase; the others get 60 s. */
  seconds: z.partialRecord(z.enum(PHASES), seconds).default({}),
  /** Longest time without a byte of the device or a finding. Waiting for a person to press a key takes more. */
  stallSeconds: z.int().min(1).max(3600).default(30),
  /** Sessions and radio seconds that a device can bear in 24 h. */
  per24h: z.strictObject({ sessions: z.int().min(1).max(10_000), radioSeconds: seconds }),
});

const safety = z.strictObject({
  /** Cardiac devices: what a magnet does while we read and for how long afterwards it may have no effect. */
  magnet: z
    .strictObject({
      duringRead: z.enum(['ignored', 'honoured', 'unknown']),
      afterReadSeconds: z.int().min(0).max(86_400),
      source: z.string().min(1).max(200),
    })
    .optional(),
  /** Models that must not be connected to, as name patterns. */
  doNotTouch: z.array(z.strictObject({ name: glob, source: z.string().min(1).max(200) })).default([]),
});

const shape = z.strictObject({
  $schema: z.string().optional(),
  id: z
    .string()
    .regex(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/, 'small letters, digits and single hyphens')
    .max(48),
  version: z
    .string()
    .regex(/^\d{1,4}\.\d{1,4}\.\d{1,4}(?:-[0-9a-z.]+)?$/, 'a version is MAJOR.MINOR.PATCH')
    .max(32),
  /** The oldest version that is safe: once this one was active, nothing older runs on that tablet any more. */
  minimumVersion: z
    .string()
    .regex(/^\d{1,4}\.\d{1,4}\.\d{1,4}$/, 'a version is MAJOR.MINOR.PATCH')
    .optional(),
  /** Versions of onebox.v1 whose findings the driver yields. */
  protocol: z.strictObject({ min: z.string().regex(/^\d+\.\d+$/), max: z.string().regex(/^\d+\.\d+$/) }),
  vendor: z.string().min(1).max(80),
  deviceClasses: z.array(z.enum(DEVICE_CLASSES)).min(1),
  transport: z.enum(['ble', 'serial', 'file']).array().min(1),
  match: z.strictObject({
    ble: z.array(bleRule).max(32).default([]),
    serial: z.array(serialRule).max(32).default([]),
    file: z.array(fileRule).max(8).default([]),
  }),
  /** All that may ever be sent. */
  requests: z.record(name, request).default({}),
  subscriptions: z.array(channel).max(64).default([]),
  reads: z.array(channel).max(128).default([]),
  /** Reads that may rightly be empty. */
  emptyReads: z.array(channel).default([]),
  /**
   * Channels that carry who the patient or device is: masked in recordings. All of what comes over them is, or,
   * where a mask is named that knows the protocol, only what identifies; such a recording can be replayed.
   */
  identifying: z
    .array(
      z.union([
        channel.transform((id) => ({ channel: id, mask: 'all' as const })),
        z.strictObject({ channel, mask: z.enum(MASK_NAMES) }),
      ]),
    )
    .default([]),
  /** Sent by the host at the end while the link is up, whatever happened. */
  endOfSession: z.array(requestReference).max(4).default([]),
  budget,
  safety: safety.default({ doNotTouch: [] }),
  /**
   * The link answers only readers that the maker has authorised. `maker`: this driver cannot, and such a device
   * is not connected to; `driver`: the `authorise` hook of the driver does it.
   */
  authorisation: z.enum(['maker', 'driver']).optional(),
  phases: z.array(z.enum(PHASES)).min(1),
  /** How long values of a phase may be shown as present, where the driver does not say, in ms. */
  freshFor: z.partialRecord(z.enum(PHASES), z.int().min(0).max(86_400_000)).default({}),
  /** Memory of the sandbox; a driver that asks for more is stopped, whatever it catches. */
  memoryMiB: z.int().min(16).max(64).default(32),
  /** Folder of the protocol in collections of case files. */
  cases: z
    .string()
    .regex(/^[a-z0-9-]+$/)
    .max(64)
    .optional(),
});

/** Facts that tie several fields together. */
const checked = shape.superRefine((manifest, context) => {
  const wrong = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
  const unique = (key: 'deviceClasses' | 'transport' | 'phases' | 'reads' | 'subscriptions') => {
    if (new Set<string>(manifest[key]).size !== manifest[key].length) wrong([key], 'an entry is there twice');
  };
  for (const key of ['deviceClasses', 'transport', 'phases', 'reads', 'subscriptions'] as const) unique(key);
  for (const transport of ['ble', 'serial', 'file'] as const) {
    const has = manifest.match[transport].length > 0;
    if (has !== manifest.transport.includes(transport))
      wrong(['match', transport], has ? `${transport} is missing in transport` : `no rule for ${transport}`);
  }
  const fits = (id: string) =>
    (id === 'line' ? (['serial', 'file'] as const) : (['ble'] as const)).some((one) =>
      manifest.transport.includes(one),
    );
  const missing = 'this channel does not exist on the transports of the driver';
  for (const key of ['reads', 'subscriptions', 'emptyReads'] as const)
    for (const [index, id] of manifest[key].entries()) if (!fits(id)) wrong([key, index], missing);
  for (const [index, { channel: id }] of manifest.identifying.entries())
    if (!fits(id)) wrong(['identifying', index], missing);
  for (const [index, id] of manifest.reads.entries())
    if (id === 'line') wrong(['reads', index], 'a line is subscribed to, not read');
  for (const [index, id] of manifest.emptyReads.entries())
    if (!manifest.reads.includes(id)) wrong(['emptyReads', index], 'is not in reads');
  for (const [key, template] of Object.entries(manifest.requests))
    if (!fits(template.channel)) wrong(['requests', key, 'channel'], missing);
  const fixed = (path: (string | number)[], key: string, parameters: Readonly<Record<string, string | number>>) => {
    const template = Object.hasOwn(manifest.requests, key) ? manifest.requests[key] : undefined;
    const problem = template ? parameterProblem(template, parameters) : `no request ${key}`;
    if (problem) wrong(path, problem);
  };
  for (const [index, { request: key, parameters }] of manifest.endOfSession.entries())
    fixed(['endOfSession', index], key, parameters);
  for (const [index, { identify }] of manifest.match.serial.entries())
    if (identify?.by === 'probe') fixed(['match', 'serial', index, 'identify'], identify.request, identify.parameters);
  for (const transport of ['ble', 'serial', 'file'] as const)
    for (const [index, rule] of manifest.match[transport].entries())
      if (rule.deviceClass && !manifest.deviceClasses.includes(rule.deviceClass))
        wrong(['match', transport, index, 'deviceClass'], 'is not in deviceClasses');
  if (manifest.deviceClasses.some((kind) => CARDIAC.has(kind)) && !manifest.safety.magnet)
    wrong(['safety', 'magnet'], 'a driver of cardiac devices states what a magnet does');
});

/** Why these parameters do not fit the request; undefined when they do. */
function parameterProblem(
  template: z.output<typeof request>,
  parameters: Readonly<Record<string, string | number>>,
): string | undefined {
  if ('message' in template)
    return template.allow.some((ask) => ask === parameters.ask) ? undefined : 'ask is not one that the request allows';
  try {
    fillTemplate(parseTemplate(template.bytes), parameters);
    return undefined;
  } catch (error) {
    return error instanceof OneBoxError ? error.detail : 'parameters do not fit';
  }
}

export const manifestSchema = checked;
/** A manifest as it is used, with all defaults. */
export type Manifest = z.output<typeof checked>;
/** A manifest as it is written. */
export type ManifestInput = z.input<typeof checked>;
export type RequestTemplate = Manifest['requests'][string];
export type IdentifyingChannel = Manifest['identifying'][number];
export type BleRule = Manifest['match']['ble'][number];
export type SerialRule = Manifest['match']['serial'][number];
export type FileRule = Manifest['match']['file'][number];

/** One thing that is wrong: `budget.seconds.trends`, and what. */
export interface ManifestProblem {
  readonly path: string;
  readonly message: string;
  /** From 1, when it was read from text. */
  readonly line?: number;
}

export type ManifestResult =
  | { readonly manifest: Manifest; readonly problems: readonly [] }
  | { readonly manifest?: undefined; readonly problems: readonly ManifestProblem[] };

/** Checks a parsed manifest; `text` is what it was parsed from, for line numbers. Never throws. */
export function checkManifest(value: unknown, text?: string): ManifestResult {
  const result = checked.safeParse(value);
  if (result.success) return { manifest: result.data, problems: [] };
  const problems = result.error.issues.map((issue): ManifestProblem => {
    const path = issue.path.map((step) => (typeof step === 'symbol' ? '?' : step));
    const number = text === undefined ? undefined : lineOf(text, path);
    return {
      path: path.join('.') || 'manifest',
      message: issue.message,
      ...(number === undefined ? {} : { line: number }),
    };
  });
  return { problems };
}

/** Reads a manifest from text. MANIFEST_INVALID names every problem as `file:line path: message`. */
export function readManifest(text: string, file = 'manifest.json'): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new OneBoxError('MANIFEST_INVALID', `${file}: not JSON`);
  }
  const { manifest, problems } = checkManifest(value, text);
  if (manifest) return manifest;
  throw new OneBoxError(
    'MANIFEST_INVALID',
    problems
      .map((problem) => `${file}${problem.line ? `:${problem.line}` : ''} ${problem.path}: ${problem.message}`)
      .join('; '),
  );
}
