import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf, fromBase32, stepAt } from '@onebox/gateway/access/factors/totp.js';
import type { GatewayEvent } from '@onebox/gateway/api.js';
import type { LinkProvider } from '@onebox/gateway/links/link.js';
import { describe, expect } from 'vitest';
import { auditOnDisk } from '../interrogation/tablet.js';
import { attack } from './attack.js';
import { enrol, factor, scratch, wrongFactor } from './victim.js';

const { root, start, stop } = scratch();
const DEVICE = 'ble:00:aa:01:0b:0e:02';
const DEADLINE_MS = 120_000;
const IDLE_S = 6;

/** A thermometer with a patient's name; who connects to it waits until he gives up. */
class Ward implements LinkProvider {
  readonly transport = 'ble';
  connections = 0;

  async preflight() {
    return [];
  }
  async scan(listener: Parameters<LinkProvider['scan']>[0]) {
    const at = Date.now();
    const ble = { name: 'Zebulon 4417', companyId: 208, services: ['1809'], serviceData: [], connectable: true };
    listener.seen({ id: DEVICE, transport: 'ble', firstHeard: at, lastHeard: at, ble });
    return { stop: async () => undefined };
  }
  open(_id: string, { signal }: Parameters<LinkProvider['open']>[1]): Promise<never> {
    this.connections += 1;
    return new Promise((_resolve, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason));
    });
  }
  async dispose() {}
}

describe('a stranger at the lock screen', () => {
  attack(
    'T8c',
    async () => {
      const ward = new Ward();
      const gateway = await start('idle', { providers: [ward], idleMinutes: IDLE_S / 60 });
      await enrol(gateway, 'Robin Vale', 'responder');
      await gateway.call('startScan');
      const { accessId } = await gateway.call('breakGlass', { deviceId: DEVICE, reason: 'unresponsive', factor });
      await expect.poll(() => ward.connections).toBe(1);
      const stages: string[] = [];
      gateway.subscribe((event) => void (event.type === 'status' && stages.push(event.status.stage)));
      // Never in the middle of a read.
      await sleep((IDLE_S + 1) * 1000);
      gateway.look();
      expect((await gateway.call('status')).stage).toBe('unlocked');
      await gateway.call('close', { accessId });
      await expect.poll(() => stages.at(-1), { timeout: 60_000 }).toBe('locked');
      await expect(gateway.call('startScan')).rejects.toMatchObject({ kind: 'LOCKED' });
      expect(auditOnDisk(join(root, 'idle')).filter((event) => event === 'locked')).toHaveLength(1);
    },
    DEADLINE_MS,
  );

  attack(
    'T8e',
    async () => {
      let gateway = await start('watched');
      const personId = await enrol(gateway, 'Robin Vale', 'responder');
      const offer = await gateway.call('offerFactor', { kind: 'one-time-code', factor });
      if (offer.kind !== 'one-time-code') throw new Error(offer.kind);
      const code = codeOf(fromBase32(offer.secret), stepAt(Date.now()));
      const watched = { kind: 'one-time-code', code } as const;
      await gateway.call('addFactor', { proof: watched });
      await gateway.call('endShift');
      const tries = async (): Promise<void> => {
        // The PIN alone is not even tried; with a code that was seen, neither of the two is said to be wrong.
        await expect(gateway.call('unlock', { personId, factor })).rejects.toMatchObject({ kind: 'FACTOR_SECOND' });
        for (const second of [watched, { kind: 'dispatcher-code', code: '00000000' } as const])
          await expect(gateway.call('unlock', { personId, factor, second })).rejects.toMatchObject({
            kind: 'FACTORS_WRONG',
          });
        expect((await gateway.call('status')).stage).toBe('locked');
      };
      await tries();
      await stop(gateway);
      gateway = await start('watched');
      await tries();
    },
    DEADLINE_MS,
  );

  attack(
    'T26b',
    async () => {
      const ward = new Ward();
      const gateway = await start('waiting', { providers: [ward] });
      const people = [await enrol(gateway, 'Robin Vale', 'responder'), await enrol(gateway, 'Kim Lund', 'clinician')];
      await gateway.call('endShift');
      const second = { kind: 'dispatcher-code', code: '00000000' } as const;
      const guess = (personId: string) => gateway.call('unlock', { personId, factor: wrongFactor, second });
      for (let at = 0; at < 5; at++) await guess(people[0]!).catch(() => undefined);
      for (const personId of people) await expect(guess(personId)).rejects.toMatchObject({ kind: 'FACTOR_WAIT' });
      const events: GatewayEvent[] = [];
      gateway.subscribe((event) => void events.push(event));
      const request = { reason: 'unresponsive', witnessId: people[1]! } as const;
      const { rows } = await gateway.call('openTierZero', request);
      expect(auditOnDisk(join(root, 'waiting')).at(-1)).toBe('tierZeroOpened');
      expect(rows).toMatchObject([{ deviceClass: 'thermometer', company: 'Dexcom, Inc.', match: expect.any(String) }]);
      // Class and maker: no name, no address, no list of devices, and nobody connects.
      expect(JSON.stringify([rows, events])).not.toMatch(/Zebulon|4417|00:aa:01/);
      expect(events.some(({ type }) => type === 'devices')).toBe(false);
      for (const command of ['startScan', 'breakGlass'] as const)
        await expect(
          gateway.call(command as 'breakGlass', { deviceId: DEVICE, reason: 'unresponsive', factor }),
        ).rejects.toMatchObject({ kind: 'LOCKED' });
      await gateway.call('closeTierZero');
      expect(ward.connections).toBe(0);
      expect(auditOnDisk(join(root, 'waiting')).at(-1)).toBe('tierZeroClosed');
    },
    DEADLINE_MS,
  );
});
