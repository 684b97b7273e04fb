import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ed25519FromSeed } from '../../audit/crypto.js';
import type { EventName } from '../../audit/events.js';
import { encodeVkey, type NoteSigner, noteSigner } from '../../audit/note.js';
import { type AuditFields, draftRecord } from '../../audit/record.js';
import { bundleFolder, DriverIndex } from '../../driver-host/driver-index.js';
import { nodeLauncher } from '../../driver-host/launcher.js';
import { Disk } from '../../files/disk.js';
import type { Files } from '../../files/files.js';
import { packDriver, signPackage } from '../container.js';
import { DriverPackages } from '../packages.js';
import { Trust } from '../trust.js';
import { checkTrustFile } from '../trust-file.js';

/** For tests: packages of a driver that is there, keys to sign them with, and a tablet to put them on. */

export const ID = 'ble-vitals-gatt';
const driverFolder = join(import.meta.dirname, '../../../drivers', ID);
const read = (path: string): string => readFileSync(path, 'utf8');

export interface KeyPair {
  readonly signer: NoteSigner;
  /** For the trust file. */
  readonly key: string;
}

export function keyPair(name: string, seed: number): KeyPair {
  const bytes = new Uint8Array(32).fill(seed);
  return { signer: noteSigner(name, bytes), key: encodeVkey(name, ed25519FromSeed(bytes).publicKey) };
}

export const vendor = keyPair('acme.example', 1);
export const reviewer = keyPair('review.example', 2);
export const stranger = keyPair('stranger.example', 3);

export const trusted = (more: object = {}): Trust => Trust.of(checkTrustFile(trustFile(more)));
export const trustFile = (more: object = {}) => ({
  format: 'onebox-driver-trust',
  version: 1,
  vendors: [{ key: vendor.key, drivers: ['ble-*'] }],
  reviewers: [{ key: reviewer.key }],
  ...more,
});

export interface Contents {
  readonly version?: string;
  readonly manifest?: object;
  readonly code?: string;
  readonly golden?: (text: string) => string;
  readonly files?: Readonly<Record<string, string | undefined>>;
}

/** A package of the driver under another version, nobody has signed it. */
export function unsigned({
  version = '9.1.0',
  manifest,
  code,
  golden = (text) => text,
  files = {},
}: Contents = {}): Uint8Array {
  const contents: Record<string, string | undefined> = {
    'driver.js': code ?? read(join(bundleFolder(), `${ID}.js`)),
    'manifest.json': JSON.stringify({ ...JSON.parse(read(join(driverFolder, 'manifest.json'))), version, ...manifest }),
    'sbom.cdx.json': JSON.stringify({ bomFormat: 'CycloneDX', metadata: { component: { name: ID, version } } }),
    'recordings/oximeter.obrec': read(join(driverFolder, 'recordings/oximeter.obrec')),
    'recordings/oximeter.findings.jsonl': golden(read(join(driverFolder, 'recordings/oximeter.findings.jsonl'))),
    ...files,
  };
  const entries = Object.entries(contents).flatMap(([path, text]) =>
    text === undefined ? [] : [[path, Buffer.from(text)] as const],
  );
  return packDriver(ID, version, new Map(entries));
}

export const signedBy = (bytes: Uint8Array, ...keys: readonly KeyPair[]): Uint8Array =>
  keys.reduce((signed, { signer }) => signPackage(signed, signer), bytes);

export const signed = (contents: Contents = {}): Uint8Array => signedBy(unsigned(contents), vendor, reviewer);

/** A folder that plays the store of a tablet; opened again it is a restart. */
export class PackagesWorld {
  readonly folder = mkdtempSync(join(tmpdir(), 'onebox-packages-'));
  readonly events: { readonly event: EventName; readonly fields: AuditFields }[] = [];
  builtIn = new DriverIndex([]);
  applicationVersion = '1.0.0';
  developer = false;
  files: Files = new Disk();

  open(): Promise<DriverPackages> {
    return DriverPackages.open({
      folder: this.folder,
      files: this.files,
      audit: {
        append: async (event, fields = {}) => {
          // As the log does: an event that could not be written fails here too.
          draftRecord(event, fields, { unixMs: 0, monotonicMs: 0, bootId: new Uint8Array(16) });
          return this.events.push({ event, fields: fields as AuditFields });
        },
      },
      builtIn: this.builtIn,
      launcher: nodeLauncher(),
      applicationVersion: this.applicationVersion,
      developer: this.developer,
    });
  }

  /** Events since the last call. */
  said(): string[] {
    return this.events
      .splice(0)
      .map(({ event, fields }) => [event, fields.driver?.version, fields.error].filter(Boolean).join(' '));
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
