import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Commands, DeviceRow, GatewayEvent } from '@onebox/gateway/api.js';
import { type EventName, eventByNumber } from '@onebox/gateway/audit/events.js';
import { FrameType, readFrame } from '@onebox/gateway/audit/frame.js';
import { decodeRecord } from '@onebox/gateway/audit/record.js';
import type { DriverIndex } from '@onebox/gateway/driver-host/driver-index.js';
import { nodeLauncher } from '@onebox/gateway/driver-host/launcher.js';
import { Disk } from '@onebox/gateway/files/disk.js';
import type { AppendFile, Files } from '@onebox/gateway/files/files.js';
import { everyFile } from '@onebox/gateway/files/testing/traces.js';
import { Gateway } from '@onebox/gateway/gateway.js';
import type { LinkProvider } from '@onebox/gateway/links/link.js';
import type { ReadingChoices } from '@onebox/gateway/reading.js';
import { drivers as installed } from './bench-top.js';

export const PIN = '482915';

export interface TabletOptions {
  readonly providers: readonly LinkProvider[];
  readonly drivers?: DriverIndex;
  readonly files?: Files;
  readonly reading?: ReadingChoices;
}

/** A whole gateway over a folder of its own, with one enrolled person, unlocked. */
export async function startTablet({ providers, drivers = installed, files, reading = { live: false } }: TabletOptions) {
  const folder = mkdtempSync(join(tmpdir(), 'onebox-tablet-'));
  const gateway = await Gateway.open({
    dataFolder: folder,
    providers,
    drivers,
    launcher: nodeLauncher(),
    practice: true,
    version: '0.0.0',
    reading,
    ...(files ? { files } : {}),
  });
  const events: GatewayEvent[] = [];
  gateway.subscribe((event) => void events.push(event));
  await gateway.call('enrol', { displayName: 'Robin Vale', role: 'responder', pin: PIN });
  const breakGlass = (deviceId: string, more: Partial<Commands['breakGlass']['in']> = {}) =>
    gateway.call('breakGlass', { deviceId, reason: 'unresponsive', factor: { kind: 'pin', pin: PIN }, ...more });
  return {
    folder,
    gateway,
    events,
    breakGlass,
    /** Resolves when a device that fits is heard. */
    heard: (fits: (row: DeviceRow) => boolean) => heard(gateway, fits),
    /** Breaks the glass and reads to the end. */
    read: async (deviceId: string, more: Partial<Commands['breakGlass']['in']> = {}) => {
      const { accessId } = await breakGlass(deviceId, more);
      const reading = gateway.readingOf(accessId);
      return { accessId, reading, document: await reading.ended };
    },
    stop: async () => {
      await gateway.dispose().finally(() => rmSync(folder, { recursive: true, force: true }));
    },
  };
}

async function heard(gateway: Gateway, fits: (row: DeviceRow) => boolean): Promise<DeviceRow> {
  let unsubscribe = (): void => undefined;
  try {
    return await new Promise<DeviceRow>((resolve, reject) => {
      const look = (rows: readonly DeviceRow[]): void => {
        const row = rows.find(fits);
        if (row) resolve(row);
      };
      unsubscribe = gateway.subscribe((event) => event.type === 'devices' && look(event.list.devices));
      gateway.call('startScan').then(({ devices }) => look(devices), reject);
    });
  } finally {
    unsubscribe();
  }
}

/** The events that are on the disk at this moment, read as another program would. Seals of the log itself are left out. */
export function auditOnDisk(folder: string): EventName[] {
  const at = join(folder, 'audit');
  const names: EventName[] = [];
  for (const file of readdirSync(at).sort()) {
    const bytes = readFileSync(join(at, file));
    for (let frame = readFrame(bytes, 0); typeof frame === 'object'; frame = readFrame(bytes, frame.end)) {
      const record = frame.type === FrameType.record ? decodeRecord(frame.body) : undefined;
      const name = record && eventByNumber(record.event);
      if (name && name !== 'checkpoint') names.push(name);
    }
  }
  return names;
}

/** All bytes of all files under a folder. */
export function everything(folder: string): Buffer {
  return Buffer.concat(everyFile(folder).map((path) => readFileSync(path)));
}

/** A disk that refuses to write files whose path fits, as long as `broken` says so. */
export class BreakableDisk extends Disk {
  broken: (path: string) => boolean = () => false;

  override async openAppend(path: string): Promise<AppendFile> {
    const file = await super.openAppend(path);
    return new Proxy(file, {
      get: (target, key) => {
        const value: unknown = Reflect.get(target, key, target);
        if (typeof value !== 'function' || !WRITES.test(String(key)))
          return typeof value === 'function' ? value.bind(target) : value;
        return async (...args: unknown[]) => {
          if (this.broken(path)) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
          return value.apply(target, args);
        };
      },
    });
  }
}

/** What can fail when a disk is full. */
const WRITES = /^(append|sync)/;
