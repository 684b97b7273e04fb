import { ambiguity } from '@onebox/driver-sdk/ambiguity.js';
import type { Manifest } from '@onebox/driver-sdk/manifest.js';
import { DriverIndex } from '@onebox/gateway/driver-host/driver-index.js';
import { manifestLine, type Project } from '../project.js';
import { fail, type Line, ok } from '../report.js';

const MENDS = {
  ble: 'add what only your device has: "name", "manufacturerData" or "serviceData"',
  serial: 'add "usb" with your ids, or an "identify" that only your device answers',
  file: 'let "contains" be longer',
} as const;

/** Against all installed drivers: no device may fit two of them equally well. */
export function checkAmbiguity(project: Project, manifest: Manifest): readonly Line[] {
  const others = DriverIndex.open().manifests.filter(({ id }) => id !== manifest.id);
  const found = others.flatMap((other) => ambiguity([manifest, other]));
  if (found.length === 0) return [ok('ambiguity', `none with the ${others.length} installed drivers`)];
  return found.map(({ drivers: [, other], transport, rules: [own] }) =>
    fail(
      'ambiguity',
      `${other} claims the same ${transport} device`,
      { file: 'manifest.json', line: manifestLine(project, ['match', transport, own]) },
      MENDS[transport],
    ),
  );
}
