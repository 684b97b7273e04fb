import { type Manifest, readManifest } from '@onebox/driver-sdk/manifest.js';
import { OneBoxError } from '@onebox/protocol/errors.js';
import { driverFromCode, type LoadedDriver } from '../driver-host/driver-index.js';
import { parseRecording, type Recording } from '../recordings/format.js';
import type { DriverPackage } from './container.js';
import { compareVersions } from './versions.js';

/** A recording and what the driver must find in it. */
export interface SelfTestCase {
  readonly name: string;
  readonly recording: Recording;
  /** As `findingLines` writes them. */
  readonly golden: string;
}

/** What a package holds, as it is used. */
export interface PackedDriver {
  readonly manifest: Manifest;
  readonly driver: LoadedDriver;
  readonly selfTest: readonly SelfTestCase[];
}

/** Reads what is in a package. DRIVER_PACKAGE, MANIFEST_INVALID, RECORDING_INVALID when it is not whole. */
export function openPackedDriver({ id, version, files }: DriverPackage): PackedDriver {
  const manifest = readManifest(textOf(files, 'manifest.json'));
  if (manifest.id !== id || manifest.version !== version) throw invalid('the manifest is of another driver');
  if (manifest.minimumVersion !== undefined && compareVersions(manifest.minimumVersion, version) > 0)
    throw invalid('the driver is older than its own minimumVersion');
  assertBillOfMaterials(textOf(files, 'sbom.cdx.json'), id, version);
  const selfTest: SelfTestCase[] = [];
  for (const path of files.keys()) {
    if (path.endsWith('.findings.jsonl') && !files.has(path.replace(/\.findings\.jsonl$/, '.obrec')))
      throw invalid(`${path} without its recording`);
    if (path.endsWith('.obrec')) selfTest.push(selfTestCase(files, path, id));
  }
  if (selfTest.length === 0) throw invalid('no recording for the self-test');
  return { manifest, driver: driverFromCode(manifest, textOf(files, 'driver.js')), selfTest };
}

function selfTestCase(files: DriverPackage['files'], path: string, id: string): SelfTestCase {
  const name = path.slice('recordings/'.length, -'.obrec'.length);
  const recording = parseRecording(textOf(files, path));
  const { header, truncated } = recording;
  if (header.driver.id !== id) throw invalid(`${path} is of another driver`);
  if (truncated) throw invalid(`${path} is cut off`);
  if (!header.practice && !header.masked) throw invalid(`${path} may say who a patient is`);
  return { name, recording, golden: textOf(files, `recordings/${name}.findings.jsonl`) };
}

/** CycloneDX, of this driver. */
function assertBillOfMaterials(text: string, id: string, version: string): void {
  let bill: { bomFormat?: unknown; metadata?: { component?: { name?: unknown; version?: unknown } } } | null;
  try {
    bill = JSON.parse(text) as typeof bill;
  } catch {
    throw invalid('sbom.cdx.json is not JSON');
  }
  const component = bill?.metadata?.component;
  if (bill?.bomFormat !== 'CycloneDX' || component?.name !== id || component?.version !== version)
    throw invalid('sbom.cdx.json is not the bill of materials of this driver');
}

function textOf(files: DriverPackage['files'], path: string): string {
  const bytes = files.get(path);
  if (!bytes) throw invalid(`no ${path}`);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw invalid(`${path} is not UTF-8`);
  }
}

function invalid(why: string): OneBoxError {
  return new OneBoxError('DRIVER_PACKAGE', why);
}
