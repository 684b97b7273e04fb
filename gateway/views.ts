import type { Access } from './access/access.js';
import { PIN_DIGITS } from './access/enrolment.js';
import { ACCESS_MINUTES, EXTENSION_MINUTES } from './access/window.js';
import { type AccessSummary, type BreakGlassTerms, type DriverRow, type PreflightRow, REASONS } from './api.js';
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
  extendable,
  override,
}: Access): AccessSummary {
  return {
    accessId,
    reference,
    deviceId: deviceKey,
    deviceClass,
    person,
    reason,
    openedAt,
    endsAt,
    state,
    extendable,
    override,
  };
}

export const BREAK_GLASS_TERMS: BreakGlassTerms = {
  minutes: ACCESS_MINUTES,
  extensionMinutes: EXTENSION_MINUTES,
  pinDigits: PIN_DIGITS,
  reasons: REASONS,
};

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
