import { describe, expect, it } from 'vitest';
import { ACCESS_ERRORS } from './error-tables/access.js';
import { AUDIT_ERRORS } from './error-tables/audit.js';
import { DRIVER_ERRORS } from './error-tables/driver.js';
import { HANDOVER_ERRORS } from './error-tables/handover.js';
import { KEY_ERRORS } from './error-tables/keys.js';
import { LINK_ERRORS } from './error-tables/link.js';
import { OWN_ERRORS } from './error-tables/own.js';
import { PROTOCOL_ERRORS } from './error-tables/protocol.js';
import { SESSION_ERRORS } from './error-tables/session.js';
import { TABLET_ERRORS } from './error-tables/tablet.js';
import { UPDATE_ERRORS } from './error-tables/update.js';
import { ERRORS, type ErrorName, errorByCode, fromReport, OneBoxError, toOneBoxError } from './errors.js';

const TABLES = [
  [1, LINK_ERRORS],
  [2, PROTOCOL_ERRORS],
  [3, DRIVER_ERRORS],
  [4, SESSION_ERRORS],
  [5, ACCESS_ERRORS],
  [5, KEY_ERRORS],
  [5, TABLET_ERRORS],
  [6, AUDIT_ERRORS],
  [6, HANDOVER_ERRORS],
  [8, UPDATE_ERRORS],
  [9, OWN_ERRORS],
] as const;

describe('the numbered errors', () => {
  it.each(TABLES)('%ixx: every number of the table is in its range', (range, table) => {
    for (const { code } of Object.values(table)) expect(Math.floor(code / 100)).toBe(range);
  });

  it('have one number and one name each, in one table', () => {
    const rows = TABLES.flatMap(([, table]) => Object.entries(table));
    expect(new Set(rows.map(([name]) => name)).size).toBe(rows.length);
    expect(new Set(rows.map(([, { code }]) => code)).size).toBe(rows.length);
    expect(Object.keys(ERRORS).sort()).toEqual(rows.map(([name]) => name).sort());
    for (const [name, { code }] of rows) expect(errorByCode(code)).toBe(name);
  });

  it('survive a process boundary', () => {
    for (const kind of Object.keys(ERRORS) as ErrorName[]) {
      const error = new OneBoxError(kind, 'detail', { seconds: 3 });
      expect(fromReport(JSON.parse(JSON.stringify(error)))).toMatchObject({ kind, detail: 'detail', code: error.code });
    }
    expect(toOneBoxError(new TypeError('x'))).toMatchObject({ kind: 'INTERNAL', detail: 'TypeError' });
  });
});
