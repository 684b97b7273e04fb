import { decimal, fromScaled } from '@onebox/protocol/decimal.js';
import type { OneBoxError } from '@onebox/protocol/errors.js';
import type {
  Alert,
  Bits,
  Code,
  Coding,
  Component,
  Compound,
  Decimal,
  DeviceIdentity,
  Episode,
  Fault,
  Finding,
  Limit,
  Numeric,
  Observation,
  Phase,
  Range,
  SampleArray,
  Source,
  Time,
} from '@onebox/protocol/messages.js';
import { v1 } from '@onebox/protocol/wire.js';
import {
  ABSENT,
  type AbsentName,
  CLASS,
  ORIGIN,
  type OriginName,
  PHASE,
  QUALITY,
  type QualityName,
  VALIDITY,
  type ValidityName,
} from './finding-names.js';

import type { DeviceClassName } from './manifest.js';
import type { PhaseName } from './phases.js';

/**
 * Short ways to write findings. Every value carries unit, time, source and validity; where one is not
 * given, the plain case is written: validity unqualified, source live.
 */

export type { AbsentName, OriginName, QualityName, ValidityName } from './finding-names.js';

/** Exact: a text of digits (`'5.40'` keeps its zero), a whole number, or a coefficient and exponent. */
export type Exact = Decimal | string | number;

/** What surrounds a value. */
export interface Details {
  /** Milliseconds since 1970, or a whole Time. Required: no value without its time. */
  readonly at: number | Time;
  /** Whose time `at` is; `tablet` when not given. Not used when `at` is a Time. */
  readonly quality?: QualityName;
  readonly validity?: ValidityName | readonly ValidityName[];
  /** The field in the device's own terms (`2A19`), or a whole Source. */
  readonly source: string | Source;
  readonly origin?: OriginName;
  readonly component?: string;
  /** Number among values of one code and component, from 0. */
  readonly instance?: number;
  /** How long the value may be shown as present, in ms. */
  readonly freshFor?: number;
  /** As the device said it, where value or unit were converted. */
  readonly original?: Numeric;
  readonly limits?: readonly Limit[];
  readonly qualifiers?: readonly Code[];
  readonly episode?: string;
  /** Measured unless said otherwise. */
  readonly as?: 'observation' | 'setting' | 'statistic';
}

export function exact(value: Exact): Decimal {
  if (typeof value === 'object') return value;
  return typeof value === 'string' ? decimal(value) : fromScaled(value);
}

/** `unit` is a UCUM code, `1` for a bare number. */
export function numeric(value: Exact, unit: string): Numeric {
  return { value: exact(value), unit };
}

/** A code of one terminology, e.g. a maker's own: `code('urn:vendor:x', '17')`. */
export function code(system: string, value: string | number, more: Pick<Coding, 'refId' | 'display'> = {}): Code {
  return { coding: [{ system, code: String(value), ...more }] };
}

export function time(at: number | Time, quality: QualityName = 'tablet'): Time {
  return typeof at === 'number' ? { unixMs: at, quality: QUALITY[quality] } : at;
}

function source(from: string | Source, origin: OriginName = 'live'): Source {
  return typeof from === 'string' ? { origin: ORIGIN[origin], field: from } : from;
}

function statement(what: Code, value: Observation, details: Details): Finding {
  const validity = details.validity ?? 'unqualified';
  const body: Observation = {
    code: what,
    time: time(details.at, details.quality),
    validity: (typeof validity === 'string' ? [validity] : validity).map((one) => VALIDITY[one]),
    source: source(details.source, details.origin),
    ...value,
  };
  if (details.component) body.componentId = details.component;
  if (details.instance) body.instance = details.instance;
  if (details.freshFor) body.freshForMs = details.freshFor;
  if (details.original) body.original = details.original;
  if (details.limits) body.limit = [...details.limits];
  if (details.qualifiers) body.qualifier = [...details.qualifiers];
  if (details.episode) body.episodeId = details.episode;
  return { [details.as ?? 'observation']: body };
}

/** A measured number. */
export function observation(what: Code, value: Exact, unit: string, details: Details): Finding {
  return statement(what, { numeric: numeric(value, unit) }, details);
}

/** A programmed number. */
export function setting(what: Code, value: Exact, unit: string, details: Details): Finding {
  return statement(what, { numeric: numeric(value, unit) }, { ...details, as: 'setting' });
}

/** A counted number. */
export function statistic(what: Code, value: Exact, unit: string, details: Details): Finding {
  return statement(what, { numeric: numeric(value, unit) }, { ...details, as: 'statistic' });
}

export function coded(what: Code, value: Code, details: Details): Finding {
  return statement(what, { coded: value }, details);
}

/** Words of the device. */
export function text(what: Code, value: string, details: Details): Finding {
  return statement(what, { text: value }, details);
}

/** No value, and why. */
export function absent(what: Code, reason: AbsentName, details: Details): Finding {
  return statement(what, { absent: ABSENT[reason] }, details);
}

/** A waveform. */
export function samples(what: Code, value: SampleArray, details: Details): Finding {
  return statement(what, { samples: value }, details);
}

export function bits(what: Code, value: Bits, details: Details): Finding {
  return statement(what, { bits: value }, details);
}

export function range(what: Code, value: Range, details: Details): Finding {
  return statement(what, { range: value }, details);
}

export function dateTime(what: Code, value: Time, details: Details): Finding {
  return statement(what, { dateTime: value }, details);
}

/** Numbers that belong together; a part without a value says why. */
export function compound(
  what: Code,
  parts: readonly (readonly [Code, Numeric | AbsentName])[],
  details: Details,
): Finding {
  const value: Compound = {
    part: parts.map(([part, content]) =>
      typeof content === 'string' ? { code: part, absent: ABSENT[content] } : { code: part, numeric: content },
    ),
  };
  return statement(what, { compound: value }, details);
}

/** Who the device is; declared by the device unless said otherwise. */
export function identity(
  fields: Omit<DeviceIdentity, 'deviceClass'> & { readonly deviceClass: DeviceClassName },
): Finding {
  return { identity: { evidence: v1.Evidence.EVIDENCE_DECLARED, ...fields, deviceClass: CLASS[fields.deviceClass] } };
}

export function component(value: Component): Finding {
  return { component: value };
}

export function episode(value: Episode): Finding {
  return { episode: value };
}

export function alert(value: Alert): Finding {
  return { alert: value };
}

/** The device's clock at `at` (tablet, ms since 1970). `deviceMs` undefined: the device's clock was never set. */
export function clock(at: number, deviceMs: number | undefined, deviceText = ''): Finding {
  return {
    clock: {
      tabletUnixMs: at,
      deviceText,
      ...(deviceMs === undefined ? { notSet: true } : { offsetMs: deviceMs - at }),
    },
  };
}

export function progress(
  phase: PhaseName,
  state: 'started' | 'done' | 'not-supported',
  counts: { readonly read?: number; readonly expected?: number } = {},
): Finding {
  const { STATE_STARTED, STATE_DONE, STATE_NOT_SUPPORTED } = v1.Progress.State;
  return {
    progress: {
      phase: PHASE[phase],
      state: state === 'started' ? STATE_STARTED : state === 'done' ? STATE_DONE : STATE_NOT_SUPPORTED,
      ...counts,
    },
  };
}

/** What could not be read, and why. An error that is not one of ours is not caught here: let it end the driver. */
export function fault(
  error: OneBoxError,
  phase: PhaseName,
  more: Omit<Fault, 'error' | 'phase' | 'reason'> & { readonly reason?: AbsentName } = {},
): Finding {
  const { reason, ...rest } = more;
  const why: AbsentName =
    reason ??
    (error.kind === 'LINK_REFUSED' ? 'not-permitted' : error.kind === 'LINK_NO_CHANNEL' ? 'unsupported' : 'error');
  return { fault: { error: error.code, phase: PHASE[phase], reason: ABSENT[why], ...rest } };
}

/** The bytes that a statement rests on; hashed by the host. */
export function evidence(id: string, channel: string, content: Uint8Array): Finding {
  return { evidence: { id, channel, content } };
}

export function phaseOf(name: PhaseName): Phase {
  return PHASE[name];
}
