import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Abilities,
  failure,
  find,
  LAB,
  type LinkWorld,
  pause,
  QUICK,
  type RemoteDevice,
  ramp,
  reopened,
  SHORT,
  SLACK_MS,
  until,
} from './contract-world.js';
import type { Link, Packet, Scan, Sighting } from './link.js';

/** The contract of `Link` and `LinkProvider`: the same tests over every kind of link and every kind of air. */
export function describeLinkContract(name: string, abilities: Abilities, makeWorld: () => Promise<LinkWorld>): void {
  describe(`link contract: ${name}`, () => {
    let world: LinkWorld;
    let id: string;
    let scan: Scan;
    let link: Link;
    const gatt = abilities.transport === 'ble';
    const channel = gatt ? LAB.notify : 'line';
    const escaped: unknown[] = [];
    const onEscape = (reason: unknown): void => {
      escaped.push(reason);
    };
    const open = (target = id): Promise<Link> =>
      world.provider.open(target, { ...QUICK, ...(world.line ? { line: world.line } : {}) });

    beforeAll(async () => {
      process.on('unhandledRejection', onEscape);
      world = await makeWorld();
      ({ id, scan } = await find(world.provider, world.device));
    });
    afterAll(async () => {
      await scan?.stop();
      await world?.provider.dispose();
      await world?.dispose();
      await pause(20);
      process.removeListener('unhandledRejection', onEscape);
      expect(escaped).toEqual([]);
    });

    test('two alike are two', async () => {
      const ids = new Set<string>();
      const seen = (sighting: Sighting): void => {
        if (world.device.matches(sighting) || world.twin.matches(sighting)) ids.add(sighting.id);
        expect(sighting.lastHeard).toBeGreaterThanOrEqual(sighting.firstHeard);
      };
      const second = await world.provider.scan({ seen, gone: () => {}, state: () => {} });
      await until(() => ids.size === 2);
      await second.stop();
    });

    test.runIf(abilities.rssi)('signal strength follows the device', async () => {
      let rssi: number | undefined;
      const seen = (sighting: Sighting): void => {
        if (sighting.id === id) rssi = sighting.ble?.rssi;
      };
      const second = await world.provider.scan({ seen, gone: () => {}, state: () => {} });
      await until(() => rssi === -50);
      world.device.rssi?.(-90);
      await until(() => rssi === -90, 6_000);
      world.device.rssi?.(-50);
      await second.stop();
    });

    test('opening something that nobody has heard', async () => {
      const target = gatt ? 'ble:00:00:00:00:00:01' : 'serial:/dev/onebox-no-such-port';
      expect(['LINK_NOT_FOUND', 'SERIAL_NOT_FOUND']).toContain((await failure(open(target))).kind);
    });

    test('opens, lists channels, and is not opened twice', async () => {
      link = await open();
      expect(link.transport).toBe(abilities.transport);
      const ids = (await link.channels(QUICK)).map((one) => one.id);
      expect(ids).toContain(channel);
      expect(['LINK_BUSY', 'SERIAL_BUSY']).toContain((await failure(open())).kind);
      expect((await failure(link.read('0000', QUICK))).kind).toBe(gatt ? 'LINK_NO_CHANNEL' : 'LINK_MISUSE');
      expect((await failure(link.write('0000', ramp(1), QUICK))).kind).toBe('LINK_NO_CHANNEL');
    });

    test('200 packets arrive in order, after the subscription and until its end', async () => {
      const got: number[] = [];
      const take = (packet: Packet): void => {
        expect(packet.channel).toBe(channel);
        got.push(...packet.bytes);
      };
      const end = await link.subscribe(channel, take, QUICK);
      world.device.push(200);
      await until(() => got.length >= 200);
      expect(got).toEqual([...ramp(200)]);
      await end();
      world.device.push(3);
      await pause(50);
      expect(got.length).toBe(200);
    });

    test('an abort ends a wait, and the link goes on', async () => {
      const controller = new AbortController();
      controller.abort();
      const options = { ...QUICK, signal: controller.signal };
      expect((await failure(link.subscribe(channel, () => {}, options))).kind).toBe('LINK_ABORTED');
      expect((await link.channels(QUICK)).length).toBeGreaterThan(0);
    });

    describe.runIf(gatt)('GATT', () => {
      test('MTU, reads, writes, and a characteristic that two services have', async () => {
        expect(link.maxWrite).toBe(244);
        expect(Buffer.from(await link.read(LAB.stored, QUICK)).toString()).toBe('hello');
        await link.write(LAB.stored, Buffer.from('world'), QUICK);
        expect(Buffer.from(await link.read(LAB.stored, QUICK)).toString()).toBe('world');
        await link.write(LAB.stored, Buffer.from('nowait'), { ...QUICK, withResponse: false });
        expect(Buffer.from(await link.read(LAB.stored, QUICK)).toString()).toBe('nowait');
        const batteries = (await link.channels(QUICK)).filter((one) => one.id.endsWith(LAB.battery));
        expect(batteries.map((one) => one.id).sort()).toEqual(['180F/2A19', 'FFF0/2A19']);
        expect(await link.read('180F/2A19', QUICK)).toEqual(Uint8Array.of(1));
        expect(await link.read('FFF0/2A19', QUICK)).toEqual(Uint8Array.of(2));
        expect((await failure(link.read('2A19', QUICK))).kind).toBe('LINK_NO_CHANNEL');
        expect((await failure(link.write(LAB.stored, ramp(254), QUICK))).kind).toBe('LINK_MISUSE');
      });

      test('long values are whole', async () => {
        expect(await link.read(LAB.long300, QUICK)).toEqual(ramp(300));
        expect(await link.read(LAB.long512, QUICK)).toEqual(ramp(512));
      });

      test('an empty value and a refused one are different', async () => {
        expect((await failure(link.read(LAB.empty, QUICK))).kind).toBe('LINK_EMPTY');
        expect(await link.read(LAB.empty, { ...QUICK, allowEmpty: true })).toEqual(new Uint8Array());
        const read = await failure(link.read(LAB.refused, QUICK));
        expect([read.kind, read.params.attError]).toEqual(['LINK_REFUSED', 0x80]);
        const write = await failure(link.write(LAB.refused, ramp(2), QUICK));
        expect([write.kind, write.params.attError]).toEqual(['LINK_REFUSED', 0x81]);
        expect((await link.read(LAB.long300, QUICK)).length).toBe(300);
      });

      test('an indication is delivered and confirmed', async () => {
        const got: Packet[] = [];
        const end = await link.subscribe(LAB.indicate, (packet) => got.push(packet), QUICK);
        await world.device.indicate?.(Uint8Array.of(0xca, 0xfe));
        expect(got.map((packet) => [...packet.bytes])).toEqual([[0xca, 0xfe]]);
        await end();
      });

      test('a value that needs encryption', async () => {
        expect(Buffer.from(await link.read(LAB.secret, QUICK)).toString()).toBe('secret');
      });

      test('packets that break the rules are dropped, and the link goes on', async () => {
        const hostile: [Parameters<NonNullable<RemoteDevice['raw']>>[0], string][] = [
          ['att', ''],
          ['att', '1b'],
          ['att', '1b01'],
          ['att', '1d'],
          ['att', '1bffff00'],
          ['att', '02'],
          ['att', '0b'],
          ['att', '01'],
          ['att', 'd2ffff'],
          ['signalling', ''],
          ['signalling', '1201'],
          ['signalling', '12010800ffffffffffffffff'],
          ['smp', ''],
          ['smp', '02'],
          ['smp', '02030001100001'],
          ['smp', '03'],
          ['smp', `04${'00'.repeat(16)}`],
          ['smp', '05'],
          ['smp', '0bff'],
        ];
        for (const [where, hex] of hostile) world.device.raw?.(where, Buffer.from(hex, 'hex'));
        await pause(50);
        expect((await link.read(LAB.long300, QUICK)).length).toBe(300);
      });

      test.each([
        ['13', 'LINK_MALFORMED'],
        ['01', 'LINK_MALFORMED'],
        ['010c000005', 'LINK_MALFORMED'],
        ['010a000004', 'LINK_REFUSED'],
        ['010a000001', 'LINK_REFUSED'],
      ])('the answer %s to a read gives %s', async (answer, kind) => {
        await link.channels(QUICK);
        world.device.answerWith?.(Buffer.from(answer, 'hex'));
        expect((await failure(link.read(LAB.stored, QUICK))).kind).toBe(kind);
        world.device.answerWith?.(undefined);
        if (kind === 'LINK_REFUSED') expect((await link.read(LAB.long300, QUICK)).length).toBe(300);
        else {
          expect((await link.ended).error?.kind).toBe('LINK_MALFORMED');
          link = await reopened(open);
        }
      });

      test('a value that never ends', async () => {
        await link.channels(QUICK);
        world.device.answerWith?.(Buffer.concat([Buffer.from([0x0d]), Buffer.alloc(255)]));
        const kind = (await failure(link.read(LAB.long512, QUICK))).kind;
        world.device.answerWith?.(undefined);
        expect(kind).toBe('LINK_MALFORMED');
        link = await reopened(open);
      });

      test('broken tables: discovery ends', async () => {
        for (const answer of ['11', '1100', '110600', '1106010000000018', '010a00000e']) {
          await link.close();
          link = await reopened(open);
          world.device.answerWith?.(Buffer.from(answer, 'hex'));
          const error = await failure(link.channels(SHORT), SHORT.deadlineMs);
          expect(['LINK_MALFORMED', 'LINK_TIMEOUT', 'LINK_REFUSED']).toContain(error.kind);
          world.device.answerWith?.(undefined);
        }
        await link.close();
        link = await reopened(open);
      });

      test('a device that never answers: the read ends, the link ends, the next one works', async () => {
        const waiting = link.read(LAB.silent, SHORT);
        const behind = link.read(LAB.stored, QUICK);
        const late = failure(behind);
        expect((await failure(waiting, SHORT.deadlineMs)).kind).toBe('LINK_TIMEOUT');
        expect((await late).kind).toBe('LINK_TIMEOUT');
        expect((await link.ended).error?.kind).toBe('LINK_TIMEOUT');
        link = await reopened(open);
      });

      test('silence during discovery', async () => {
        await link.close();
        link = await reopened(open);
        world.device.silence(true);
        expect((await failure(link.channels(SHORT), SHORT.deadlineMs)).kind).toBe('LINK_TIMEOUT');
        world.device.silence(false);
        link = await reopened(open);
      });

      test('an aborted read is over at once; the next one gets its own answer', async () => {
        const controller = new AbortController();
        const first = link.read(LAB.long512, { ...QUICK, signal: controller.signal });
        const second = link.read(LAB.long300, QUICK);
        controller.abort();
        expect((await failure(first)).kind).toBe('LINK_ABORTED');
        expect(await second).toEqual(ramp(300));
      });
    });

    test('the device hangs up in the middle: what waits fails, the end is told once', async () => {
      const wait = gatt ? failure(link.read(LAB.silent, QUICK)) : undefined;
      await pause(20);
      world.device.hangUp();
      const { error } = await link.ended;
      expect(['LINK_LOST', 'SERIAL_UNPLUGGED']).toContain(error?.kind);
      if (wait) expect((await wait).kind).toBe('LINK_LOST');
      expect(['LINK_LOST', 'SERIAL_UNPLUGGED']).toContain((await failure(link.channels(QUICK))).kind);
      await link.close();
    });

    describe.runIf(abilities.range)('range', () => {
      test('lost while it reads, and found again', async () => {
        link = await reopened(open);
        await link.channels(QUICK);
        world.device.range?.(false);
        const error = await failure(link.read(LAB.stored, QUICK));
        expect(['LINK_LOST', 'LINK_TIMEOUT']).toContain(error.kind);
        expect((await failure(world.provider.open(id, SHORT), SHORT.deadlineMs)).kind).toBe('LINK_TIMEOUT');
        const later = reopened(open);
        await pause(100);
        world.device.range?.(true);
        link = await later;
        expect((await link.read(LAB.long300, QUICK)).length).toBe(300);
      });

      test('lost during discovery, and during notifications', async () => {
        await link.close();
        link = await reopened(open);
        const discovery = failure(link.channels(QUICK));
        world.device.range?.(false);
        expect((await discovery).kind).toBe('LINK_LOST');
        world.device.range?.(true);
        link = await reopened(open);
        let got = 0;
        await link.subscribe(LAB.notify, () => got++, QUICK);
        world.device.push(20);
        await until(() => got > 5);
        world.device.range?.(false);
        expect((await link.ended).error?.kind).toBe('LINK_LOST');
        world.device.range?.(true);
      });

      test('an abort while it connects', async () => {
        world.device.range?.(false);
        const controller = new AbortController();
        const attempt = failure(world.provider.open(id, { ...QUICK, signal: controller.signal }));
        await pause(50);
        controller.abort();
        expect((await attempt).kind).toBe('LINK_ABORTED');
        world.device.range?.(true);
        link = await reopened(open);
      });

      test('closing a link whose device is gone takes less than a second', async () => {
        world.device.range?.(false);
        const started = performance.now();
        await link.close();
        expect(performance.now() - started).toBeLessThan(1_000 + SLACK_MS);
        expect((await link.ended).error).toBeUndefined();
        world.device.range?.(true);
      });
    });
  });
}
