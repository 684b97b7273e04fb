import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DriverIndex } from '@onebox/gateway/driver-host/driver-index.js';
import { nodeLauncher } from '@onebox/gateway/driver-host/launcher.js';
import type { Files } from '@onebox/gateway/files/files.js';
import { Gateway } from '@onebox/gateway/gateway.js';

const PIN = '482915';
export const factor = { kind: 'pin', pin: PIN } as const;
const STAFF = { manager: 'device-manager', responder: 'responder', officer: 'privacy-officer' } as const;
export type Who = keyof typeof STAFF;

/** A tablet without radios, with three people on it; nobody of them has unlocked it but the manager. */
export async function staffedTablet(names: Readonly<Record<Who, string>>, files?: Files) {
  const root = mkdtempSync(join(tmpdir(), 'onebox-trail-'));
  const dataFolder = join(root, 'store');
  const gateway = await Gateway.open({
    dataFolder,
    providers: [],
    drivers: DriverIndex.open(),
    launcher: nodeLauncher(),
    practice: false,
    version: '0.0.0',
    reading: { live: false },
    ...(files ? { files } : {}),
  });
  const ids = new Map<Who, string>();
  for (const who of Object.keys(STAFF) as Who[]) {
    const { person } = await gateway.call('enrol', { displayName: names[who], role: STAFF[who], pin: PIN });
    ids.set(who, person.id);
  }
  return {
    root,
    dataFolder,
    gateway,
    unlock: async (who: Who) => {
      const personId = ids.get(who)!;
      const { factors } = await gateway.call('status');
      const begins = factors.some((one) => one.personId === personId && one.secondNeeded);
      const second = { kind: 'witness', personId: ids.get('manager')!, factor } as const;
      await gateway.call('unlock', { personId, factor, ...(begins ? { second } : {}) });
    },
    close: () => gateway.dispose(),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}
