import { OneBoxError } from '@onebox/protocol/errors.js';
import { z } from 'zod';
import { lineOf } from './json-line.js';
import { PHASES } from './phases.js';
import { fillTemplate, parseTemplate } from './template.js';

/**
 * The manifest of a driver: all that the host needs before any code of the vendor runs. What is not
 * listed here, the driver cannot do.
 */

export const DEVICE_CLASSES = [
  'pacemaker',
  'icd',
  'crt-p',
  'crt-d',
  'loop-recorder',
  'lvad',
  'insulin-pump',
  'cgm',
  'neurostimulator',
  'intrathecal-pump',
  'cochlear-implant',
  'pulse-oximeter',
  'blood-pressure-monitor',
  'thermometer',
  'heart-rate-monitor',
  'glucose-meter',
  'scale',
  'generic',
] as const;
/** In the order of `DeviceClass` in finding.proto, from 1. */
export type DeviceClassName = (typeof DEVICE_CLASSES)[number];

export { PHASES, type PhaseName } from './phases.js';

const CARDIAC: ReadonlySet<DeviceClassName> = new Set(['pacemaker', 'icd', 'crt-p', 'crt-d']);

const service = z.string().regex(/^(?:[0-9A-F]{4}|[0-9A-F]{32})$/, 'a service UUID has 4 or 32 upper-case hex digits');
const channel = z
  .string()
  .regex(
    /^(?:line|(?:(?:[0-9A-F]{4}|[0-9A-F]{32})\/)?(?:[0-9A-F]{4}|[0-9A-F]{32}))$/,
    'a channel is `line`, a characteristic or service/characteristic, in upper-case hex',
  );
const usbId = z.string().regex(/^[0-9a-f]{4}$/, 'a USB id has 4 lower-case hex digits');
const hexPrefix = z.string().regex(/^(?:[0-9A-F]{2}){1,24}$/, 'upper-case hex bytes without blanks');
const name = z
  .string()
  .regex(/^[a-z][A-Za-z0-9]{0,31}$/, 'a name starts with a small letter and has letters and digits only');
const glob = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[\x20-\x7e]*$/, 'printable ASCII only')
  .refine((text) => (text.match(/\*/g)?.length ?? 0) <= 4, 'at most four *')
  .refine((text) => /[^*?#]/.test(text), 'at least one literal character');
const bytePattern = z
  .string()
  .max(2048)
  .superRefine((pattern, context) => {
    try {
      parseTemplate(pattern);
    } catch (error) {
      context.addIssue({ code: 'custom', message: error instanceof OneBoxError ? error.detail : 'not a byte pattern' });
    }
  });
/** Fixed bytes with `..` for any byte, looked for anywhere in what the device says. */
const expectPattern = z
  .string()
  .regex(/^(?:[0-9A-F]{2}|\.\.)(?: (?:[0-9A-F]{2}|\.\.)){0,63}$/, 'upper-case hex bytes or .. with one blank between');

const requestReference = z.union([
  name.transform((request) => ({ request, parameters: {} as Record<string, string | number> })),
  z.strictObject({ request: name, parameters: z.record(name, z.union([z.number(), z.string().max(512)])).default({}) }),
]);

/** All given conditions must hold. */
const bleRule = z
  .strictObject({
    services: z.array(service).min(1).max(8).optional(),
    companyId: z.int().min(0).max(0xffff).optional(),
    /** Needs `companyId`: how the data after it start. */
    manufacturerData: hexPrefix.optional(),
    serviceData: z.strictObject({ service, prefix: hexPrefix }).optional(),
    /** Needs `serviceData`: where the end of the serial number stands in it, in ASCII. */
    serialTail: z.strictObject({ from: z.int().min(0).max(29), length: z.int().min(1).max(4) }).optional(),
    name: glob.optional(),
    /** For drivers of several classes: what this rule finds. */
    deviceClass: z.enum(DEVICE_CLASSES).optional(),
    /** Taken only where no other driver fits. */
    fallback: z.literal(true).optional(),
  })
  .refine((rule) => rule.serialTail === undefined || rule.serviceData !== undefined, {
    path: ['serialTail'],
    message: 'needs serviceData',
  })
  .refine((rule) => rule.manufacturerData === undefined || rule.companyId !== undefined, {
    path: ['manufacturerData'],
    message: 'needs companyId',
  })
  .refine(
    (rule) => rule.fallback || rule.services || rule.companyId !== undefined || rule.name || rule.serviceData,
    'a rule without a condition matches everything',
  );

const line = z.strictObject({
  baudRate: z.int().min(50).max(4_000_000),
  dataBits: z.union([z.literal(5), z.literal(6), z.literal(7), z.literal(8)]).default(8),
  stopBits: z.union([z.literal(1), z.literal(1.5), z.literal(2)]).default(1),
  parity: z.enum(['none', 'even', 'odd', 'mark', 'space']).default('none'),
  xon: z.boolean().default(false),
  xoff: z.boolean().default(false),
  rtscts: z.boolean().default(false),
});

const serialRule = z
  .strictObject({
    usb: z.strictObject({ vendorId: usbId, productId: usbId.optional(), serial: glob.optional() }).optional(),
    /** Fits every port, as the user may say so. */
    anyPort: z.literal(true).optional(),
    line,
    /** What tells, once the port may be opened, that the device is there. */
    identify: z
      .discriminatedUnion('by', [
        z.strictObject({ by: z.literal('listen'), expect: expectPattern, withinMs: z.int().min(50).max(10_000) }),
        z.strictObject({
          by: z.literal('probe'),
          request: name,
          parameters: z.record(name, z.union([z.number(), z.string().max(512)])).default({}),
          expect: expectPattern,
          withinMs: z.int().min(50).max(10_000),
        }),
      ])
      .optional(),
    deviceClass: z.enum(DEVICE_CLASSES).optional(),
  })
  .refine((rule) => rule.usb !== undefined || rule.anyPort === true, 'a serial rule needs usb or anyPort');

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
  /** Sessions and radio seconds that a device can bear in 24 h. */
  /** Longest time without a byte of the device or a finding. Waiting for a person to press a key takes more. */
  stallSeconds: z.int().min(1).max(3600).default(30),
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
  /** Versions of onebox.v1 whose findings the driver yields. */
  protocol: z.strictObject({ min: z.string().regex(/^\d+\.\d+$/), max: z.string().regex(/^\d+\.\d+$/) }),
  vendor: z.string().min(1).max(80),
  deviceClasses: z.array(z.enum(DEVICE_CLASSES)).min(1),
  transport: z.enum(['ble', 'serial']).array().min(1),
  match: z.strictObject({ ble: z.array(bleRule).max(32).default([]), serial: z.array(serialRule).max(32).default([]) }),
  /** All that may ever be sent. */
  requests: z.record(name, request).default({}),
  subscriptions: z.array(channel).max(64).default([]),
  reads: z.array(channel).max(128).default([]),
  /** Reads that may rightly be empty. */
  emptyReads: z.array(channel).default([]),
  /** Channels that carry who the patient or device is: masked in recordings. */
  identifying: z.array(channel).default([]),
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
  /** Memory of the sandbox. */
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
  for (const transport of ['ble', 'serial'] as const) {
    const has = manifest.match[transport].length > 0;
    if (has !== manifest.transport.includes(transport))
      wrong(['match', transport], has ? `${transport} is missing in transport` : `no rule for ${transport}`);
  }
  const fits = (id: string) => manifest.transport.includes(id === 'line' ? 'serial' : 'ble');
  for (const key of ['reads', 'subscriptions', 'emptyReads', 'identifying'] as const)
    for (const [index, id] of manifest[key].entries())
      if (!fits(id)) wrong([key, index], 'this channel does not exist on the transports of the driver');
  for (const [index, id] of manifest.reads.entries())
    if (id === 'line') wrong(['reads', index], 'a line is subscribed to, not read');
  for (const [index, id] of manifest.emptyReads.entries())
    if (!manifest.reads.includes(id)) wrong(['emptyReads', index], 'is not in reads');
  for (const [key, template] of Object.entries(manifest.requests))
    if (!fits(template.channel))
      wrong(['requests', key, 'channel'], 'this channel does not exist on the transports of the driver');
  const fixed = (path: (string | number)[], key: string, parameters: Readonly<Record<string, string | number>>) => {
    const template = Object.hasOwn(manifest.requests, key) ? manifest.requests[key] : undefined;
    const problem = template ? parameterProblem(template, parameters) : `no request ${key}`;
    if (problem) wrong(path, problem);
  };
  for (const [index, { request: key, parameters }] of manifest.endOfSession.entries())
    fixed(['endOfSession', index], key, parameters);
  for (const [index, { identify }] of manifest.match.serial.entries())
    if (identify?.by === 'probe') fixed(['match', 'serial', index, 'identify'], identify.request, identify.parameters);
  for (const transport of ['ble', 'serial'] as const)
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
export type BleRule = Manifest['match']['ble'][number];
export type SerialRule = Manifest['match']['serial'][number];

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
