import { MderRejected, readWhole } from './mder.js';
import {
  ATTRIBUTE,
  decodeAttributes,
  type HandleValueMap,
  mergeAttributes,
  type PhdAttributes,
  type TypeCode,
  type ValueMap,
} from './phd-attributes.js';
import type { ConfigurationReport, PersonScan, PhdObject, ScanReport } from './phd-events.js';

/** What the objects of an agent are: from its own report, or one of the standard configurations. */

/** One observed value with everything that the configuration says of it. */
export interface Measurement {
  readonly handle: number;
  readonly type: TypeCode;
  readonly attributes: PhdAttributes;
  /** Number of the person, where the agent tells persons apart. */
  readonly person?: number;
}

/** An object whose observations may have one of several layouts; their length tells which. */
interface ConfiguredObject {
  readonly attributes: PhdAttributes;
  readonly maps: readonly ValueMap[];
}

const PARTITION_SCADA = 2;
const BASIC = { attribute: ATTRIBUTE.basicValue, length: 2 };
const SIMPLE = { attribute: ATTRIBUTE.simpleValue, length: 4 };
const COMPOUND_OF_THREE = { attribute: ATTRIBUTE.basicCompound, length: 10 };
const STAMP = { attribute: ATTRIBUTE.absoluteTimeStamp, length: 8 };

function numeric(code: number, unit: number, maps: readonly ValueMap[], metricIds?: readonly number[]) {
  const type = { partition: PARTITION_SCADA, code };
  const attributes: PhdAttributes = { raw: new Map(), type, unit, ...(metricIds ? { metricIds } : {}) };
  return { attributes, maps };
}

const SPO2 = numeric(19384, 544, [[BASIC, STAMP], [BASIC]]);
const PULSE = numeric(18458, 2720, [[BASIC, STAMP], [BASIC]]);

/**
 * Standard configurations by their id (11073-10404, -10407, -10415): an agent that names one need not report it.
 * The oximeters send their values with or without a time stamp.
 */
const STANDARD: Readonly<Record<number, ReadonlyMap<number, ConfiguredObject>>> = {
  400: new Map([
    [1, SPO2],
    [10, PULSE],
  ]),
  401: new Map([
    [1, SPO2],
    [10, PULSE],
  ]),
  700: new Map([
    [1, numeric(18948, 3872, [[COMPOUND_OF_THREE, STAMP]], [18949, 18950, 18951])],
    [2, numeric(18474, 2720, [[BASIC, STAMP]])],
  ]),
  1500: new Map([[1, numeric(57664, 1731, [[SIMPLE, STAMP]])]]),
};

/** The objects of one agent by handle. */
export class Configuration {
  private constructor(
    readonly id: number,
    private readonly objects: ReadonlyMap<number, ConfiguredObject>,
  ) {}

  /** Undefined for an id that the agent has to report itself (0x4000 and up, and standards that are not here). */
  static standard(id: number): Configuration | undefined {
    const objects = STANDARD[id];
    return objects && new Configuration(id, objects);
  }

  static reported({ configurationId, objects }: ConfigurationReport): Configuration {
    return new Configuration(configurationId, new Map(objects.map((one) => [one.handle, configured(one)])));
  }

  /** Types of the objects that have values of their own. */
  get types(): readonly TypeCode[] {
    return [...this.objects.values()].flatMap(({ attributes }) => attributes.type ?? []);
  }

  /**
   * The values of a scan report, in order.
   * @throws MderRejected for an observation of an unknown object, or one that has not the length of its layout
   */
  measurements({ persons }: ScanReport, scanner: number): readonly Measurement[] {
    return persons.flatMap((scan) => this.ofPerson(scan, scanner));
  }

  private ofPerson({ person, observations, groups }: PersonScan, scanner: number): readonly Measurement[] {
    const sent = observations.map((one) =>
      'fixed' in one ? this.fixed(one.handle, one.fixed) : this.of(one.handle, one.attributes),
    );
    const grouped = groups.flatMap((group) => this.group(group, scanner));
    return [...sent, ...grouped].map((one) => (person === undefined ? one : { ...one, person }));
  }

  private fixed(handle: number, bytes: Uint8Array): Measurement {
    const map = this.object(handle).maps.find((one) => lengthOf(one) === bytes.length);
    if (map === undefined) throw new MderRejected('length', `an observation of ${bytes.length} bytes has no layout`);
    return this.of(handle, laidOut(bytes, map));
  }

  private group(bytes: Uint8Array, scanner: number): readonly Measurement[] {
    const map: HandleValueMap | undefined = this.objects.get(scanner)?.attributes.scanHandleValueMap;
    if (map === undefined) throw new MderRejected('value', 'a group of a scanner without a value map');
    return readWhole(bytes, 'group', (reader) =>
      map.map((part) => this.of(part.handle, laidOut(reader.take(lengthOf(part.map)), part.map))),
    );
  }

  private of(handle: number, observed: PhdAttributes): Measurement {
    const attributes = mergeAttributes(this.object(handle).attributes, observed);
    const { type } = attributes;
    if (type === undefined) throw new MderRejected('value', 'an observation of an object without a type');
    return { handle, type, attributes };
  }

  private object(handle: number): ConfiguredObject {
    const found = this.objects.get(handle);
    if (found === undefined) throw new MderRejected('value', 'an observation of an object that was not configured');
    return found;
  }
}

function configured({ attributes }: PhdObject): ConfiguredObject {
  return { attributes, maps: attributes.valueMap ? [attributes.valueMap] : [] };
}

function lengthOf(map: ValueMap): number {
  return map.reduce((sum, { length }) => sum + length, 0);
}

function laidOut(bytes: Uint8Array, map: ValueMap): PhdAttributes {
  return readWhole(bytes, 'observation', (reader) =>
    decodeAttributes(map.map(({ attribute, length }) => [attribute, reader.take(length)])),
  );
}
