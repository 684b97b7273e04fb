import { join } from 'node:path';
import type { ReviewDecision, ReviewItem } from '@onebox/gateway/api.js';
import { EVENTS } from '@onebox/gateway/audit/events.js';
import { AuditLog } from '@onebox/gateway/audit/log.js';
import type { Gateway } from '@onebox/gateway/gateway.js';
import { route } from '@onebox/gateway/router.js';
import { storeFolders } from '@onebox/gateway/store.js';
import { beforeAll, describe, expect } from 'vitest';
import { auditOnDisk } from '../interrogation/tablet.js';
import { attack } from './attack.js';
import { enrol, factor, lay, PATIENT, scratch } from './victim.js';

const { root, start, stop } = scratch();
const folder = join(root, 'tablet');
const STAFF = {
  Manager: 'device-manager',
  Robin: 'responder',
  Officer: 'privacy-officer',
  Second: 'privacy-officer',
} as const;
type Name = keyof typeof STAFF;

describe('a forged reviewer', () => {
  let gateway: Gateway;
  const ids = new Map<Name, string>();
  const unlock = (name: Name) => {
    const witness = ids.get(name === 'Robin' ? 'Manager' : 'Robin')!;
    const second = { kind: 'witness', personId: witness, factor } as const;
    return gateway.call('unlock', { personId: ids.get(name)!, factor, second });
  };
  const queue = async (): Promise<readonly ReviewItem[]> => (await gateway.call('reviews')).items;
  const decide = (accessId: string, decision: ReviewDecision) => route(gateway, 'decideReview', { accessId, decision });

  /** The glass of a patient is broken by somebody whose role reads no devices. */
  async function override(name: 'Manager' | 'Officer'): Promise<string> {
    await unlock('Robin');
    const { id: deviceId } = await lay(gateway, PATIENT);
    await unlock(name);
    const { accessId } = await gateway.call('breakGlass', { deviceId, reason: 'device-alarm', factor, override: true });
    await gateway.readingOf(accessId).ended;
    await gateway.call('close', { accessId });
    return accessId;
  }

  beforeAll(async () => {
    gateway = await start('tablet');
    for (const name of Object.keys(STAFF) as Name[]) ids.set(name, await enrol(gateway, name, STAFF[name]));
  });

  attack(
    'T11d',
    async () => {
      const accessId = await override('Officer');
      for (const name of ['Manager', 'Robin'] as const) {
        await unlock(name);
        for (const [command, input] of [
          ['reviews', undefined],
          ['decideReview', { accessId, decision: 'justified' }],
        ] as const)
          expect(await route(gateway, command, input)).toMatchObject({ ok: false, error: { kind: 'FORBIDDEN' } });
      }
      await unlock('Officer');
      expect((await queue()).find((one) => one.accessId === accessId)).toMatchObject({ own: true, why: 'override' });
      for (const decision of ['justified', 'questioned', 'closed'] as const)
        expect(await decide(accessId, decision)).toMatchObject({ ok: false, error: { kind: 'REVIEW_OWN' } });
      expect(auditOnDisk(folder).filter((event) => event === 'reviewRefused')).toHaveLength(3);
      await unlock('Second');
      expect((await queue())[0]).toMatchObject({ accessId, state: 'open', signals: ['override'], person: 'Officer' });
      expect(await decide(accessId, 'justified')).toMatchObject({ ok: true });
    },
    120_000,
  );

  attack(
    'T11e',
    async () => {
      const accessId = await override('Manager');
      await unlock('Second');
      await queue();
      await stop(gateway);
      // With the disk in hand: a well-formed log, sound checksums and seals, the pseudonym of a real officer.
      const { audit, vault } = storeFolders(folder);
      const log = await AuditLog.open({ folder: audit, keptFolder: vault });
      const genuine = (await log.records())
        .filter(({ event, seal }) => event === EVENTS.reviewJustified.number && seal.length > 0)
        .at(-1)!;
      for (const seal of [genuine.seal, new Uint8Array(56)])
        await log.append('reviewJustified', { accessId, role: 'privacy-officer', person: genuine.person, seal });
      await log.close();

      gateway = await start('tablet');
      await unlock('Second');
      const { items, forged } = await gateway.call('reviews');
      expect(items.find((one) => one.accessId === accessId)).toMatchObject({ state: 'open' });
      expect(forged).toBe(2);
    },
    120_000,
  );
});
