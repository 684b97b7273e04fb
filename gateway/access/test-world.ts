import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { OneBoxError } from '@onebox/protocol/errors.js';
import { AuditLog } from '../audit/log.js';
import type { Clock } from '../files/clock.js';
import { Disk } from '../files/disk.js';
import type { AppendFile } from '../files/files.js';
import { eraseOverdue } from '../records/eraser.js';
import { RecordStore } from '../records/store.js';
import { AccessControl } from './access.js';
import type { BadgeReader } from './badge/badge-reader.js';
import { FactorStore } from './factors/store.js';
import { People } from './people.js';
import { PinVault } from './pin-vault.js';
import { TryCounter } from './tries.js';
import type { BreakGlassRequest } from './types.js';

/** For tests: a clock that is moved by hand, each hand apart. */
export class HandClock implements Clock {
  unix = Date.UTC(2026, 10, 22, 12);
  monotonic = 1000;
  up = 50_000;
  unixMs = () => this.unix;
  monotonicMs = () => this.monotonic;
  uptimeMs = () => this.up;

  pass(ms: number): void {
    this.unix += ms;
    this.monotonic += ms;
    this.up += ms;
  }

  suspend(ms: number): void {
    this.unix += ms;
    this.up += ms;
  }
}

export const PIN = '402817';
export const OTHER_PIN = '913058';

/** Closes what a crash would leave open, without writing anything. */
class DyingDisk extends Disk {
  /** The file of this name can not be replaced. */
  refuses: string | undefined;
  private readonly opened: AppendFile[] = [];

  override async openAppend(path: string): Promise<AppendFile> {
    const file = await super.openAppend(path);
    this.opened.push(file);
    return file;
  }

  override async rename(from: string, to: string): Promise<void> {
    if (this.refuses === basename(to)) throw new OneBoxError('STORE_DENIED', 'EIO');
    await super.rename(from, to);
  }

  async die(): Promise<void> {
    for (const file of this.opened.splice(0)) await file.close().catch(() => undefined);
  }
}

/** For tests: the real store in a folder of its own, with cheap key derivation. Opened again on the same folder it is a restart. */
export class TestWorld {
  readonly clock = new HandClock();
  /** Which start of the machine it is. */
  boot: string | undefined = 'first';
  badgeReader: BadgeReader | undefined;
  readonly disk = new DyingDisk();
  audit!: AuditLog;
  vault!: PinVault;
  access!: AccessControl;
  records!: RecordStore;

  /** `practice`: one factor is always enough. */
  constructor(
    private readonly practice = true,
    readonly root = mkdtempSync(join(tmpdir(), 'onebox-access-')),
  ) {}

  async open(): Promise<this> {
    const { clock, root } = this;
    const files = this.disk;
    const vaultFolder = join(root, 'vault');
    await eraseOverdue(files, join(root, 'records'), { clock, boot: this.boot });
    this.audit = await AuditLog.open({ folder: join(root, 'audit'), keptFolder: vaultFolder, files, clock });
    this.vault = await PinVault.load({ folder: vaultFolder, files, clock, cost: { memoryKiB: 64, iterations: 1 } });
    const people = await People.load(files, vaultFolder);
    const tries = await TryCounter.load(files, vaultFolder, { clock, boot: this.boot });
    const factors = await FactorStore.load(files, vaultFolder, this.vault);
    const { audit, vault, practice, badgeReader } = this;
    this.access = await AccessControl.open({ audit, vault, people, tries, factors, clock, practice, badgeReader });
    this.records = await RecordStore.open({
      folder: join(root, 'records'),
      files,
      vault: this.vault,
      audit: this.audit,
      clock,
      boot: this.boot,
    });
    return this;
  }

  /** With one responder, unlocked. */
  async enrolled(): Promise<{ personId: string; recoveryWords: readonly string[] }> {
    const { person, recoveryWords } = await this.access.enrol({ displayName: 'A. Meyer', role: 'responder', pin: PIN });
    return { personId: person.id, recoveryWords };
  }

  request(personId: string, more: Partial<BreakGlassRequest> = {}): BreakGlassRequest {
    return {
      deviceKey: 'aa:bb:cc:dd:ee:ff',
      deviceClass: 'icd',
      driver: { id: 'onebox-native', version: '1.0.0' },
      transport: 'ble',
      personId,
      reason: 'arrest-or-shock',
      factor: { kind: 'pin', pin: PIN },
      practice: false,
      ...more,
    };
  }

  async events(): Promise<string[]> {
    await this.access.settled();
    return (await this.audit.rows())
      .map((row) => row.event.slice('audit.'.length))
      .filter((name) => name !== 'checkpoint');
  }

  /** A crash: nothing is closed in order. */
  async crash(): Promise<void> {
    await this.access.settled();
    await this.disk.die();
  }

  /** Another process on the same folder, after a crash: no shift runs. */
  async restart(): Promise<void> {
    await this.crash();
    await this.open();
  }

  /** Closes all of it in order, and removes the folder. */
  async end(): Promise<void> {
    await this.records.close();
    await this.access.stop();
    await this.audit.close();
    this.remove();
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
