import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { GatewayEvent, Role } from '@onebox/gateway/api.js';
import { found } from '@onebox/gateway/files/testing/traces.js';
import type { Gateway } from '@onebox/gateway/gateway.js';
import { route } from '@onebox/gateway/router.js';
import { beforeAll, describe, expect } from 'vitest';
import { everyCommand, OF_A_READING } from '../every-command.js';
import { auditOnDisk, everything } from '../interrogation/tablet.js';
import { attack } from './attack.js';
import { enrol, factor, OTHER_PATIENT, PATIENT, PIN, readPatient, scratch, secretsOf } from './victim.js';

const { root, start } = scratch();
const folder = join(root, 'tablet');
const STAFF = {
  Manager: 'device-manager',
  Robin: 'responder',
  Sascha: 'responder',
  Officer: 'privacy-officer',
  Service: 'service',
} as const satisfies Readonly<Record<string, Role>>;
type Name = keyof typeof STAFF;

describe('a curious colleague', () => {
  let gateway: Gateway;
  const ids = new Map<Name, string>();
  const unlock = async (name: Name) => {
    const personId = ids.get(name)!;
    const { factors } = await gateway.call('status');
    const begins = factors.some((one) => one.personId === personId && one.secondNeeded);
    const second = { kind: 'witness', personId: ids.get('Manager')!, factor } as const;
    return gateway.call('unlock', { personId, factor, ...(begins ? { second } : {}) });
  };
  const denied = () => auditOnDisk(folder).filter((event) => event === 'accessDenied').length;

  beforeAll(async () => {
    gateway = await start('tablet');
    for (const name of Object.keys(STAFF) as Name[]) ids.set(name, await enrol(gateway, name, STAFF[name]));
  });

  attack('T11a', async () => {
    for (const name of ['Manager', 'Officer', 'Service'] as const) {
      await unlock('Robin');
      const { accessId, deviceId } = await readPatient(gateway);
      await unlock(name);
      const inputs = everyCommand(deviceId, accessId, PIN);
      for (const command of [...OF_A_READING, 'access', 'openFile', 'breakGlass'] as const) {
        const before = denied();
        expect([name, command, await route(gateway, command, inputs[command])]).toMatchObject([
          name,
          command,
          { ok: false, error: { kind: 'FORBIDDEN' } },
        ]);
        expect(denied() - before, `${name} ${command}`).toBe(1);
      }
    }
    // The whole log is for the officer alone, and those who treat are refused it as well.
    for (const name of ['Manager', 'Service', 'Robin'] as const) {
      await unlock(name);
      await expect(gateway.trail.show(10)).rejects.toMatchObject({ kind: 'FORBIDDEN' });
    }
    await unlock('Officer');
    expect(found(secretsOf(PATIENT), JSON.stringify(await gateway.trail.show(10_000)))).toEqual([]);
  });

  attack('T11b', async () => {
    await unlock('Robin');
    const { accessId, deviceId } = await readPatient(gateway);
    const inputs = everyCommand(deviceId, accessId, PIN);
    const own = await Promise.all(
      (['card', 'values'] as const).map((command) => route(gateway, command, inputs[command])),
    );
    expect(found([PATIENT.serial], JSON.stringify(own))).toEqual([PATIENT.serial]);

    const events: GatewayEvent[] = [];
    await unlock('Sascha');
    const unsubscribe = gateway.subscribe((event) => void events.push(event));
    for (const person of ['Sascha', 'Robin'] as const) {
      if (person === 'Robin') await unlock(person);
      for (const command of OF_A_READING) {
        const answer = await route(gateway, command, inputs[command]);
        expect([person, command, answer.ok]).toEqual([person, command, false]);
      }
      expect(await gateway.call('status')).not.toHaveProperty('openAccess');
      expect(found(secretsOf(PATIENT), JSON.stringify(await route(gateway, 'access', inputs.access)))).toEqual([]);
    }
    unsubscribe();
    expect(events.map(({ type }) => type)).not.toContain('card');
    expect(found(secretsOf(PATIENT), JSON.stringify(events))).toEqual([]);
    const sealed = () => readdirSync(join(folder, 'records')).filter((name) => name.endsWith('.sealed'));
    await expect.poll(sealed).toEqual([]);
    expect(found([...secretsOf(PATIENT), 'wrappedKey'], everything(join(folder, 'records')))).toEqual([]);
  });

  attack('T11c', async () => {
    for (const name of ['Robin', 'Officer', 'Service'] as const) {
      await unlock(name);
      for (const role of ['privacy-officer', 'device-manager', 'service'] as const)
        expect([
          name,
          role,
          await route(gateway, 'enrol', { displayName: 'Friend', role, pin: factor.pin }),
        ]).toMatchObject([name, role, { ok: false, error: { kind: 'FORBIDDEN' } }]);
    }
    expect((await gateway.call('status')).people).toHaveLength(ids.size);
  });

  attack('T30', async () => {
    await unlock('Robin');
    const patients = [PATIENT, OTHER_PATIENT];
    const events: GatewayEvent[] = [];
    const unsubscribe = gateway.subscribe((event) => void events.push(event));
    const reads = await Promise.all(patients.map((patient) => readPatient(gateway, patient)));
    unsubscribe();
    const cards = events.filter((event) => event.type === 'card');
    for (const [at, patient] of patients.entries()) {
      const { accessId, deviceId } = reads[at]!;
      const inputs = everyCommand(deviceId, accessId, PIN);
      const others = secretsOf(patients[1 - at]!);
      const shown = JSON.stringify([
        ...cards.filter(({ card }) => card.accessId === accessId),
        ...(await Promise.all(
          (['card', 'values', 'episodes', 'trends', 'strips', 'access'] as const).map((command) =>
            route(gateway, command, inputs[command]),
          ),
        )),
      ]);
      expect(found([patient.serial], shown)).toEqual([patient.serial]);
      expect(found(others, shown)).toEqual([]);
    }
    for (const { accessId } of reads) await gateway.call('close', { accessId });
  });
});
