import { toText } from '@onebox/protocol/decimal.js';
import type { Alert, Episode, Observation, SampleArray } from '@onebox/protocol/messages.js';
import { v1 } from '@onebox/protocol/messages.js';
import type { Fact } from '../../card/facts.js';
import { absentCode, originWord, ownerWord, severityLevel, validityWord } from '../../card/words.js';
import { instant } from '../../exports/entry.js';
import { plain } from '../plain.js';
import {
  absentReason,
  codeable,
  codeableOrUnknown,
  concept,
  type Element,
  exact,
  extension,
  quantity,
  range,
  SYSTEMS,
  time,
  timeExtensions,
} from './types.js';

/** FHIR R4 Observations: one for each value, alert and episode, in the device's own terms. */

/** What all of them share: which device, whose, and the label of practice. */
export interface About {
  readonly meta: Element;
  readonly subject?: Element;
  /** The device, or the part of it with this id. */
  readonly device: (componentId: string) => Element;
}

/** Nobody has confirmed it: `final` is not said of an emergency read. */
const STATUS = 'preliminary';
/** Beyond it FHIR has no integer. */
const MOST = 2 ** 31 - 1;

export function observation({ kind, value, receivedAt }: Fact, about: About): Element {
  return {
    ...head(kind, about, value.componentId),
    extension: [...timeExtensions(value.time), ...originExtensions(value)],
    code: codeableOrUnknown(value.code),
    ...time(value.time, 'effective'),
    ...(receivedAt ? { issued: instant(receivedAt) } : {}),
    ...statedValue(value),
    ...limitsOf(value.limit),
    ...componentsOf(value),
  };
}

export function alertObservation(alert: Alert, about: About): Element {
  const state =
    alert.state === v1.Alert.State.STATE_ENDED
      ? 'ended'
      : alert.state === v1.Alert.State.STATE_ACKNOWLEDGED
        ? 'acknowledged'
        : 'active';
  const words = plain(alert.vendorText);
  return {
    ...head('alert', about, alert.componentId),
    extension: [...timeExtensions(alert.since), extension('raised-by', { valueCode: raisedBy(alert) })],
    code: own('alert'),
    ...time(alert.since, 'effective'),
    valueCodeableConcept: codeableOrUnknown(alert.code),
    ...limitsOf(alert.limit ? [alert.limit] : []),
    component: [
      { code: own('severity'), valueCodeableConcept: concept(SYSTEMS.severity, severityLevel(alert.severity)) },
      { code: own('state'), valueCodeableConcept: concept(SYSTEMS.state, state) },
      ...(words ? [{ code: own('device-words'), valueString: words }] : []),
      ...(alert.value ? [{ code: own('compared-value'), valueQuantity: quantity(alert.value) }] : []),
    ],
  };
}

/** `members`: what else was read of it. */
export function episodeObservation(episode: Episode, about: About, members: readonly string[]): Element {
  const words = plain(episode.vendorType);
  const outcome = codeable(episode.outcome);
  return {
    ...head('episode', about, ''),
    extension: [...timeExtensions(episode.time), ...sourceExtensions(episode.source)],
    code: own('episode'),
    ...time(episode.time, 'effective'),
    valueCodeableConcept: codeableOrUnknown(episode.type),
    ...(members.length > 0 ? { hasMember: members.map((reference) => ({ reference })) } : {}),
    component: [
      ...(episode.number ? [{ code: own('episode-number'), ...integer(episode.number) }] : []),
      ...(words ? [{ code: own('device-words'), valueString: words }] : []),
      ...(episode.rate ? [{ code: own('episode-rate'), valueQuantity: quantity(episode.rate) }] : []),
      ...(episode.duration ? [{ code: own('episode-duration'), valueQuantity: quantity(episode.duration) }] : []),
      ...(outcome ? [{ code: own('episode-outcome'), valueCodeableConcept: outcome }] : []),
      ...(episode.therapy ?? []).map((therapy) => ({
        extension: [
          ...timeExtensions(therapy.time),
          ...(therapy.time?.unixMs ? [extension('time', { valueDateTime: instant(therapy.time.unixMs) })] : []),
          ...(therapy.count ? [extension('count', integer(therapy.count))] : []),
          ...(therapy.energy ? [extension('energy', { valueQuantity: quantity(therapy.energy) })] : []),
        ],
        code: own('therapy'),
        valueCodeableConcept: codeableOrUnknown(therapy.code),
      })),
    ],
  };
}

const own = (code: string): Element => concept(SYSTEMS.kind, code);

function head(kind: string, { meta, subject, device }: About, componentId: string | null | undefined): Element {
  return {
    resourceType: 'Observation',
    ...meta,
    status: STATUS,
    category: [concept(SYSTEMS.kind, kind)],
    ...(subject ? { subject } : {}),
    device: device(componentId ?? ''),
  };
}

function originExtensions(value: Observation): Element[] {
  const { validity, instance, original, qualifier, source } = value;
  return [
    ...(validity ?? []).map((one) => extension('validity', { valueCode: validityWord(one).replaceAll('_', '-') })),
    ...sourceExtensions(source),
    ...(instance ? [extension('instance', { valueInteger: Math.min(instance, MOST) })] : []),
    ...(original ? [extension('as-the-device-said-it', { valueQuantity: quantity(original) })] : []),
    ...(qualifier ?? []).flatMap((one) => {
      const said = codeable(one);
      return said ? [extension('qualifier', { valueCodeableConcept: said })] : [];
    }),
  ];
}

function sourceExtensions(source: Observation['source']): Element[] {
  const origin = originWord(source?.origin);
  const field = plain(source?.field);
  return [
    ...(origin ? [extension('origin', { valueCode: origin })] : []),
    ...(field ? [extension('source', { valueString: field })] : []),
  ];
}

function statedValue(value: Observation): Element {
  if (value.numeric) return { valueQuantity: quantity(value.numeric) };
  if (value.coded) return { valueCodeableConcept: codeableOrUnknown(value.coded) };
  if (value.text) return textOf(value.text);
  if (value.dateTime) {
    const stated = time(value.dateTime, 'value');
    return Object.keys(stated).length > 0 ? stated : textOf(value.dateTime.deviceText);
  }
  if (value.range) return { valueRange: range(value.range) };
  if (value.samples) return { valueSampledData: sampled(value.samples) };
  if (value.bits) return integer(value.bits.raw ?? 0);
  if (value.compound?.part?.length) return {};
  return { dataAbsentReason: absentReason(absentCode(value.absent) ?? 'unknown') };
}

function textOf(text: string | null | undefined): Element {
  const said = plain(text);
  return said ? { valueString: said } : { dataAbsentReason: absentReason('unknown') };
}

/** The parts of a compound, the bits that are set, the markers of a strip. */
function componentsOf({ compound, bits, samples }: Observation): Element {
  const parts: Element[] = [
    ...(compound?.part ?? []).map(({ code, numeric, absent }) => ({
      code: codeableOrUnknown(code),
      ...(numeric
        ? { valueQuantity: quantity(numeric) }
        : { dataAbsentReason: absentReason(absentCode(absent) ?? 'unknown') }),
    })),
    ...(bits?.set ?? []).map(({ bit, meaning }) => ({
      extension: [extension('bit', { valueInteger: bit ?? 0 })],
      code: codeableOrUnknown(meaning),
      valueBoolean: true,
    })),
    ...(samples?.marker ?? []).map(({ sample, code, numeric }) => ({
      extension: [extension('sample', { valueInteger: sample ?? 0 })],
      code: codeableOrUnknown(code),
      ...(numeric ? { valueQuantity: quantity(numeric) } : { valueBoolean: true }),
    })),
  ];
  return parts.length > 0 ? { component: parts } : {};
}

/** A stretch without signal is `E` in each of its samples. */
function sampled({ sample = [], gap, offset, scale, periodMs, unit }: SampleArray): Element {
  const data: (number | 'E')[] = [...(sample ?? [])];
  for (const { first, count } of gap ?? []) data.fill('E', first ?? 0, (first ?? 0) + (count ?? 0));
  return {
    origin: quantity({ value: offset ?? {}, unit: unit ?? '1' }),
    period: exact(periodMs),
    factor: exact(scale),
    dimensions: 1,
    data: data.join(' ') || 'E',
  };
}

/** What the device, its maker or a rule sets as a bound. Ours there are none. */
function limitsOf(limits: Observation['limit']): Element {
  const found = (limits ?? []).flatMap(({ kind, value, owner, reference }) =>
    value?.value
      ? [
          {
            [kind === v1.Limit.Kind.KIND_LOW ? 'low' : 'high']: quantity({
              value: value.value,
              unit: value.unit ?? '1',
            }),
            // Without a type it would pass for what is normal.
            type: concept(SYSTEMS.kind, 'limit', 'limit, not a normal range'),
            text: [`limit of the ${ownerWord(owner)}`, plain(reference)].filter(Boolean).join(': '),
          },
        ]
      : [],
  );
  return found.length > 0 ? { referenceRange: found } : {};
}

function integer(number: number): Element {
  return Number.isSafeInteger(number) && Math.abs(number) <= MOST
    ? { valueInteger: number }
    : { valueString: toText({ coefficient: number }) };
}

function raisedBy({ origin }: Alert): string {
  if (origin === v1.Alert.Origin.ORIGIN_DRIVER) return 'driver';
  return origin === v1.Alert.Origin.ORIGIN_RULE ? 'rule' : 'device';
}
