import type { Code } from './messages.js';
import { BLUETOOTH_CHARACTERISTICS, BLUETOOTH_SERVICES } from './nomenclature/bluetooth.js';
import type { TermFacts } from './nomenclature/facts.js';
import { MDC_IDC, MDC_IDC_FACTS } from './nomenclature/mdc-idc.js';
import { MDC_IDC_ENUM, MDC_IDC_ENUM_FACTS } from './nomenclature/mdc-idc-enumerations.js';
import { MDC_VITALS, MDC_VITALS_FACTS } from './nomenclature/mdc-vitals.js';
import { MDC_WEIGHING, MDC_WEIGHING_FACTS } from './nomenclature/mdc-weighing.js';
import { ONEBOX_TERMS, type OneBoxTerm } from './nomenclature/onebox-terms.js';

/** Codes of findings. Terms are matched by system and number, never by their words. */

/** IEEE 11073-10101 and 10103; codes are context-free numbers in decimal digits. */
export const MDC_SYSTEM = 'urn:iso:std:iso:11073:10101';
/** Our own terms, see nomenclature/onebox-terms.ts. */
export const ONEBOX_SYSTEM = 'urn:onebox:term';

/** Context-free MDC codes by reference id without `MDC_`: `MDC.PULS_OXIM_SAT_O2` is 150456. */
export const MDC = { ...MDC_IDC, ...MDC_IDC_ENUM, ...MDC_VITALS, ...MDC_WEIGHING } as const;

export type MdcReferenceId = `MDC_${Extract<keyof typeof MDC, string>}`;

let names: ReadonlyMap<number, MdcReferenceId> | undefined;

/** `150456` is `MDC_PULS_OXIM_SAT_O2`; undefined for a number that is not in our tables. */
function referenceId(code: number): MdcReferenceId | undefined {
  names ??= new Map(Object.entries(MDC).map(([name, value]) => [value, `MDC_${name}` as MdcReferenceId]));
  return names.get(code);
}

/** A code of MDC by its number, also one that our tables do not know. */
export function mdcCode(code: number, display?: string): Code {
  const refId = referenceId(code);
  return { coding: [{ system: MDC_SYSTEM, code: String(code), ...(refId && { refId }), ...(display && { display }) }] };
}

/** A code of MDC by its reference id: `mdc('MDC_PULS_OXIM_SAT_O2')`. */
export function mdc(reference: MdcReferenceId): Code {
  return {
    coding: [{ system: MDC_SYSTEM, code: String(MDC[reference.slice(4) as keyof typeof MDC]), refId: reference }],
  };
}

/** A code of our own: `term('insulin.delivery.suspended')`. */
export function term(name: OneBoxTerm): Code {
  return { coding: [{ system: ONEBOX_SYSTEM, code: name }] };
}

/** What our tables know of a code. */
export interface Description {
  readonly system: string;
  readonly code: string;
  /** `MDC_...`, or the name of our term. */
  readonly referenceId: string;
  /** Meaning in English; only for our own terms. */
  readonly meaning?: string;
  /** Type, unit, enumeration and sources; only for MDC. */
  readonly facts?: TermFacts;
}

function describeMdc(code: number): Description | undefined {
  const refId = referenceId(code);
  const facts = MDC_IDC_FACTS[code] ?? MDC_IDC_ENUM_FACTS[code] ?? MDC_VITALS_FACTS[code] ?? MDC_WEIGHING_FACTS[code];
  return refId && facts && { system: MDC_SYSTEM, code: String(code), referenceId: refId, facts };
}

/** Looks a code up, by its codings or by MDC number. Undefined for what is not in our tables. */
export function describe(code: Code | number): Description | undefined {
  if (typeof code === 'number') return describeMdc(code);
  for (const coding of code.coding ?? []) {
    const value = coding.code ?? '';
    if (coding.system === MDC_SYSTEM && /^\d{1,10}$/.test(value)) {
      const found = describeMdc(Number(value));
      if (found) return found;
    }
    if (coding.system === ONEBOX_SYSTEM && Object.hasOwn(ONEBOX_TERMS, value))
      return { system: ONEBOX_SYSTEM, code: value, referenceId: value, meaning: ONEBOX_TERMS[value as OneBoxTerm] };
  }
  return undefined;
}

/** The name that the Bluetooth SIG gave a service or characteristic, by UUID of 4 hex digits. */
export function bluetoothName(uuid: string): string | undefined {
  const key = uuid.toUpperCase();
  return BLUETOOTH_SERVICES[key] ?? BLUETOOTH_CHARACTERISTICS[key];
}
