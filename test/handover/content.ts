import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { clock } from '@onebox/driver-sdk/findings.js';
import type { PracticePatient } from '@onebox/drivers/onebox-native/practice/patient.js';
import { buildCard } from '@onebox/gateway/card/card.js';
import { Facts } from '@onebox/gateway/card/facts.js';
import { type Content, contentOf } from '@onebox/gateway/handover/read-out.js';
import { FindingStore } from '@onebox/gateway/interrogation/finding-store.js';
import { DEFAULT_PHASES } from '@onebox/gateway/interrogation/phases.js';
import { findingFromPlain } from '@onebox/protocol/json.js';
import { type Finding, type Missing, v1 } from '@onebox/protocol/messages.js';

export const NOW = Date.UTC(2026, 10, 22, 14, 32, 7);

/** Findings of a recording, as its golden file has them. */
export function findingsOf(driver: string, name: string): Finding[] {
  const path = join(import.meta.dirname, '../../drivers', driver, 'recordings', `${name}.findings.jsonl`);
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => findingFromPlain(JSON.parse(line) as Record<string, unknown>));
}

/** What a practice device says at this moment, its clock included. */
export function practiceFindings(patient: PracticePatient): Finding[] {
  const { clockOffsetMs } = patient;
  const device = clockOffsetMs === undefined ? undefined : NOW + clockOffsetMs;
  return [clock(NOW, device), ...Object.values(patient.read(NOW)).flat()];
}

/** What a read of these findings hands over. */
export function contentFrom(
  findings: readonly Finding[],
  { practice = true, missing = [] }: { readonly practice?: boolean; readonly missing?: readonly Missing[] } = {},
): Content {
  const store = new FindingStore();
  const facts = new Facts();
  for (const finding of findings) {
    const stamped = store.add(finding, NOW - 60_000);
    if (stamped) facts.add(stamped);
  }
  const { read, refused, failed } = store.tally();
  const card = buildCard(facts, {
    accessId: 'a',
    practice,
    expectedClass: 'generic',
    finished: new Set(DEFAULT_PHASES),
    patientMatch: { state: 'not-confirmed' },
    read: {
      state: missing.length > 0 ? 'partial' : 'complete',
      percent: 100,
      read,
      expected: read,
      refused,
      failed,
      missing: [],
      link: 'down',
      attempt: 1,
    },
    now: NOW,
  });
  const session = {
    sessionId: '0123456789abcdef0123456789abcdef',
    schemaVersion: '1.0',
    purpose: practice ? v1.PurposeOfUse.PURPOSE_OF_USE_HTEST : v1.PurposeOfUse.PURPOSE_OF_USE_ERTREAT,
    driver: { id: 'onebox-native', version: '1.2.3' },
    transport: v1.Transport.TRANSPORT_BLE,
    startedUnixMs: NOW - 90_000,
    endedUnixMs: NOW - 30_000,
    practice,
    missing: [...missing],
  };
  return contentOf({ facts, card, session }, { reference: 'A-2026-17', madeAt: NOW, version: '0.1.0' });
}
