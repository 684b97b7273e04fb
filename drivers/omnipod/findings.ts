import {
  absent,
  alert,
  bits,
  code,
  coded,
  type Details,
  dateTime,
  observation,
  range,
  setting,
  statistic,
  time,
} from '@onebox/driver-sdk/findings.js';
import { mdc, term } from '@onebox/protocol/codes.js';
import { decimal } from '@onebox/protocol/decimal.js';
import type { Alert, Code, Finding, Time } from '@onebox/protocol/messages.js';
import type { OneBoxTerm } from '@onebox/protocol/nomenclature/onebox-terms.js';
import { v1 } from '@onebox/protocol/wire.js';
import { FAULTS } from './codes.js';
import {
  type ActivationTime,
  alertSlots,
  type ConfiguredAlerts,
  type Delivered,
  type DetailedStatus,
  hasStopped,
  type PulseLog,
  type StatusResponse,
} from './status.js';

/** From what a pod says to findings: first why it stopped. */

const MINUTE = 60_000;
const OCCLUDED = new Set([0x14, 0x6a]);
const RESERVOIR_EMPTY = 0x18;
const LIFE_OVER = 0x1c;

export type PodStatus = DetailedStatus | StatusResponse;
type StopReason = Extract<OneBoxTerm, `insulin.stop-reason.${string}`>;

const REASON_ALERT: Readonly<Partial<Record<StopReason, OneBoxTerm>>> = {
  'insulin.stop-reason.occlusion': 'alert.occlusion',
  'insulin.stop-reason.reservoir-empty': 'alert.reservoir-empty',
  'insulin.stop-reason.time-over': 'alert.pump-time-over',
};

/** Whether insulin flows, why not and since when, what was delivered and what is left. */
export function criticalFindings(status: PodStatus, at: number): readonly Finding[] {
  const here: Details = { at, source: sourceOf(status) };
  const units = (what: Code, value: Delivered['delivered']) => observation(what, value, '[iU]', here);
  return [
    ...stopFindings(status, at),
    ...alertSlots(status.alerts).map((slot) => slotAlert(slot, at)),
    delivery(status, here),
    status.reservoir === 'above50'
      ? range(mdc('MDC_INS_RESERVOIR'), { low: decimal('50'), unit: '[iU]' }, here)
      : units(mdc('MDC_INS_RESERVOIR'), status.reservoir),
    statistic(term('insulin.delivered-total'), status.delivered, '[iU]', here),
    units(
      term(bolusRuns(status) ? 'insulin.bolus-remaining' : 'insulin.bolus-not-delivered'),
      status.bolusNotDelivered,
    ),
    // The controller works it out; the pod does not know it.
    absent(term('insulin.on-board'), 'unsupported', here),
  ];
}

/** The pod's own state, its age, and what it noted when it failed first. */
export function presentFindings(status: PodStatus, at: number): readonly Finding[] {
  const here: Details = { at, source: sourceOf(status) };
  const own = (kind: string, name: string) => code(`urn:onebox:omnipod:${kind}`, name, { display: name });
  const findings = [
    coded(term('insulin.pump-state'), own('progress', status.progress), here),
    coded(term('insulin.operation'), own('delivery', status.delivery), here),
    observation(term('insulin.infusion-set-age'), status.minutesActive, 'min', here),
    absent(mdc('MDC_INS_BASAL_RATE_SETTING'), 'unsupported', here),
  ];
  if (status.kind === 'status-response') return findings;
  // DASH sends 0 for both: it has no such radio.
  if (status.radioRssi > 0 || status.receiverLowGain > 0)
    findings.push(
      statistic(term('radio.rssi-raw'), status.radioRssi, '1', here),
      statistic(term('radio.low-gain-raw'), status.receiverLowGain, '1', here),
    );
  const { error } = status;
  if (error === undefined && !status.faultAccessingTables) return findings;
  const flags: readonly (readonly [boolean | undefined, OneBoxTerm])[] = [
    [error?.tableCorruption, 'insulin.pump-error.table-corruption'],
    [error?.bolusRunning, 'insulin.pump-error.bolus-running'],
    [status.faultAccessingTables, 'insulin.pump-error.accessing-tables'],
  ];
  const set = flags.flatMap(([on, name], bit) => (on ? [{ bit, meaning: term(name) }] : []));
  const raw = set.reduce((sum, { bit }) => sum + 2 ** bit, 0);
  findings.push(bits(term('insulin.pump-error'), { raw, width: flags.length, set }, here));
  if (error)
    findings.push(
      observation(term('insulin.occlusion-type'), error.occlusionType, '1', here),
      coded(term('insulin.pump-state'), own('progress', error.progress), {
        ...here,
        at: faultTime(status, at),
        origin: 'stored',
        instance: 1,
      }),
    );
  return findings;
}

/** When the pod was activated, by the clock of its controller. */
export function activationFinding({ local }: ActivationTime, now: number, utcOffsetMinutes: number): Finding {
  const details: Details = { at: now, source: 'status 5', origin: 'stored' };
  const stated = Date.parse(`${local}Z`) - utcOffsetMinutes * MINUTE;
  const when: Time =
    stated > 0 && stated <= now + MINUTE
      ? { ...time(stated, 'device'), deviceText: local }
      : { ...time(0, 'order-only'), order: 1, deviceText: local };
  return dateTime(term('insulin.infusion-set-changed'), when, details);
}

export function alertSettings({ words }: ConfiguredAlerts, at: number): readonly Finding[] {
  return words.flatMap((word, slot) => {
    if (word === 0) return [];
    const details: Details = { at, source: `status 1 slot ${slot}`, origin: 'stored', instance: slot };
    return [setting(term('insulin.alert-word'), word, '1', details)];
  });
}

/** The entries stay raw words; the evidence keeps them. */
export function pulseLogFinding({ entries, subtype }: PulseLog, at: number): Finding {
  const source = {
    origin: v1.Source.Origin.ORIGIN_STORED,
    field: `status ${hex(subtype)}`,
    evidenceId: `pulse-log-${hex(subtype)}`,
  };
  return statistic(term('insulin.pulse-log'), entries.length, '{count}', { at, source, instance: subtype });
}

function delivery(status: PodStatus, here: Details): Finding {
  const what = term('insulin.delivery');
  if (hasStopped(status)) return coded(what, term('insulin.delivery.stopped'), here);
  if (status.delivery === 'suspended') return coded(what, term('insulin.delivery.suspended'), here);
  if (status.delivery === 'priming') return absent(what, 'not-performed', here);
  return coded(what, term('insulin.delivery.delivering'), here);
}

function bolusRuns(status: PodStatus): boolean {
  const running = status.delivery !== 'suspended' && /bolus/i.test(status.delivery);
  return running && !hasStopped(status);
}

/** The alert, the reason with the pod's own number for it, and since when. */
function stopFindings(status: PodStatus, at: number): readonly Finding[] {
  if (!hasStopped(status)) return [];
  const here: Details = { at, source: sourceOf(status) };
  const since = faultTime(status, at);
  const reason = stopReason(status);
  const fault = status.kind === 'detailed-status' ? status.fault : 0;
  const name = Object.hasOwn(FAULTS, fault) ? FAULTS[fault]! : `unknown fault ${fault}`;
  const own = fault === 0 ? status.progress : `0x${hex(fault)} ${name}`;
  const why = term(reason);
  if (fault !== 0) why.coding?.push({ system: 'urn:onebox:omnipod:fault', code: String(fault), display: name });
  const warning: Alert = {
    code: term(REASON_ALERT[reason] ?? 'alert.pump-stopped'),
    origin: v1.Alert.Origin.ORIGIN_DEVICE,
    severity: v1.Severity.SEVERITY_CRITICAL,
    state: v1.Alert.State.STATE_ACTIVE,
    since,
    vendorText: own,
    source: { origin: v1.Source.Origin.ORIGIN_LIVE, field: sourceOf(status) },
  };
  const known = since.unixMs ? [dateTime(term('insulin.suspended-since'), since, { ...here, origin: 'derived' })] : [];
  const number = fault === 0 ? [] : [observation(term('insulin.fault-code'), fault, '1', here)];
  return [alert(warning), coded(term('insulin.stop-reason'), why, here), ...number, ...known];
}

function stopReason(status: PodStatus): StopReason {
  const fault = status.kind === 'detailed-status' ? status.fault : 0;
  if (OCCLUDED.has(fault)) return 'insulin.stop-reason.occlusion';
  if (fault === RESERVOIR_EMPTY) return 'insulin.stop-reason.reservoir-empty';
  if (fault === LIFE_OVER) return 'insulin.stop-reason.time-over';
  if (fault !== 0 || status.progress === 'faultEventOccurred') return 'insulin.stop-reason.fault';
  return status.progress === 'inactive'
    ? 'insulin.stop-reason.switched-off'
    : 'insulin.stop-reason.not-started-in-time';
}

/**
 * Back from the pod's count of minutes. That count can be relied on only while the pod still runs it: one that was
 * switched off, or that does not know when it failed, gives no time.
 */
function faultTime(status: PodStatus, now: number): Time {
  const minutes = status.kind === 'detailed-status' && status.fault !== 0 ? status.faultMinutes : undefined;
  if (minutes === undefined) return { ...time(0, 'order-only'), order: 1 };
  const deviceText = `${minutes} min after activation`;
  const counts = status.progress !== 'inactive' && minutes <= status.minutesActive && status.minutesActive > 0;
  if (!counts) return { ...time(0, 'order-only'), order: minutes + 1, deviceText };
  return { ...time(now - (status.minutesActive - minutes) * MINUTE, 'reconstructed'), deviceText };
}

/** Somebody has not confirmed this alert; what it is for, only the controller knows. */
function slotAlert(slot: number, at: number): Finding {
  return alert({
    code: term('alert.device-own'),
    origin: v1.Alert.Origin.ORIGIN_DEVICE,
    severity: v1.Severity.SEVERITY_CHECK,
    state: v1.Alert.State.STATE_ACTIVE,
    since: { ...time(0, 'order-only'), order: slot + 1 },
    vendorText: `slot-${slot}`,
    source: { origin: v1.Source.Origin.ORIGIN_LIVE, field: `alert bits, seen ${new Date(at).toISOString()}` },
  });
}

function sourceOf({ kind }: PodStatus): string {
  return kind === 'detailed-status' ? 'status 2' : 'status response 1D';
}

function hex(value: number): string {
  return value.toString(16).toUpperCase().padStart(2, '0');
}
