import { mdc, term } from '@onebox/protocol/codes.js';
import { isOneBoxError } from '@onebox/protocol/errors.js';
import type { Code, Finding } from '@onebox/protocol/messages.js';
import type { OneBoxTerm } from '@onebox/protocol/nomenclature/onebox-terms.js';
import type { Device, Packet, PacketStream } from '../device.js';
import { absent, coded, phaseOf, progress } from '../findings.js';
import { bloodPressureSource, cuffPressureSource } from './blood-pressure-findings.js';
import { DeviceTimeline, readClock } from './gatt-clock.js';
import { isLocal, localFault, phase } from './gatt-findings.js';
import { type Kind, readBattery, readIdentity } from './gatt-identity.js';
import { parseTemperatureType, TEMPERATURE_TYPES } from './health-thermometer.js';
import { intermediateTemperatureSource, temperatureSource } from './health-thermometer-findings.js';
import { parseBodySensorLocation } from './heart-rate.js';
import { heartRateSource } from './heart-rate-findings.js';
import { continuousOximetrySource, spotOximetrySource } from './pulse-oximeter-findings.js';
import type { VitalSource } from './vital-source.js';

/**
 * The program of every device that speaks the vital-sign services of the Bluetooth SIG. It subscribes
 * first. Thermometers and blood-pressure monitors send at once and hang up soon: what they send in the first
 * moment is reported before anything else is asked. Then come identity and battery, then the values.
 */

export const VITAL_SOURCES: readonly VitalSource[] = [
  continuousOximetrySource,
  spotOximetrySource,
  bloodPressureSource,
  cuffPressureSource,
  temperatureSource,
  intermediateTemperatureSource,
  heartRateSource,
];

/** The kind of a device by its services; where it has several, the one whose card shows most of it. */
export function kindOf(device: Device): Kind {
  const has = (service: string, channel: string) =>
    device.services.includes(service) || device.channels.includes(channel);
  if (has('1822', '2A5F')) return { deviceClass: 'pulse-oximeter', type: mdc('MDC_DEV_SPEC_PROFILE_PULS_OXIM') };
  if (has('1810', '2A35')) return { deviceClass: 'blood-pressure-monitor', type: mdc('MDC_DEV_SPEC_PROFILE_BP') };
  if (has('1809', '2A1C')) return { deviceClass: 'thermometer', type: mdc('MDC_DEV_SPEC_PROFILE_TEMP') };
  return { deviceClass: 'heart-rate-monitor' };
}

export interface VitalLimits {
  /** Values of a continuous source after which the read is complete. */
  readonly samples?: number;
  /** Longest wait for them, and for the first value of any other source, in ms. */
  readonly continuousMs?: number;
  readonly spotMs?: number;
  /** Silence after a spot value that ends the wait for stored ones, in ms. */
  readonly quietMs?: number;
  /** How long a device without a continuous source is listened to before identity and battery are read, in ms. */
  readonly firstMs?: number;
}

const LIMITS = { samples: 5, continuousMs: 12_000, spotMs: 30_000, quietMs: 2000, firstMs: 1500 };

export async function* vitalSigns(
  device: Device,
  kind: Kind,
  limits: VitalLimits = {},
): AsyncGenerator<Finding, void, void> {
  const timeline = new DeviceTimeline(device);
  const watched = device.wants(phaseOf('present')) || device.live;
  const { stream, sources, faults } = watched
    ? await subscribe(device)
    : { stream: undefined, sources: [], faults: [] };
  const reporter = new VitalReporter(sources, timeline);
  const given = { ...LIMITS, ...limits };
  try {
    if (stream && !sources.some(({ continuous }) => continuous) && device.wants(phaseOf('present'))) {
      yield progress('present', 'started');
      for (let packet = await stream.next(given.firstMs); packet; packet = await stream.next(given.firstMs)) {
        yield* reporter.findings(packet);
        if (reporter.total >= MOST_AT_FIRST) break;
      }
    }
    yield* phase(device, 'identity', async function* () {
      yield* readIdentity(device, kind);
      yield* readClock(device, timeline);
    });
    yield* phase(device, 'critical', () => readBattery(device));
    yield* phase(device, 'present', async function* () {
      yield* faults;
      yield* reporter.readPlaces(device);
      if (stream) yield* present(device, stream, reporter, given);
    });
    if (device.live && stream) yield* watch(stream, reporter);
  } finally {
    // The link may be gone by now; what ended the program counts.
    await stream?.close().catch(() => undefined);
  }
}

/** A device that never stops sending is asked who it is all the same. */
const MOST_AT_FIRST = 20;

interface Subscription {
  readonly stream: PacketStream | undefined;
  readonly sources: readonly VitalSource[];
  readonly faults: readonly Finding[];
}

/** Subscribes to all sources that the device has; one that it refuses does not take the others with it. */
async function subscribe(device: Device): Promise<Subscription> {
  const offered = VITAL_SOURCES.filter(({ channel }) => device.channels.includes(channel));
  if (offered.length === 0) return { stream: undefined, sources: [], faults: [] };
  try {
    return { stream: await device.packets(offered.map(({ channel }) => channel)), sources: offered, faults: [] };
  } catch (error) {
    if (!isLocal(error)) throw error;
  }
  const sources: VitalSource[] = [];
  const faults: Finding[] = [];
  for (const source of offered) {
    try {
      await (await device.packets(source.channel)).close();
      sources.push(source);
    } catch (error) {
      faults.push(localFault(error, 'present', source.channel, source.code));
    }
  }
  const channels = sources.map(({ channel }) => channel);
  return { stream: channels.length > 0 ? await device.packets(channels) : undefined, sources, faults };
}

interface Place {
  readonly channel: string;
  readonly what: OneBoxTerm;
  /** Undefined for a number that is reserved. */
  name(bytes: Uint8Array): OneBoxTerm | undefined;
  /** Channels whose values it qualifies. */
  readonly values: readonly string[];
}

const PLACES: readonly Place[] = [
  {
    channel: '2A38',
    what: 'body-sensor-location',
    name(bytes) {
      const { location } = parseBodySensorLocation(bytes);
      return location && `body-sensor-location.${location}`;
    },
    values: ['2A37'],
  },
  {
    channel: '2A1D',
    what: 'temperature.site',
    name: (bytes) => TEMPERATURE_TYPES[parseTemperatureType(bytes)],
    values: ['2A1C', '2A1E'],
  },
];

/** Turns packets into findings, and knows what has come. */
class VitalReporter {
  private readonly counts = new Map<string, number>();
  private readonly memories = new Map<string, Map<string, unknown>>();
  private readonly places = new Map<string, readonly Code[]>();

  constructor(
    readonly sources: readonly VitalSource[],
    private readonly timeline: DeviceTimeline,
  ) {}

  get total(): number {
    return [...this.counts.values()].reduce((sum, count) => sum + count, 0);
  }

  count({ channel }: VitalSource): number {
    return this.counts.get(channel) ?? 0;
  }

  /** Where the sensor sits, from the characteristics that say so once: a finding, and a qualifier of every value. */
  async *readPlaces(device: Device): AsyncGenerator<Finding, void, void> {
    for (const { channel, what, name, values } of PLACES) {
      if (!device.channels.includes(channel)) continue;
      try {
        const place = name(await device.read(channel));
        if (place === undefined) continue;
        for (const value of values) this.places.set(value, [term(place)]);
        yield coded(term(what), term(place), { at: device.now(), source: channel });
      } catch (error) {
        yield localFault(error, 'present', channel, term(what));
      }
    }
  }

  findings(packet: Packet): readonly Finding[] {
    const source = this.sources.find(({ channel }) => channel === packet.channel);
    if (source === undefined) return [];
    const order = this.count(source) + 1;
    this.counts.set(source.channel, order);
    const memory = this.memories.get(source.channel) ?? new Map<string, unknown>();
    this.memories.set(source.channel, memory);
    const qualifiers = this.places.get(source.channel) ?? [];
    try {
      return source.findings(packet, { timeline: this.timeline, qualifiers, order, memory });
    } catch (error) {
      return [localFault(error, 'present', source.channel, source.code)];
    }
  }
}

/** Reports until every continuous source has sent enough, or the spot value and the stored ones after it are in. */
async function* present(
  device: Device,
  stream: PacketStream,
  reporter: VitalReporter,
  limits: typeof LIMITS,
): AsyncGenerator<Finding, void, void> {
  const awaited = reporter.sources.filter(({ intermediate }) => !intermediate);
  const continuous = awaited.filter((source) => source.continuous);
  const due = continuous.length > 0 ? continuous : awaited;
  const enough = continuous.length > 0 ? limits.samples : 1;
  const end = device.now() + (continuous.length > 0 ? limits.continuousMs : limits.spotMs);
  for (;;) {
    const satisfied = due.every((source) => reporter.count(source) >= enough);
    const left = end - device.now();
    if (left <= 0 || (satisfied && continuous.length > 0)) break;
    const packet = satisfied ? await lastOnes(stream, Math.min(left, limits.quietMs)) : await stream.next(left);
    if (packet === undefined) break;
    yield* reporter.findings(packet);
  }
  const answered = new Set(awaited.filter((source) => reporter.count(source) > 0).map(({ code }) => code));
  for (const { code, channel } of due) {
    if (answered.has(code)) continue;
    answered.add(code);
    yield absent(code, 'unknown', { at: device.now(), source: channel });
  }
}

/** Devices with spot values hang up when they have sent them: that is the end of the values, not a fault. */
async function lastOnes(stream: PacketStream, quietMs: number): Promise<Packet | undefined> {
  try {
    return await stream.next(quietMs);
  } catch (error) {
    if (isOneBoxError(error, 'LINK_LOST')) return undefined;
    throw error;
  }
}

/** A pause of a live source is no error: the finger may be out. The host ends this. */
async function* watch(stream: PacketStream, reporter: VitalReporter): AsyncGenerator<Finding, void, void> {
  for (;;) {
    const packet = await stream.next(30_000);
    if (packet) yield* reporter.findings(packet);
  }
}
