import {
  type AbsentName,
  absent,
  alert,
  coded,
  type Details,
  dateTime,
  type Exact,
  type OriginName,
  observation,
  samples,
  setting,
  statistic,
  text,
  time,
  type ValidityName,
} from '@onebox/driver-sdk/findings.js';
import type { DeviceClassName, PhaseName } from '@onebox/driver-sdk/manifest.js';
import { term } from '@onebox/protocol/codes.js';
import type { Alert, Code, Finding, SampleArray, Time } from '@onebox/protocol/messages.js';
import { v1 } from '@onebox/protocol/messages.js';

/** A simulated patient with a device. Everything that it says is marked as practice. */
export interface PracticePatient {
  /** Name for commands: `icd`. */
  readonly key: string;
  /** As it is advertised; at most 29 bytes. */
  readonly name: string;
  readonly deviceClass: DeviceClassName;
  readonly serial: string;
  /** Device clock minus the true time, in milliseconds; undefined when it was never set. */
  readonly clockOffsetMs: number | undefined;
  /** All that the device remembers and measures, in the order in which it tells it. `now`: true time, ms since 1970. */
  read(now: number): Memory;
}

export type Memory = Readonly<Record<PhaseName, readonly Finding[]>>;

/** Order of what happens now, where the clock means nothing: the seconds since then are taken off. */
const ORDER_NOW = 1_000_000_000;

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** What surrounds a value, where it is not the plain case: live, now. */
export interface About {
  /** Milliseconds ago; 0 is now. */
  readonly ago?: number;
  /** End of an interval that started `ago`, in milliseconds ago. */
  readonly until?: number;
  readonly origin?: OriginName;
  readonly component?: string;
  readonly instance?: number;
  readonly freshFor?: number;
  readonly limits?: NonNullable<Details['limits']>;
  readonly qualifiers?: NonNullable<Details['qualifiers']>;
  readonly episode?: string;
  readonly validity?: ValidityName;
}

/** Values at equal distances, oldest first; whole multiples of 10^exponent. */
export interface Trend {
  readonly values: readonly number[];
  readonly exponent?: number;
  readonly unit: string;
  readonly periodMs: number;
  /** Milliseconds from the last value until now. */
  readonly lastAgo: number;
  readonly component?: string;
  readonly origin?: OriginName;
}

export interface Warning {
  readonly severity: 'note' | 'check' | 'critical';
  readonly ended?: boolean;
  /** Milliseconds ago. */
  readonly since: number;
  readonly vendorText: string;
  readonly more?: Pick<Alert, 'componentId' | 'value' | 'limit'>;
}

const SEVERITY = {
  note: v1.Severity.SEVERITY_NOTE,
  check: v1.Severity.SEVERITY_CHECK,
  critical: v1.Severity.SEVERITY_CRITICAL,
} as const;

/** Findings as a device with this clock states them. `field` is the place in the device's memory. */
export class DeviceWords {
  constructor(
    private readonly now: number,
    private readonly offsetMs: number | undefined,
  ) {}

  /** By the device's own clock, which may be wrong; only the order where it was never set. Arguments in ms ago. */
  ago(start: number, end?: number): Time {
    if (this.offsetMs === undefined) return { ...time(0, 'order-only'), order: ORDER_NOW - Math.floor(start / SECOND) };
    const at = this.now - start + this.offsetMs;
    return {
      ...time(at, 'device'),
      deviceText: localText(at),
      ...(end === undefined ? {} : { endUnixMs: this.now - end + this.offsetMs }),
    };
  }

  measured(what: Code, value: Exact, unit: string, field: string, about?: About): Finding {
    return observation(what, value, unit, this.details(field, about));
  }

  programmed(what: Code, value: Exact, unit: string, field: string, about?: About): Finding {
    return setting(what, value, unit, this.details(field, about));
  }

  counted(what: Code, value: Exact, unit: string, field: string, about?: About): Finding {
    return statistic(what, value, unit, this.details(field, about));
  }

  /** A measured state. */
  state(what: Code, value: Code, field: string, about?: About): Finding {
    return coded(what, value, this.details(field, about));
  }

  /** A programmed choice. */
  choice(what: Code, value: Code, field: string, about?: About): Finding {
    return coded(what, value, { ...this.details(field, about), as: 'setting' });
  }

  /** A programmed thing that is switched off or that the device does not have. */
  none(what: Code, reason: AbsentName, field: string, about?: About): Finding {
    return absent(what, reason, { ...this.details(field, about), as: 'setting' });
  }

  date(what: Code, ago: number, field: string, about?: About): Finding {
    return dateTime(what, this.ago(ago), this.details(field, about));
  }

  words(what: Code, value: string, field: string, about?: About): Finding {
    return text(what, value, { ...this.details(field, about), as: 'setting' });
  }

  wave(what: Code, value: SampleArray, field: string, about?: About): Finding {
    return samples(what, value, this.details(field, about));
  }

  /** A stored trend of `what`. Its code is not that of the value itself: a trend is never the present value. */
  trend(
    what: Code,
    { values, exponent = 0, unit, periodMs, lastAgo, component, origin = 'stored' }: Trend,
    field: string,
  ): Finding {
    const about = {
      ago: lastAgo + (values.length - 1) * periodMs,
      until: lastAgo,
      origin,
      qualifiers: [what],
      ...(component ? { component } : {}),
    };
    const whole = (coefficient: number) => ({ coefficient, exponent: 0 });
    return this.wave(
      term('trend.stored'),
      { periodMs: whole(periodMs), scale: { coefficient: 1, exponent }, offset: whole(0), unit, sample: [...values] },
      field,
      about,
    );
  }

  /** The device itself draws attention to something. */
  warning(what: Code, { severity, ended = false, since, vendorText, more }: Warning): Finding {
    const { ORIGIN_DEVICE } = v1.Alert.Origin;
    const { STATE_ACTIVE, STATE_ENDED } = v1.Alert.State;
    const state = ended ? STATE_ENDED : STATE_ACTIVE;
    const source = { origin: v1.Source.Origin.ORIGIN_STORED, field: 'alerts' };
    return alert({
      code: what,
      origin: ORIGIN_DEVICE,
      severity: SEVERITY[severity],
      state,
      since: this.ago(since),
      vendorText,
      source,
      ...more,
    });
  }

  private details(field: string, { ago = 0, until, validity = 'unqualified', origin, ...rest }: About = {}): Details {
    return {
      ...rest,
      at: this.ago(ago, until),
      source: field,
      origin: origin ?? (ago === 0 ? 'live' : 'stored'),
      validity: [validity, 'practice'],
    };
  }
}

/** ISO 8601 without zone, as a device writes it that knows none. */
export function localText(at: number): string {
  const date = new Date(at);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
