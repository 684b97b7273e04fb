import { OneBoxError } from '@onebox/protocol/errors.js';
import type { Access } from '../access/access.js';
import { noteRefusal } from '../access/refusals.js';
import type { HandedOver } from '../api.js';
import { stripList } from '../card/strips.js';
import { trends } from '../card/trends.js';
import type { Encounters } from '../encounters.js';
import { entryOf } from '../exports/entry.js';
import { LINE_FORMATS } from '../exports/formats.js';
import type { Store } from '../store.js';
import { cardPage } from './card-page.js';
import { newCodeWords, passphraseOf } from './code-words.js';
import { type Facts, pack } from './container.js';
import { fhirBundle } from './fhir/bundle.js';
import { hl7Message } from './hl7/message.js';
import { type Content, contentOf, isEmpty } from './read-out.js';

export interface HandOverParts {
  readonly store: Store;
  readonly encounters: Encounters;
  /** Seals the log, and gives the receipt of an entry. */
  readonly receiptOf: (entry: number) => Promise<string>;
  readonly practice: boolean;
  readonly version: string;
}

/** What is in a hand-over, as the log counts it. The numbers stand there for ever. */
const FORMATS = { fhir: 1, hl7: 2, card: 4 } as const;
const ALL_FORMATS = FORMATS.fhir + FORMATS.hl7 + FORMATS.card;

/**
 * What was read under an open access, as one encrypted file, and the words that open it. There is no other way out:
 * nothing here gives any of it in clear. That it leaves is on disk before it does; the words are kept nowhere.
 *
 * Throws ACCESS_UNKNOWN, ACCESS_ENDED, HANDOVER_EMPTY, HANDOVER_TOO_LARGE, AUDIT_WRITE; each refusal is a record.
 */
export async function handOver(parts: HandOverParts, accessId: string): Promise<HandedOver> {
  const { audit, access } = parts.store;
  const who = access.asking;
  try {
    const content = contentNow(parts, accessId);
    if (isEmpty(content)) throw new OneBoxError('HANDOVER_EMPTY');
    const words = newCodeWords();
    const files = new Map<string, Uint8Array>([
      ['bundle.fhir.json', Buffer.from(`${fhirBundle(content)}\n`)],
      ['message.hl7', Buffer.from(hl7Message(content))],
      ['card.txt', Buffer.from(cardPage(content))],
      ...(await proofOf(parts, access.get(accessId))),
    ]);
    const facts = factsOf(content, audit.origin, parts.store.auditKey);
    const file = await pack(files, facts, passphraseOf(words), content.madeAt);
    // It took a second: the access may have ended meanwhile.
    parts.encounters.opened(accessId);
    const { values, series, facts: read } = content;
    await audit.append('exported', {
      ...who,
      accessId,
      sessionId: content.session.sessionId ?? '',
      purpose: access.get(accessId).purpose,
      numbers: {
        items: values.length + series.length,
        episodes: read.episodes.length,
        alerts: read.alerts.length,
        bytes: file.length,
        format: ALL_FORMATS,
        practice: Number(content.practice),
      },
    });
    return {
      fileName: `${content.practice ? 'PRACTICE-' : ''}OneBox-${content.reference}.obx`,
      content: Buffer.from(file).toString('base64'),
      words,
      values: values.length,
      episodes: read.episodes.length,
      ...drawn(content),
      leftOut: content.leftOut,
      practice: content.practice,
      complete: content.card.read.state === 'complete',
    };
  } catch (error) {
    throw await noteRefusal(audit, 'handOverRefused', error, { ...who, ...idOf(accessId) });
  }
}

function contentNow({ encounters, store, version }: HandOverParts, accessId: string): Content {
  const readOut = encounters.opened(accessId).readOut();
  return contentOf(readOut, { reference: store.access.get(accessId).reference, madeAt: Date.now(), version });
}

/** Ids of accesses that there are none of may be anything that a carrier brings. */
const idOf = (accessId: string): { readonly accessId?: string } =>
  /^[0-9a-f]{32}$/.test(accessId) ? { accessId } : {};

/** The records of the access as FHIR AuditEvents, and the proof that its first one is in the signed log. */
async function proofOf(
  { store, receiptOf, practice }: HandOverParts,
  { accessId, reference }: Access,
): Promise<[string, Uint8Array][]> {
  const { audit } = store;
  const records = await audit.records({ accessId });
  const boots = new Set(practice ? records.map(({ bootId }) => Buffer.from(bootId).toString('hex')) : []);
  const log = audit.origin.split('/').at(-1)!;
  const lines = records.map((record) => LINE_FORMATS.fhir.line(entryOf(record, boots), log));
  const extract: [string, Uint8Array] = ['audit.fhir.ndjson', Buffer.from(lines.join(''))];
  try {
    const receipt = await receiptOf(Number(reference.split('-').at(-1)));
    return [extract, ['access.tlog-proof', Buffer.from(receipt)]];
  } catch {
    // A log that is damaged, or a disk that refuses, keeps nobody from handing over; the manifest lists what is there.
    return [extract];
  }
}

/** Strips and trends as the tabs of the card list them, without what is live. */
function drawn({ facts }: Content): { readonly strips: number; readonly trends: number } {
  return { strips: stripList(facts).filter(({ live }) => !live).length, trends: trends(facts).length };
}

/** Codes and numbers for the manifest. */
function factsOf(content: Content, log: string, key: string | undefined): Facts {
  const { reference, practice, madeAt, version, card, session, values, facts, leftOut } = content;
  const { state, refused, failed, missing } = card.read;
  return {
    reference,
    practice,
    madeAt: new Date(madeAt).toISOString(),
    version,
    driver: `${session.driver?.id ?? ''} ${session.driver?.version ?? ''}`,
    deviceClass: card.identity.deviceClass,
    patientMatch: card.patientMatch.state,
    state,
    values: values.length,
    refused,
    failed,
    notRead: [...missing],
    alerts: facts.alerts.length,
    episodes: facts.episodes.length,
    ...drawn(content),
    liveValuesLeftOut: leftOut,
    log,
    ...(key === undefined ? {} : { logKey: key }),
  };
}
