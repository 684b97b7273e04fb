import { alert } from '@onebox/driver-sdk/findings.js';
import type { Code, Finding } from '@onebox/protocol/messages.js';
import { v1 } from '@onebox/protocol/messages.js';
import { ALARM_TERMS, ALERT_TERMS, CGM_ALERT_TERMS, own, termFor } from './codes.js';
import { ALARMS, ALERTS, bitNumbers, CGM_ALERTS, REMINDERS } from './enumerations.js';

/** What the pump draws attention to: bit maps of what holds now, and records of when it began. */

const KINDS = {
  alarm: { names: ALARMS, terms: ALARM_TERMS, severity: v1.Severity.SEVERITY_CRITICAL, field: 'op 71' },
  alert: { names: ALERTS, terms: ALERT_TERMS, severity: v1.Severity.SEVERITY_CHECK, field: 'op 69' },
  'cgm-alert': { names: CGM_ALERTS, terms: CGM_ALERT_TERMS, severity: v1.Severity.SEVERITY_CHECK, field: 'op 75' },
  reminder: { names: REMINDERS, terms: {}, severity: v1.Severity.SEVERITY_NOTE, field: 'op 73' },
} as const;
export type AlertKind = keyof typeof KINDS;

/** Our term with the pump's number; only the number where there is no term. */
export function alertCode(kind: AlertKind, id: number): Code {
  const terms: Readonly<Record<number, (typeof ALARM_TERMS)[number]>> = KINDS[kind].terms;
  return termFor(terms[id], own(kind, id, KINDS[kind].names[id]));
}

/** One alert for every bit that is set, and one that has ended for every bit that was set `before` and is not any more. */
export function alertFindings(kind: AlertKind, map: bigint, before = 0n): readonly Finding[] {
  const { severity, field } = KINDS[kind];
  const { STATE_ACTIVE, STATE_ENDED } = v1.Alert.State;
  return bitNumbers(map | before).map((id) =>
    alert({
      code: alertCode(kind, id),
      origin: v1.Alert.Origin.ORIGIN_DEVICE,
      severity,
      state: (map >> BigInt(id)) & 1n ? STATE_ACTIVE : STATE_ENDED,
      vendorText: alertWords(kind, id),
      source: { origin: v1.Source.Origin.ORIGIN_LIVE, field },
      ...(kind === 'cgm-alert' ? { componentId: 'sensor' } : {}),
    }),
  );
}

/** A malfunction that the pump holds as its gravest state. */
export function malfunction(aamId: number, faultId: number): Finding {
  return alert({
    code: own('fault', faultId),
    origin: v1.Alert.Origin.ORIGIN_DEVICE,
    severity: v1.Severity.SEVERITY_CHECK,
    state: v1.Alert.State.STATE_ACTIVE,
    vendorText: `AAM ${aamId}, fault 0x${faultId.toString(16).toUpperCase()}`,
    source: { origin: v1.Source.Origin.ORIGIN_LIVE, field: 'op 121' },
  });
}

/** `alarm 8 EMPTY CARTRIDGE`. */
export function alertWords(kind: AlertKind, id: number): string {
  const name = KINDS[kind].names[id]
    ?.replace(/_(?:CGM_)?(?:ALARM|ALERT)(\d*)$/, ' $1')
    .replaceAll('_', ' ')
    .trim();
  return name ? `${kind} ${id} ${name}` : `${kind} ${id}`;
}
