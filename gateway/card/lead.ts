import type { Alert, Time } from '@onebox/protocol/messages.js';
import type { Facts } from './facts.js';
import type { LeadLine, Phrase, SeverityLevel } from './model.js';
import { codeValue, numberValue, timeValue } from './values.js';
import { SEVERITY_RANK, severityLevel } from './words.js';

/** One thing that may head the card. */
export interface Candidate {
  readonly severity: SeverityLevel;
  readonly title: Phrase;
  readonly details: readonly Phrase[];
  /** Keys of alerts that say the same and need no line of their own. */
  readonly covers?: readonly string[];
}

/** What a class wants to say first, in its own order (UX specification, section 7). */
export type CandidateRule = (facts: Facts, now: number) => Candidate | undefined;

export interface LeadState {
  /** Alerts and therapy state were read. */
  readonly alertsRead: boolean;
  readonly ended: boolean;
  readonly error?: number;
}

const DAY_MS = 86_400_000;

/**
 * The first line of the card: the first rule that holds, among them graver before milder, then the
 * device's alerts. "No alert reported" is only said once the alerts were read.
 */
export function leadLine(rules: readonly CandidateRule[], facts: Facts, state: LeadState, now: number): LeadLine {
  const found = rules.map((rule) => rule(facts, now)).filter((candidate) => candidate !== undefined);
  const covered = new Set(found.flatMap(({ covers }) => covers ?? []));
  const alerts = facts.activeAlerts.filter(({ code }) => !covered.has(alertKey(code)));
  const all = [...found, ...alerts.map(alertCandidate)];
  const ordered = all.toSorted((a, b) => SEVERITY_RANK[b.severity] - SEVERITY_RANK[a.severity]);
  const first = ordered[0];
  if (first) return { severity: first.severity, title: first.title, details: first.details, more: ordered.length - 1 };
  if (state.alertsRead)
    return {
      severity: 'none',
      title: { id: 'lead.no-alert' },
      details: [{ id: 'ev.read-at', params: { time: { kind: 'time', time: { at: now, quality: 'tablet' } } } }],
      more: 0,
    };
  if (!state.ended) return { severity: 'none', title: { id: 'lead.reading' }, details: [], more: 0 };
  const why: Phrase[] =
    state.error === undefined ? [] : [{ id: 'ev.error', params: { error: { kind: 'count', count: state.error } } }];
  return { severity: 'check', title: { id: 'lead.alerts-not-read' }, details: why, more: 0 };
}

function alertKey(code: Alert['code']): string {
  const first = code?.coding?.[0];
  return `${first?.system ?? ''}|${first?.code ?? ''}`;
}

function alertCandidate(alert: Alert): Candidate {
  const since = timeValue(alert.since);
  return {
    severity: severityLevel(alert.severity),
    title: { id: 'lead.alert', params: { what: codeValue(alert.code ?? {}) } },
    details: [
      ...(since ? [{ id: 'ev.since', params: { time: { kind: 'time' as const, time: since } } }] : []),
      ...(alert.value?.value ? [{ id: 'ev.value', params: { value: numberValue(alert.value) } }] : []),
      ...(alert.limit?.value?.value ? [{ id: 'ev.limit', params: { value: numberValue(alert.limit.value) } }] : []),
      ...(alert.vendorText
        ? [{ id: 'ev.device-says', params: { text: { kind: 'device-text' as const, text: alert.vendorText } } }]
        : []),
    ],
  };
}

/** Whether a time is known well enough and not older than yesterday's midnight; `today` when all of it is. */
export function recency(times: readonly (Time | null | undefined)[], now: number): 'today' | 'yesterday' | undefined {
  const known = times.flatMap((time) => (time?.unixMs ? [time.unixMs] : []));
  if (known.length === 0) return undefined;
  const midnight = new Date(now).setHours(0, 0, 0, 0);
  const oldest = Math.min(...known);
  if (oldest >= midnight) return 'today';
  return oldest >= midnight - DAY_MS ? 'yesterday' : undefined;
}
