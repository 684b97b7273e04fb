import type { Access } from './access/access.js';
import type { AccessSummary, PreflightRow } from './api.js';
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

export function preflightRow({ transport, name, usable, error, mend }: PreflightItem): PreflightRow {
  return { transport, name, usable, ...(error ? { error: error.toJSON() } : {}), ...(mend ? { mend } : {}) };
}
