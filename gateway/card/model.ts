/**
 * The ten-second card as data: computed by the gateway from findings, worded by the user interface.
 * Ids are message ids; values are ready to print but for language (decimal sign, words).
 */

export type SeverityLevel = 'critical' | 'check' | 'note' | 'none';

/** FHIR data-absent-reason codes, and those that IEEE 11073-10103 adds. */
export type AbsentCode =
  | 'temp-unknown'
  | 'unknown'
  | 'unsupported'
  | 'not-permitted'
  | 'error'
  | 'not-performed'
  | 'masked'
  | 'off'
  | 'not-a-number'
  | 'positive-infinity'
  | 'negative-infinity';

/** A message id with its parameters; parameters of kind Value are formatted by the user interface. */
export interface Phrase {
  readonly id: string;
  readonly params?: Readonly<Record<string, Value>>;
}

/** One printable thing. */
export type Value =
  /** Decimal text exactly as the device resolves it, and UCUM unit. */
  | {
      readonly kind: 'number';
      readonly text: string;
      readonly unit: string;
      readonly comparator?: '<' | '<=' | '>=' | '>' | '~';
    }
  /** Two numbers that are always said together, e.g. 120/80. */
  | { readonly kind: 'pair'; readonly first: string; readonly second: string; readonly unit: string }
  | { readonly kind: 'range'; readonly low?: string; readonly high?: string; readonly unit: string }
  /** A word of ours, by message id. */
  | { readonly kind: 'word'; readonly id: string }
  /** Words of the device: shown in quotes, never translated. */
  | { readonly kind: 'device-text'; readonly text: string }
  | {
      readonly kind: 'code';
      readonly system: string;
      readonly code: string;
      readonly refId: string;
      readonly display: string;
    }
  | { readonly kind: 'time'; readonly time: TimeValue }
  | { readonly kind: 'count'; readonly count: number }
  | { readonly kind: 'phrase'; readonly phrase: Phrase };

export interface TimeValue {
  /** Tablet clock, milliseconds since 1970; undefined when only the order is known. */
  readonly at?: number;
  readonly endAt?: number;
  readonly quality: 'tablet' | 'device' | 'corrected' | 'reconstructed' | 'order-only';
  readonly deviceText?: string;
  readonly order?: number;
}

/** A tile of the card or a row of the values: the same thing everywhere. */
export interface Tile {
  /** Stable within the card, e.g. `battery`, `rv-lead`. */
  readonly id: string;
  /** Message id of the label; at most two words in English. */
  readonly label: Phrase;
  readonly severity: SeverityLevel;
  /** Main value; undefined exactly when `absent` is set. */
  readonly value?: Value;
  /** Further values on the line of the main one, e.g. the rate beside a pacing mode. */
  readonly also: readonly Value[];
  readonly absent?: AbsentCode;
  /** Number of the error that explains `absent: 'error'`, e.g. 102. */
  readonly error?: number;
  /** Third line: limit, qualifier, since. */
  readonly evidence: readonly Phrase[];
  readonly time?: TimeValue;
  /** When the tablet received it, milliseconds since 1970. */
  readonly receivedAt?: number;
  /** 0: does not age. */
  readonly freshForMs: number;
  readonly origin?: 'live' | 'stored' | 'self-test' | 'derived' | 'entered';
  readonly validity: readonly string[];
  /** For Details: what the device said, in its own terms. */
  readonly details: TileDetails;
}

export interface TileDetails {
  readonly code?: { readonly system: string; readonly code: string; readonly refId: string };
  readonly field?: string;
  readonly original?: { readonly text: string; readonly unit: string };
  readonly limits: readonly {
    readonly kind: 'low' | 'high';
    readonly text: string;
    readonly unit: string;
    readonly owner: 'device' | 'driver' | 'rule';
    readonly reference: string;
  }[];
  readonly deviceText?: string;
}

export interface LeadLine {
  readonly severity: SeverityLevel;
  readonly title: Phrase;
  readonly details: readonly Phrase[];
  /** Further findings behind this one. */
  readonly more: number;
}

export interface EpisodeRow {
  readonly id: string;
  readonly number: number;
  readonly time: TimeValue;
  readonly type: Value;
  readonly rate?: Value;
  readonly duration?: Value;
  readonly therapy: readonly Value[];
  readonly outcome?: Value;
  readonly hasStrip: boolean;
}

export interface StripLane {
  readonly label: Value;
  readonly unit: string;
  /** Milliseconds between samples. */
  readonly periodMs: number;
  readonly samples: readonly number[];
  /** value = sample x scale + offset, in `unit`. */
  readonly scale: number;
  readonly offset: number;
  readonly gaps: readonly { readonly first: number; readonly count: number }[];
  readonly markers: readonly { readonly sample: number; readonly code: string; readonly text: string }[];
}

export interface Strip {
  readonly id: string;
  readonly episodeId?: string;
  readonly live: boolean;
  readonly time: TimeValue;
  readonly lanes: readonly StripLane[];
}

/** One stored value of a trend. */
export interface TrendPoint {
  /** Milliseconds since 1970, tablet clock; before the last point (0) where the trend is not `anchored`. */
  readonly at: number;
  /** Decimal text as the device resolves it. */
  readonly text: string;
}

/** How one value went, as the device has stored it (phase P4). */
export interface Trend {
  readonly id: string;
  readonly label: Phrase;
  /** UCUM. */
  readonly unit: string;
  /** False: only the order and the distances of its points are known. */
  readonly anchored: boolean;
  /** Oldest first; a value that the device does not have is not there. */
  readonly points: readonly TrendPoint[];
  /** Points further apart have a gap between them; 0: every point stands alone. */
  readonly gapMs: number;
  readonly limits: TileDetails['limits'];
}

export type DeviceClassId =
  | 'pacemaker'
  | 'icd'
  | 'crt-p'
  | 'crt-d'
  | 'loop-recorder'
  | 'lvad'
  | 'insulin-pump'
  | 'cgm'
  | 'neurostimulator'
  | 'intrathecal-pump'
  | 'cochlear-implant'
  | 'pulse-oximeter'
  | 'blood-pressure-monitor'
  | 'thermometer'
  | 'heart-rate-monitor'
  | 'glucose-meter'
  | 'scale'
  | 'generic';

export interface Identity {
  readonly deviceClass: DeviceClassId;
  readonly manufacturer?: string;
  readonly model?: string;
  readonly serial?: string;
  readonly firmware?: string;
  readonly evidence: 'advertised' | 'declared' | 'authenticated';
}

export interface ClockNote {
  readonly severity: SeverityLevel;
  readonly phrase: Phrase;
  /** Device minus tablet, milliseconds; undefined when the device's clock is not set. */
  readonly offsetMs?: number;
}

export interface ReadState {
  readonly state: 'connecting' | 'reading' | 'complete' | 'partial' | 'refused' | 'stopped';
  /** `identity` .. `memory`. */
  readonly phase?: string;
  /** 0 to 100. */
  readonly percent: number;
  /** Values read and expected so far, refused by the device, failed. */
  readonly read: number;
  readonly expected: number;
  readonly refused: number;
  readonly failed: number;
  /** Phases that were wanted and not read; only once it is over. */
  readonly missing: readonly string[];
  /** Error number that ended it. */
  readonly error?: number;
  readonly link: 'up' | 'lost' | 'down';
  readonly attempt: number;
}

/**
 * Whether the device is known to be the patient's. `waiting`: for its serial number; `no-serial`: it gives none;
 * `contradicted`: it gives another than was read off the patient's card or the housing.
 */
export interface PatientMatch {
  readonly state: 'confirmed' | 'not-confirmed' | 'waiting' | 'no-serial' | 'contradicted';
  readonly by?: 'cable' | 'serial-number';
}

export interface Card {
  readonly accessId: string;
  readonly practice: boolean;
  readonly identity: Identity;
  readonly patientMatch: PatientMatch;
  readonly lead: LeadLine;
  /** Always eight, in the fixed order of the class: nothing moves when values arrive. */
  readonly tiles: readonly Tile[];
  readonly clock?: ClockNote;
  readonly read: ReadState;
  readonly episodes: number;
  readonly strips: number;
  /** Seconds for which a magnet may have no effect after the read; from the driver. */
  readonly magnet?: { readonly duringRead: 'ignored' | 'honoured' | 'unknown'; readonly afterReadSeconds: number };
}
