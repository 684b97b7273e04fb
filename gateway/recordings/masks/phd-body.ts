import { APDU, MESSAGE, PROTOCOL_20601 } from '@onebox/driver-sdk/parts/phd-apdu.js';
import { ATTRIBUTE, PRODUCTION } from '@onebox/driver-sdk/parts/phd-attributes.js';
import { CONFIGURATION, SCAN_REPORTS } from '@onebox/driver-sdk/parts/phd-events.js';
import { Cursor } from './cursor.js';
import { StandIns } from './stand-in.js';

/**
 * Attributes that stay: what is measured, when, and what kind of device it is. The system id, serial numbers and all
 * that is not listed go, and with it what identifies a person.
 */
const { systemId: _system, productionSpecification: _production, ...STAYING } = ATTRIBUTE;
const STAY: ReadonlySet<number> = new Set(Object.values(STAYING));
const PRODUCTION_STAYS: ReadonlySet<number> = new Set([
  PRODUCTION.part,
  PRODUCTION.hardware,
  PRODUCTION.software,
  PRODUCTION.firmware,
  PRODUCTION.protocol,
]);
/** Of the association before the system id: versions, encodings, units, type. */
const ASSOCIATION_FIXED = 18;
/** Of the association behind it: configuration, and what the device can be asked. */
const ASSOCIATION_REST = 6;

/** Which attribute each stretch of an observation is. */
type ValueMap = readonly { readonly attribute: number; readonly length: number }[];

/** Masks valid APDUs in place, in the order in which they came: the configuration says what observations hold. */
export class PhdMasker {
  readonly #standIns = new StandIns();
  readonly #maps = new Map<number, ValueMap>();
  readonly #groups = new Map<number, readonly ValueMap[]>();

  mask(apdu: Uint8Array): void {
    const body = new Cursor(apdu);
    const choice = body.u16();
    body.u16();
    if (choice === APDU.AARQ) {
      // A new association may be one of another configuration.
      this.#maps.clear();
      this.#groups.clear();
      body.u32();
      for (const protocol of body.list()) this.#protocol(protocol);
    } else if (choice === APDU.AARE) {
      body.u16();
      this.#protocol(body);
    } else if (choice === APDU.PRST) {
      const message = body.octets();
      message.u16();
      const kind = message.u16();
      this.#message(kind, message.octets());
    }
  }

  #protocol(from: Cursor): void {
    const id = from.u16();
    const info = from.octets();
    if (id !== PROTOCOL_20601) this.#cover(info);
    else if (info.left > 0) {
      info.skip(ASSOCIATION_FIXED);
      this.#cover(info.octets());
      info.skip(ASSOCIATION_REST);
      this.#attributes(info);
    }
  }

  #message(kind: number, body: Cursor): void {
    const handle = kind === MESSAGE.error || kind === MESSAGE.reject ? 0 : body.u16();
    switch (kind) {
      case MESSAGE.event:
      case MESSAGE.confirmedEvent: {
        body.u32();
        this.#event(body.u16(), handle, body.octets());
        return;
      }
      case MESSAGE.getReply:
      case MESSAGE.setReply:
        this.#attributes(body);
        return;
      case MESSAGE.error:
        body.u16();
        if (body.left > 0) this.#cover(body.octets());
        return;
      case MESSAGE.set:
      case MESSAGE.confirmedSet:
        for (const change of body.list()) {
          change.skip(4);
          this.#cover(change.octets());
        }
        return;
      case MESSAGE.action:
      case MESSAGE.confirmedAction:
      case MESSAGE.actionReply:
        body.u16();
        this.#cover(body.octets());
        return;
      case MESSAGE.eventReply: {
        body.u32();
        const type = body.u16();
        if (type !== CONFIGURATION) this.#cover(body.octets());
        return;
      }
    }
  }

  #event(type: number, handle: number, info: Cursor): void {
    const scan = SCAN_REPORTS[type];
    if (type === CONFIGURATION) {
      info.u16();
      for (const object of info.list()) {
        object.u16();
        this.#attributes(object, object.u16());
      }
    } else if (!scan) this.#cover(info);
    else {
      info.u32();
      if (!scan.persons) this.#observations(scan.form, handle, info);
      else
        for (const person of info.list()) {
          this.#cover(person.part(2));
          if (scan.form === 'grouped') this.#group(handle, person.octets());
          else this.#observations(scan.form, handle, person);
        }
    }
  }

  #observations(form: 'fixed' | 'var' | 'grouped', scanner: number, from: Cursor): void {
    for (const item of from.list()) {
      if (form === 'grouped') {
        this.#group(scanner, item.octets());
        continue;
      }
      const handle = item.u16();
      if (form === 'var') this.#attributes(item);
      else {
        const map = this.#maps.get(handle);
        // Observations of the standard configurations are values and times.
        if (map) this.#laidOut(map, item.octets());
        else item.octets();
      }
    }
  }

  #group(scanner: number, group: Cursor): void {
    const maps = this.#groups.get(scanner);
    if (!maps) this.#cover(group);
    else this.#laidOut(maps.flat(), group);
  }

  #laidOut(map: ValueMap, bytes: Cursor): void {
    if (map.reduce((sum, { length }) => sum + length, 0) !== bytes.left) this.#cover(bytes);
    else
      for (const { attribute, length } of map) {
        const part = bytes.part(length);
        if (!STAY.has(attribute)) this.#cover(part);
      }
  }

  /** An attribute list; `handle` of the object whose configuration it is. */
  #attributes(from: Cursor, handle?: number): void {
    for (const item of from.list()) {
      const id = item.u16();
      const value = item.octets();
      if (handle !== undefined && id === ATTRIBUTE.valueMap) this.#maps.set(handle, valueMap(value));
      else if (handle !== undefined && id === ATTRIBUTE.scanHandleValueMap) {
        const maps: ValueMap[] = [];
        for (const one of value.list()) {
          one.u16();
          maps.push(valueMap(one));
        }
        this.#groups.set(handle, maps);
      } else if (id === ATTRIBUTE.systemId) this.#cover(value.octets());
      else if (id === ATTRIBUTE.productionSpecification) {
        for (const entry of value.list()) {
          const kind = entry.u16();
          entry.u16();
          const text = entry.octets();
          if (!PRODUCTION_STAYS.has(kind)) this.#cover(text);
        }
      } else if (!STAY.has(id)) this.#cover(value);
    }
  }

  #cover(bytes: Cursor): void {
    const rest = bytes.rest();
    rest.set(this.#standIns.of(rest));
  }
}

function valueMap(from: Cursor): ValueMap {
  return Array.from(from.list(), (item) => ({ attribute: item.u16(), length: item.u16() }));
}
