import { BLUETOOTH_COMPANIES } from '@onebox/protocol/nomenclature/bluetooth.js';
import type { Access } from './access/access.js';
import { PIN_DIGITS } from './access/enrolment.js';
import { DISPATCHER_DIGITS } from './access/factors/dispatcher-code.js';
import { CODE_DIGITS as APP_DIGITS } from './access/factors/totp.js';
import { ACCESS_MINUTES, LONGEST_ACCESS_MINUTES } from './access/window.js';
import {
  type AccessSummary,
  type BreakGlassTerms,
  type DeviceList,
  type DeviceRow,
  type DriverRow,
  type IdentityList,
  type IdentityRow,
  type PreflightRow,
  REASONS,
  type Status,
} from './api.js';
import type { LoadedDriver } from './driver-host/driver-index.js';
import type { PreflightItem } from './links/link.js';

/** What of the gateway's own things leaves it. */

export function accessSummary({
  accessId,
  reference,
  deviceKey,
  deviceClass,
  person,
  reason,
  openedAt,
  endsAt,
  state,
}: Access): AccessSummary {
  return { accessId, reference, deviceId: deviceKey, deviceClass, person, reason, openedAt, endsAt, state };
}

export const BREAK_GLASS_TERMS: BreakGlassTerms = {
  minutes: ACCESS_MINUTES,
  longestMinutes: LONGEST_ACCESS_MINUTES,
  pinDigits: PIN_DIGITS,
  reasons: REASONS,
};

export const CODE_DIGITS: Status['codeDigits'] = { 'one-time-code': APP_DIGITS, 'dispatcher-code': DISPATCHER_DIGITS };

/** What anybody may know of the devices around. Files are not around. */
export function identityList({ devices, faults }: DeviceList, endsAt: number): IdentityList {
  const rows = devices.flatMap((device, at) => (device.transport === 'file' ? [] : [identityRow(device, at)]));
  return { rows, endsAt, faults };
}

function identityRow(
  { transport, deviceClass, companyId, match, signal, practice, drivers }: DeviceRow,
  at: number,
): IdentityRow {
  const company = companyId === undefined ? undefined : BLUETOOTH_COMPANIES[companyId];
  const driver = drivers[0]?.id;
  return {
    key: String(at),
    transport: transport === 'serial' ? 'serial' : 'ble',
    deviceClass,
    ...(companyId === undefined ? {} : { companyId }),
    ...(company === undefined ? {} : { company }),
    match,
    ...(driver === undefined ? {} : { driver }),
    ...(signal === undefined ? {} : { signal }),
    practice,
  };
}

export function preflightRow({ transport, name, usable, error, mend }: PreflightItem): PreflightRow {
  return { transport, name, usable, ...(error ? { error: error.toJSON() } : {}), ...(mend ? { mend } : {}) };
}

export function driverRow({ manifest, tier }: LoadedDriver): DriverRow {
  const { id, version, vendor, deviceClasses, transport, authorisation } = manifest;
  return {
    id,
    version,
    vendor,
    deviceClasses,
    transport,
    ...(authorisation ? { authorisation } : {}),
    ...(tier ? { tier } : {}),
  };
}
