import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Manifest } from '@onebox/driver-sdk/manifest.js';

interface Package {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
}

/**
 * What is bundled in a driver, as a CycloneDX 1.6 bill of materials in JSON: the packages of the bundled files, each
 * with its version and licence. The same sources give the same bytes: it has no serial number and no time.
 */
export function billOfMaterials(manifest: Manifest, folder: string, inputs: readonly string[], code: string): string {
  const packages = new Map<string, Package>();
  for (const input of inputs) {
    if (input.startsWith(`${folder}/`) && !input.includes('/node_modules/')) continue;
    const found = packageOf(input);
    if (found) packages.set(`${found.name}@${found.version}`, found);
  }
  const sorted = [...packages].sort(([a], [b]) => (a < b ? -1 : 1));
  const bill = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      component: {
        type: 'application',
        'bom-ref': `${manifest.id}@${manifest.version}`,
        name: manifest.id,
        version: manifest.version,
        supplier: { name: manifest.vendor },
        hashes: [{ alg: 'SHA-256', content: createHash('sha256').update(code).digest('hex') }],
      },
    },
    components: sorted.map(([ref, { name, version, license }]) => ({
      type: 'library',
      'bom-ref': ref,
      name,
      version,
      purl: `pkg:npm/${name.replace('@', '%40')}@${version}`,
      ...(license ? { licenses: [{ license: { id: license } }] } : {}),
    })),
    dependencies: [{ ref: `${manifest.id}@${manifest.version}`, dependsOn: sorted.map(([ref]) => ref) }],
  };
  return `${JSON.stringify(bill, null, 1)}\n`;
}

/** The nearest package.json above a file that has a name and a version. */
function packageOf(file: string): Package | undefined {
  for (let folder = dirname(file); dirname(folder) !== folder; folder = dirname(folder)) {
    const path = join(folder, 'package.json');
    if (!existsSync(path)) continue;
    const { name, version, license } = JSON.parse(readFileSync(path, 'utf8')) as Partial<Package>;
    if (name !== undefined && version !== undefined) return { name, version, ...(license ? { license } : {}) };
  }
  return undefined;
}
