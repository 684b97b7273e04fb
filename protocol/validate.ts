import { OneBoxError } from './errors.js';
import { type Finding, type Interrogation, v1 } from './messages.js';
import {
  checkBytes,
  checkCode,
  checkEnum,
  checkMoment,
  checkSafe,
  checkText,
  checkUint32,
} from './validation/basics.js';
import {
  checkAlert,
  checkClock,
  checkComponent,
  checkEpisode,
  checkEvidence,
  checkFault,
  checkIdentity,
  checkProgress,
} from './validation/bodies.js';
import { present, Report, type Violation } from './validation/report.js';
import { checkObservation } from './validation/values.js';

export type { Violation } from './validation/report.js';

/** Largest encoded finding, in bytes. */
export const FINDING_BYTES = 256 * 1024;

const BODIES = [
  'identity',
  'component',
  'observation',
  'setting',
  'statistic',
  'episode',
  'alert',
  'clock',
  'evidence',
  'progress',
  'fault',
] as const;

function checkFinding(finding: Finding, path: string, report: Report): void {
  const set = BODIES.filter((name) => present(finding[name]));
  const at = (name: string) => (path ? `${path}.${name}` : name);
  if (set.length !== 1) report.add(path || 'body', set.length === 0 ? 'required' : 'one-of');
  else if (present(finding.identity)) checkIdentity(finding.identity, at('identity'), report);
  else if (present(finding.component)) checkComponent(finding.component, at('component'), report);
  else if (present(finding.observation)) checkObservation(finding.observation, at('observation'), report);
  else if (present(finding.setting)) checkObservation(finding.setting, at('setting'), report);
  else if (present(finding.statistic)) checkObservation(finding.statistic, at('statistic'), report);
  else if (present(finding.episode)) checkEpisode(finding.episode, at('episode'), report);
  else if (present(finding.alert)) checkAlert(finding.alert, at('alert'), report);
  else if (present(finding.clock)) checkClock(finding.clock, at('clock'), report);
  else if (present(finding.evidence)) checkEvidence(finding.evidence, at('evidence'), report);
  else if (present(finding.progress)) checkProgress(finding.progress, at('progress'), report);
  else if (present(finding.fault)) checkFault(finding.fault, at('fault'), report);
  checkUint32(finding.sequence, at('sequence'), report);
  checkSafe(finding.receivedUnixMs, at('receivedUnixMs'), report);
}

function checkSize(finding: Finding, path: string, report: Report): void {
  let bytes: number;
  try {
    bytes = v1.Finding.encode(finding).len;
  } catch {
    report.add(path, 'malformed');
    return;
  }
  report.check(bytes <= FINDING_BYTES, path, 'size');
}

/** The rules of onebox.v1 that a finding breaks; none when it is right. Never throws. See docs/protocol.md. */
export function validateFinding(finding: Finding): Violation[] {
  const report = new Report();
  guarded('body', report, () => checkFinding(finding, '', report));
  checkSize(finding, 'body', report);
  return report.violations;
}

/** Throws PROTOCOL_INVALID with path and rule of the first violation. */
export function assertFinding(finding: Finding): void {
  const [first] = validateFinding(finding);
  if (first)
    throw new OneBoxError('PROTOCOL_INVALID', `${first.path}: ${first.rule}`, { path: first.path, rule: first.rule });
}

/** The rules that a whole interrogation breaks, with those of its findings. Never throws. */
export function validateInterrogation(interrogation: Interrogation): Violation[] {
  const report = new Report();
  guarded('interrogation', report, () => {
    checkHead(interrogation, report);
    checkOutcome(interrogation, report);
    checkFindings(interrogation, report);
  });
  return report.violations;
}

/** Values of other types than those of the schema, as a program without types may hand them over. */
function guarded(path: string, report: Report, check: () => void): void {
  try {
    check();
  } catch {
    report.add(path, 'malformed');
  }
}

function checkHead(value: Interrogation, report: Report): void {
  report.check(/^[0-9a-f]{32}$/.test(value.sessionId ?? ''), 'sessionId', 'hex');
  checkText(value.schemaVersion, 'schemaVersion', report, { required: true });
  checkEnum(value.purpose, v1.PurposeOfUse, 'purpose', report);
  checkEnum(value.transport, v1.Transport, 'transport', report);
  checkText(value.driver?.id, 'driver.id', report, { required: true });
  checkText(value.driver?.version, 'driver.version', report, { required: true });
  checkBytes(value.driver?.sha256, 32, 'driver.sha256', report);
  checkMoment(value.startedUnixMs, 'startedUnixMs', report);
  checkMoment(value.endedUnixMs, 'endedUnixMs', report);
  report.check((value.endedUnixMs ?? 0) >= (value.startedUnixMs ?? 0), 'endedUnixMs', 'time-order');
  checkText(value.timeZone, 'timeZone', report, { required: true });
  checkText(value.applicationVersion, 'applicationVersion', report, { required: true });
  if (present(value.deviceClock)) checkClock(value.deviceClock, 'deviceClock', report);
  for (const name of ['linksOpened', 'linksLost'] as const) checkUint32(value[name], name, report);
  for (const name of ['bytesReceived', 'bytesSent'] as const)
    report.check(Number.isSafeInteger(value[name] ?? 0) && (value[name] ?? 0) >= 0, name, 'safe-integer');
}

function checkOutcome(value: Interrogation, report: Report): void {
  const missing = value.missing ?? [];
  checkEnum(value.completeness, v1.Completeness, 'completeness', report);
  if (value.completeness === v1.Completeness.COMPLETENESS_COMPLETE)
    report.check(missing.length === 0, 'missing', 'complete');
  if (value.completeness === v1.Completeness.COMPLETENESS_PARTIAL)
    report.check(missing.length > 0, 'missing', 'complete');
  for (const [i, one] of missing.entries()) {
    const at = `missing[${i}]`;
    checkEnum(one.phase, v1.Phase, `${at}.phase`, report, false);
    if (present(one.code)) checkCode(one.code, `${at}.code`, report);
    checkText(one.componentId, `${at}.componentId`, report);
    checkEnum(one.reason, v1.AbsentReason, `${at}.reason`, report);
    checkUint32(one.error, `${at}.error`, report);
  }
}

function checkFindings(value: Interrogation, report: Report): void {
  let last = 0;
  for (const [i, finding] of (value.finding ?? []).entries()) {
    const path = `finding[${i}]`;
    checkFinding(finding, path, report);
    checkSize(finding, path, report);
    checkMoment(finding.receivedUnixMs, `${path}.receivedUnixMs`, report);
    report.check((finding.sequence ?? 0) > last, `${path}.sequence`, 'ascending');
    last = finding.sequence ?? 0;
    if (finding.evidence) checkBytes(finding.evidence.sha256, 32, `${path}.evidence.sha256`, report);
    if (finding.identity?.practice) report.check(value.practice === true, 'practice', 'practice-marked');
  }
}
