import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CommandName, Role } from '@onebox/gateway/api.js';
import { DriverIndex } from '@onebox/gateway/driver-host/driver-index.js';
import { nodeLauncher } from '@onebox/gateway/driver-host/launcher.js';
import { Gateway } from '@onebox/gateway/gateway.js';
import { route } from '@onebox/gateway/router.js';
import { isOneBoxError } from '@onebox/protocol/errors.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everyCommand, type Inputs } from '../every-command.js';
import { auditOnDisk } from './tablet.js';

const PIN = '482915';
const factor = { kind: 'pin', pin: PIN } as const;

/** What these name does not exist. */
const INPUTS: Inputs = {
  ...everyCommand('d', 'a', PIN),
  enrol: { displayName: 'X', role: 'service', pin: '111111' },
  offerFactor: { kind: 'passphrase', factor },
};
const TREATS = [
  'extendAccess',
  'stopReading',
  'readAgain',
  'confirmMatch',
  'card',
  'values',
  'episodes',
  'trends',
  'strip',
  'strips',
  'access',
  'handOver',
  'close',
];
const REVIEWS = ['reviews', 'decideReview'];
const RECORDS = ['records', 'eraseRecords', 'receipt'];
const TABLET = ['backUp', 'restore', 'tabletInventory', 'decommission', 'setIdle'];
const DENIED: Readonly<Record<Role, readonly string[]>> = {
  responder: ['enrol', 'dispatcherCodes', 'openTierZero', ...REVIEWS, ...RECORDS, ...TABLET],
  clinician: ['enrol', 'dispatcherCodes', 'openTierZero', ...REVIEWS, ...RECORDS, ...TABLET],
  'privacy-officer': ['enrol', 'dispatcherCodes', 'openTierZero', 'openFile', 'breakGlass', ...TREATS, ...TABLET],
  'device-manager': ['openTierZero', 'openFile', 'breakGlass', ...TREATS, ...REVIEWS],
  service: [
    'enrol',
    'dispatcherCodes',
    'openTierZero',
    'openFile',
    'breakGlass',
    ...TREATS,
    ...REVIEWS,
    ...RECORDS,
    ...TABLET,
  ],
};
const BEFORE_UNLOCKING = [
  'status',
  'enrol',
  'unlock',
  'lock',
  'recover',
  'openTierZero',
  'closeTierZero',
  'cancelBreakGlass',
  'challengeFactor',
];

describe('roles, at the door of the gateway', () => {
  const folder = mkdtempSync(join(tmpdir(), 'onebox-roles-'));
  let gateway: Gateway;
  const ids = new Map<Role, string>();
  beforeAll(async () => {
    gateway = await Gateway.open({
      dataFolder: folder,
      providers: [],
      drivers: new DriverIndex([]),
      launcher: nodeLauncher(),
      practice: false,
      version: '0.0.0',
    });
    const enrol = async (role: Role) =>
      void ids.set(role, (await gateway.call('enrol', { displayName: role, role, pin: PIN })).person.id);
    for (const role of Object.keys(DENIED) as Role[]) if (role === 'device-manager') await enrol(role);
    for (const role of Object.keys(DENIED) as Role[]) if (role !== 'device-manager') await enrol(role);
  });
  afterAll(async () => {
    await gateway.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Why the gateway does not do it; undefined when it does, or tries to. */
  const refusal = async (command: string): Promise<string | undefined> => {
    const answer = await route(gateway, command, INPUTS[command as CommandName]);
    return answer.ok ? undefined : answer.error.kind;
  };
  const refused = () => auditOnDisk(folder).filter((name) => name === 'accessDenied').length;

  it.each(Object.entries(DENIED))('%s', async (role, denied) => {
    const witness = { kind: 'witness', personId: ids.get('device-manager')!, factor } as const;
    const second = role === 'device-manager' ? {} : { second: witness };
    await gateway.call('unlock', { personId: ids.get(role as Role)!, factor, ...second });
    for (const command of Object.keys(INPUTS).filter((name) => !['lock', 'unlock', 'endShift'].includes(name))) {
      const before = refused();
      const kind = await refusal(command);
      expect([command, kind === 'FORBIDDEN']).toEqual([command, denied.includes(command)]);
      // Each refusal is one record.
      expect(refused() - before, command).toBe(kind === 'FORBIDDEN' ? 1 : 0);
    }
  });

  it('nobody: only what leads to somebody', async () => {
    await gateway.call('lock');
    for (const command of Object.keys(INPUTS)) {
      const before = refused();
      const kind = await refusal(command);
      expect([command, kind === 'LOCKED']).toEqual([command, !BEFORE_UNLOCKING.includes(command)]);
      expect(refused() - before, command).toBe(kind === 'LOCKED' ? 1 : 0);
    }
  });

  it('an override is for those of the house who do not treat', async () => {
    for (const role of Object.keys(DENIED) as Role[]) {
      await gateway.call('unlock', { personId: ids.get(role)!, factor });
      const answer = await route(gateway, 'breakGlass', {
        deviceId: 'd',
        reason: 'unresponsive',
        factor,
        override: true,
      });
      const may = role === 'privacy-officer' || role === 'device-manager';
      expect([role, answer.ok ? '' : answer.error.kind]).toEqual([role, may ? 'DEVICE_UNKNOWN' : 'FORBIDDEN']);
    }
    await gateway.call('lock');
  });

  it('a carrier that skips the router meets the same door', async () => {
    const caught = await gateway.call('card', { accessId: 'a' }).catch((error: unknown) => error);
    expect(isOneBoxError(caught, 'LOCKED')).toBe(true);
  });
});
