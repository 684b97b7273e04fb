import { code } from '@onebox/driver-sdk/findings.js';
import { printable } from '@onebox/driver-sdk/parts/text.js';
import { describe, MDC, type MdcReferenceId, mdc, mdcCode, term } from '@onebox/protocol/codes.js';
import type { Code } from '@onebox/protocol/messages.js';
import type { OneBoxTerm } from '@onebox/protocol/nomenclature/onebox-terms.js';
import { isCardiac } from './terms.js';

/**
 * Codes of OBX-3 and OBX-5. IEEE 11073 is matched by number, never by the words beside it. Only where a sender
 * gives no number for a value is its mnemonic looked up, among those of the enumeration that the term has.
 */

const LOINC = 'http://loinc.org';
/** What senders write for IEEE 11073-10101 and 10103, one of them cut off. */
const MDC_NAMES = /^MD(?:C(?:_IDC)?)?$/i;
const NUMBER = /^[1-9]\d{0,9}$/;

/** One code with its words and its system, as three components of a CWE. */
interface Triplet {
  readonly code: string;
  readonly words: string;
  readonly system: string;
}

function triplets(components: readonly string[]): readonly Triplet[] {
  return [0, 3]
    .map((at) => ({
      code: printable(components[at] ?? ''),
      words: printable(components[at + 1] ?? ''),
      system: (components[at + 2] ?? '').trim(),
    }))
    .filter((one) => one.code !== '' || one.words !== '');
}

/** The number of IEEE 11073 that a triplet states. A number of the cardiac partition that is known needs no system. */
function mdcNumber({ code: text, system }: Triplet): number | undefined {
  if (!NUMBER.test(text)) return undefined;
  const number = Number(text);
  if (MDC_NAMES.test(system)) return number;
  return !/^(?:LN|SCT)$/i.test(system) && isCardiac(number) && describe(number) !== undefined ? number : undefined;
}

function plain({ code: text, words, system }: Triplet): Code {
  const value = text || words;
  const display = words && words !== value ? { display: words } : {};
  if (/^LN$/i.test(system)) return code(LOINC, value, display);
  const name = system.replace(/[^A-Za-z0-9_.-]/g, '').slice(0, 40) || 'local';
  return code(`urn:onebox:hl7:${name}`, value, display);
}

function joined(codes: readonly Code[]): Code {
  return { coding: codes.flatMap(({ coding }) => coding ?? []).slice(0, 4) };
}

export interface ObservedTerm {
  readonly code: Code;
  /** Context-free number of IEEE 11073; undefined for codes of other systems. */
  readonly number: number | undefined;
}

/** OBX-3. A code that is not known passes through; undefined when there is none at all. */
export function observedTerm(components: readonly string[]): ObservedTerm | undefined {
  const stated = triplets(components);
  if (stated.length === 0) return undefined;
  const numbered = stated.find((one) => mdcNumber(one) !== undefined);
  const number = numbered && mdcNumber(numbered);
  if (!numbered || number === undefined) return { code: joined(stated.map(plain)), number: undefined };
  const others = stated.filter((one) => one !== numbered).map(plain);
  return { code: joined([mdcCode(number, numbered.words), ...others]), number };
}

/** Mnemonics whose number we could not confirm, by enumeration without `MDC_IDC_ENUM_`. */
const OWN: Readonly<Record<string, Readonly<Record<string, OneBoxTerm>>>> = {
  BATTERY_STATUS: { MOS: 'battery.status.mos', EOS: 'battery.status.eos', EOL: 'battery.status.eos' },
  ZONE_STATUS: { INACTIVE: 'zone.status.inactive' },
  LEAD_LOCATION_CHAMBER: { RA: 'chamber.ra', RV: 'chamber.rv', LA: 'chamber.la', LV: 'chamber.lv' },
  EPISODE_TYPE: {
    EPISVF: 'episode.vf',
    VF: 'episode.vf',
    EPISSVT: 'episode.svt',
    SVT: 'episode.svt',
    EPISATAF: 'episode.at-af',
    ATAF: 'episode.at-af',
  },
  BRADY_MODE: {
    AAIR: 'brady-mode.AAIR',
    AOO: 'brady-mode.AOO',
    DDDR: 'brady-mode.DDDR',
    DDIR: 'brady-mode.DDIR',
    DOO: 'brady-mode.DOO',
    DVI: 'brady-mode.DVI',
    OOO: 'brady-mode.OOO',
    VDD: 'brady-mode.VDD',
    VDDR: 'brady-mode.VDDR',
    VOO: 'brady-mode.VOO',
    VVIR: 'brady-mode.VVIR',
    VVT: 'brady-mode.VVT',
  },
};
/** The same enumeration serves atrial therapy, for which these words would be wrong. */
const VENTRICULAR_THERAPY: Readonly<Record<string, OneBoxTerm>> = {
  OFF: 'shock-therapy.status.off',
  MONITOR: 'shock-therapy.status.monitor',
};
/** Names of members of the tables that senders also use. */
const SYNONYMS: Readonly<Record<string, string>> = { ERI: 'RRT', BOL: 'BOS', BIPOLAR: 'BI', UNIPOLAR: 'UNI' };

const normal = (mnemonic: string): string => mnemonic.toUpperCase().replace(/[^A-Z0-9]/g, '');

let members: ReadonlyMap<string, MdcReferenceId> | undefined;

/** `BATTERY_STATUS` and `BOS` to the code of the tables. */
function member(enumeration: string, mnemonic: string): Code | undefined {
  members ??= new Map(
    Object.keys(MDC)
      .filter((name) => name.startsWith('IDC_ENUM_'))
      .map((name) => [normal(name.slice('IDC_ENUM_'.length)), `MDC_${name}` as MdcReferenceId]),
  );
  const found = members.get(normal(enumeration) + (SYNONYMS[mnemonic] ?? mnemonic));
  return found && mdc(found);
}

function meaning(enumeration: string, mnemonic: string, of: number): Code | undefined {
  const own =
    of === MDC.IDC_SET_TACHYTHERAPY_VSTAT ? { ...OWN[enumeration], ...VENTRICULAR_THERAPY } : OWN[enumeration];
  const name = own && Object.hasOwn(own, mnemonic) ? own[mnemonic] : undefined;
  return name ? term(name) : member(enumeration, mnemonic);
}

/**
 * A coded value of OBX-5 for the term `of`. A number that the tables know is that code. Where the number is missing or
 * not known, the sender's mnemonic is looked up in the enumeration of the term, and the sender's own code stands
 * beside what was found. Undefined for an empty value.
 */
export function codedValue(components: readonly string[], of: number | undefined): Code | undefined {
  const stated = triplets(components);
  const [first] = stated;
  if (!first) return undefined;
  const numbered = stated.find((one) => mdcNumber(one) !== undefined);
  const number = numbered && mdcNumber(numbered);
  const display = components.map((one) => printable(one));
  const words = display[8] || numbered?.words || first.words;
  if (number !== undefined && describe(number) !== undefined) return mdcCode(number, words);
  const sent = number === undefined ? stated.map(plain) : [mdcCode(number, words)];
  const enumeration = (of === undefined ? undefined : describe(of)?.facts?.values)?.replace(/^MDC_IDC_ENUM_/, '');
  if (enumeration === undefined || of === undefined) return joined(sent);
  const prefix = normal(`MDC_IDC_ENUM_${enumeration}`);
  for (const text of stated.flatMap((one) => [one.code, one.words])) {
    const mnemonic = normal(text).replace(prefix, '');
    const known = mnemonic === '' ? undefined : meaning(enumeration, mnemonic, of);
    if (known) return joined([known, ...sent]);
  }
  return joined(sent);
}

/** Makers by the mnemonics of MDC_IDC_ENUM_MFG; IHE PCD-09 also prints BSC. Others stay as they are sent. */
const MAKERS: Readonly<Record<string, string>> = {
  MDT: 'Medtronic',
  BSX: 'Boston Scientific',
  BSC: 'Boston Scientific',
  STJ: 'St. Jude Medical (Abbott)',
  BIO: 'Biotronik',
};

/** A maker's name out of a CWE or the assigning authority of PID-3. */
export function maker(components: readonly string[]): string {
  const stated = [1, 4, 0, 3]
    .map((at) => printable(components[at] ?? ''))
    .filter((one) => one !== '' && !NUMBER.test(one));
  for (const one of stated) {
    const mnemonic = one.replace(/^MDC_IDC_ENUM_MFG_/, '');
    if (Object.hasOwn(MAKERS, mnemonic)) return MAKERS[mnemonic]!;
  }
  return stated[0] ?? '';
}
