import {
  type Alert,
  type Component,
  type DeviceClock,
  type DeviceIdentity,
  type Episode,
  type Fault,
  type Progress,
  type RawEvidence,
  v1,
} from '../messages.js';
import {
  checkBytes,
  checkCode,
  checkEnum,
  checkMoment,
  checkNumeric,
  checkSafe,
  checkText,
  checkTime,
  checkUint32,
  TEXT_LENGTH,
} from './basics.js';
import { present, type Report } from './report.js';
import { checkLimit, checkSource } from './values.js';

const IDENTITY_TEXTS = ['manufacturer', 'model', 'serial', 'firmware', 'hardware', 'software'] as const;
const UDI_TEXTS = ['deviceIdentifier', 'issuer', 'carrier', 'lot', 'serial', 'manufactured', 'expires'] as const;

export function checkIdentity(value: DeviceIdentity, path: string, report: Report): void {
  checkEnum(value.deviceClass, v1.DeviceClass, `${path}.deviceClass`, report);
  checkEnum(value.evidence, v1.Evidence, `${path}.evidence`, report);
  checkEnum(value.mriSafety, v1.MriSafety, `${path}.mriSafety`, report, false);
  for (const name of IDENTITY_TEXTS) checkText(value[name], `${path}.${name}`, report);
  checkText(value.mriConditions, `${path}.mriConditions`, report, { longest: TEXT_LENGTH });
  if (present(value.type)) checkCode(value.type, `${path}.type`, report);
  if (present(value.implanted)) checkTime(value.implanted, `${path}.implanted`, report);
  for (const name of UDI_TEXTS) checkText(value.udi?.[name], `${path}.udi.${name}`, report);
  const says =
    IDENTITY_TEXTS.some((name) => value[name]) || UDI_TEXTS.some((name) => value.udi?.[name]) || present(value.type);
  report.check(says, path, 'not-empty');
}

export function checkComponent(value: Component, path: string, report: Report): void {
  checkText(value.id, `${path}.id`, report, { required: true });
  checkEnum(value.kind, v1.Component.Kind, `${path}.kind`, report);
  checkUint32(value.instance, `${path}.instance`, report);
  report.check((value.instance ?? 0) > 0, `${path}.instance`, 'positive');
  checkText(value.parentId, `${path}.parentId`, report);
  if (value.parentId) report.check(value.parentId !== value.id, `${path}.parentId`, 'distinct');
  if (present(value.location)) checkCode(value.location, `${path}.location`, report);
  for (const name of ['manufacturer', 'model', 'serial'] as const) checkText(value[name], `${path}.${name}`, report);
}

export function checkEpisode(value: Episode, path: string, report: Report): void {
  checkText(value.id, `${path}.id`, report, { required: true });
  checkUint32(value.number, `${path}.number`, report);
  checkTime(value.time, `${path}.time`, report);
  checkCode(value.type, `${path}.type`, report);
  checkText(value.vendorType, `${path}.vendorType`, report);
  if (present(value.rate)) checkNumeric(value.rate, `${path}.rate`, report);
  if (present(value.duration)) checkNumeric(value.duration, `${path}.duration`, report);
  for (const [i, therapy] of (value.therapy ?? []).entries()) {
    const at = `${path}.therapy[${i}]`;
    checkCode(therapy.code, `${at}.code`, report);
    if (present(therapy.energy)) checkNumeric(therapy.energy, `${at}.energy`, report);
    checkUint32(therapy.count, `${at}.count`, report);
    if (present(therapy.time)) checkTime(therapy.time, `${at}.time`, report);
  }
  if (present(value.outcome)) checkCode(value.outcome, `${path}.outcome`, report);
  checkSource(value.source, `${path}.source`, report);
}

/** What is not the device's own alert is a comparison: it states the limit, and whose it is. */
export function checkAlert(value: Alert, path: string, report: Report): void {
  checkCode(value.code, `${path}.code`, report);
  checkEnum(value.origin, v1.Alert.Origin, `${path}.origin`, report);
  checkEnum(value.severity, v1.Severity, `${path}.severity`, report);
  checkEnum(value.state, v1.Alert.State, `${path}.state`, report);
  if (present(value.since)) checkTime(value.since, `${path}.since`, report);
  checkText(value.componentId, `${path}.componentId`, report);
  if (present(value.value)) checkNumeric(value.value, `${path}.value`, report);
  if (present(value.limit)) checkLimit(value.limit, `${path}.limit`, report, value.value?.unit);
  if (value.origin !== v1.Alert.Origin.ORIGIN_DEVICE)
    report.check(present(value.limit) && Boolean(value.limit.reference), `${path}.limit`, 'limit-stated');
  checkText(value.vendorText, `${path}.vendorText`, report, { longest: TEXT_LENGTH });
  checkSource(value.source, `${path}.source`, report);
}

export function checkClock(value: DeviceClock, path: string, report: Report): void {
  checkMoment(value.tabletUnixMs, `${path}.tabletUnixMs`, report);
  checkText(value.deviceText, `${path}.deviceText`, report);
  if (checkSafe(value.offsetMs, `${path}.offsetMs`, report) && value.notSet)
    report.check((value.offsetMs ?? 0) === 0, `${path}.offsetMs`, 'not-set-clock');
}

/** The hash may be missing only where the bytes are there: the host hashes them. */
export function checkEvidence(value: RawEvidence, path: string, report: Report): void {
  checkText(value.id, `${path}.id`, report, { required: true });
  checkText(value.channel, `${path}.channel`, report, { required: true });
  const [hash, content] = [value.sha256?.length ?? 0, value.content?.length ?? 0];
  if (hash === 0) report.check(content > 0, `${path}.sha256`, 'required');
  else checkBytes(value.sha256, 32, `${path}.sha256`, report);
}

export function checkProgress(value: Progress, path: string, report: Report): void {
  checkEnum(value.phase, v1.Phase, `${path}.phase`, report);
  checkEnum(value.state, v1.Progress.State, `${path}.state`, report);
  checkUint32(value.read, `${path}.read`, report);
  checkUint32(value.expected, `${path}.expected`, report);
}

export function checkFault(value: Fault, path: string, report: Report): void {
  const error = value.error ?? 0;
  report.check(Number.isInteger(error) && error >= 100 && error <= 999, `${path}.error`, 'integer');
  checkEnum(value.phase, v1.Phase, `${path}.phase`, report);
  checkEnum(value.reason, v1.AbsentReason, `${path}.reason`, report);
  if (present(value.code)) checkCode(value.code, `${path}.code`, report);
  checkText(value.componentId, `${path}.componentId`, report);
  checkText(value.detail, `${path}.detail`, report);
}
