import { join } from 'node:path';
import { TestWorld } from '@onebox/gateway/access/test-world.js';
import type { Gateway } from '@onebox/gateway/gateway.js';
import type { LinkProvider } from '@onebox/gateway/links/link.js';
import { route } from '@onebox/gateway/router.js';
import { OneBoxError } from '@onebox/protocol/errors.js';
import { beforeAll, describe, expect } from 'vitest';
import { auditOnDisk } from '../interrogation/tablet.js';
import { attack } from './attack.js';
import { enrol, factor, scratch, wrongFactor } from './victim.js';

const { root, start } = scratch();
const DEVICE = 'ble:00:aa:01:0b:0e:01';
const MINUTE = 60_000;

/** A thermometer in the room: what counts is whether anybody connects to it. */
class Room implements LinkProvider {
  readonly transport = 'ble';
  connections = 0;

  async preflight() {
    return [];
  }
  async scan(listener: Parameters<LinkProvider['scan']>[0]) {
    const at = Date.now();
    const ble = { name: 'Thermometer', services: ['1809'], serviceData: [], connectable: true };
    listener.seen({ id: DEVICE, transport: 'ble', firstHeard: at, lastHeard: at, ble });
    return { stop: async () => undefined };
  }
  async open(): Promise<never> {
    this.connections += 1;
    throw new OneBoxError('LINK_NOT_FOUND');
  }
  async dispose() {}
}

describe('a thief with the unlocked tablet', () => {
  const room = new Room();
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await start('tablet', { providers: [room] });
    await enrol(gateway, 'Robin Vale', 'responder');
    await gateway.call('startScan');
  });

  attack('T8a', async () => {
    // The person who knows the PIN gets to the device: the room would notice the thief too.
    const { accessId } = await gateway.call('breakGlass', { deviceId: DEVICE, reason: 'unresponsive', factor });
    await expect.poll(() => room.connections).toBeGreaterThan(0);
    await gateway.call('close', { accessId });
    const connected = room.connections;
    const refused = () => auditOnDisk(join(root, 'tablet')).filter((event) => event === 'breakGlassRefused').length;

    const ask = (input: object) => route(gateway, 'breakGlass', { deviceId: DEVICE, ...input });
    for (const input of [
      {},
      { reason: 'unresponsive' },
      { factor },
      { reason: '', factor },
      { reason: 'curiosity', factor },
      { reason: 'unresponsive', factor: {} },
      { reason: 'unresponsive', factor: { kind: 'pin', pin: '' } },
      { reason: 'unresponsive', factor: { kind: 'face' } },
    ])
      expect(await ask(input), JSON.stringify(input)).toMatchObject({ ok: false, error: { kind: 'INPUT_INVALID' } });
    const guess = (shown: object = wrongFactor) => ask({ reason: 'unresponsive', factor: shown });
    for (const triesLeft of [4, 3, 2, 1])
      expect(await guess()).toMatchObject({ ok: false, error: { kind: 'FACTOR_WRONG', params: { triesLeft } } });
    expect(await guess()).toMatchObject({ ok: false, error: { kind: 'FACTOR_WAIT', params: { seconds: 60 } } });
    // Now the right one is not tried either.
    expect(await guess(factor)).toMatchObject({ ok: false, error: { kind: 'FACTOR_WAIT' } });
    expect(refused()).toBe(6);
    expect(room.connections).toBe(connected);
  });

  attack('T8b', async () => {
    const world = await new TestWorld().open();
    try {
      const { personId } = await world.enrolled();
      const { accessId } = await world.access.breakGlass(world.request(personId));
      world.clock.pass(14 * MINUTE);
      expect(world.access.assertOpen(accessId).state).toBe('open');
      for (const shown of [undefined, { kind: 'pin', pin: '' } as const])
        await expect(world.access.extend(accessId, shown)).rejects.toMatchObject({ kind: 'FACTOR_MISSING' });
      await expect(world.access.extend(accessId, wrongFactor)).rejects.toMatchObject({ kind: 'FACTOR_WRONG' });
      world.clock.pass(MINUTE);
      expect(() => world.access.assertOpen(accessId)).toThrow(expect.objectContaining({ kind: 'ACCESS_ENDED' }));
      await expect(world.access.extend(accessId, wrongFactor)).rejects.toMatchObject({ kind: 'FACTOR_WRONG' });
      expect(world.access.get(accessId).state).toBe('ended');
      expect((await world.events()).filter((event) => event === 'accessDenied').length).toBeGreaterThanOrEqual(4);
      await world.access.stop();
      await world.audit.close();
    } finally {
      world.remove();
    }
  });
});
