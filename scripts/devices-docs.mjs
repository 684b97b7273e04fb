import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { qualityOf } from '@onebox/cli/driver/quality.js';
import { readManifest } from '@onebox/driver-sdk/manifest.js';
import { QUALITY_RULES, TIERS } from '@onebox/driver-sdk/quality.js';
import { root } from './build/files.mjs';
import { table } from './docs/table.mjs';

/**
 * Writes docs/devices.md from the manifests and quality.json of the drivers, after `npm run build`:
 *   node scripts/devices-docs.mjs
 */
const PAGE = join(root, 'docs/devices.md');
const folder = join(root, 'drivers');

const AUTHORISATION = { maker: "needs the maker's", driver: "the driver's own" };
const CLASS_WORDS = { icd: 'ICD', 'crt-p': 'CRT-P', 'crt-d': 'CRT-D', lvad: 'LVAD', cgm: 'CGM' };
const words = (deviceClass) => CLASS_WORDS[deviceClass] ?? deviceClass.replaceAll('-', ' ');
const TRANSPORTS = { ble: 'Bluetooth LE', serial: 'serial', file: 'file' };
/** More would fill the line: such a driver reads whatever device speaks its protocol. */
const MANY = 8;

function drivers() {
  return readdirSync(folder)
    .filter((id) => existsSync(join(folder, id, 'manifest.json')))
    .sort()
    .map((id) => ({
      id,
      manifest: readManifest(readFileSync(join(folder, id, 'manifest.json'), 'utf8'), id),
      ...qualityOf(join(folder, id)),
    }));
}

function tested({ manifest, file }) {
  const real = file.realDevices.length > 0 ? file.realDevices.join('; ') : 'no real device';
  return ['simulator, recordings', ...(manifest.cases ? ['case files'] : []), real].join(', ');
}

function row(driver) {
  const { id, manifest, file, tier } = driver;
  const { deviceClasses, transport, authorisation } = manifest;
  return [
    `[${id}](../drivers/${id}/README.md)`,
    deviceClasses.length > MANY ? 'all' : deviceClasses.map(words).join(', '),
    transport.map((one) => TRANSPORTS[one]).join(', '),
    file.reads.join('; '),
    authorisation ? AUTHORISATION[authorisation] : 'none',
    tier ?? 'none yet',
    tested(driver),
  ];
}

function open({ id, quality, missing }) {
  const rules = missing.map(({ rule, why }) => (why === 'to do' ? rule : `${rule} (${why})`));
  return [id, quality.next ?? '', rules.join(', ')];
}

/** The page as Markdown. */
export function page() {
  const all = drivers();
  const rules = Object.entries(QUALITY_RULES);
  return [
    '# Devices that can be read',
    '',
    '<!-- made by scripts/devices-docs.mjs from the manifests and quality.json of the drivers, do not edit -->',
    '',
    "What each driver reads, and how far it has been tested. A device that needs its maker's authorisation cannot be read",
    'today: its driver shows in practice mode, and with recordings, what the maker would have to open.',
    '',
    ...table(['driver', 'class', 'transport', 'what is read', 'authorisation', 'tier', 'tested against'], all.map(row)),
    '## Quality scale',
    '',
    'A driver has the highest tier whose rules, and those of all tiers below, hold. `quality.json` of each driver says of',
    'every rule whether it is done, exempt with a reason, or to do; where the files of the driver can show it, they are',
    'asked, and a claim that they do not bear out does not count.',
    '',
    ...table(
      ['tier', 'rule', 'what holds', 'who sees it'],
      TIERS.flatMap((tier) =>
        rules.filter(([, rule]) => rule.tier === tier).map(([name, { holds, by }]) => [tier, `\`${name}\``, holds, by]),
      ),
    ),
    '## What is missing for the next tier',
    '',
    ...table(['driver', 'next', 'rules'], all.filter(({ quality }) => quality.next).map(open)),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
}

if (process.argv[1] === import.meta.filename) {
  mkdirSync(dirname(PAGE), { recursive: true });
  writeFileSync(PAGE, page());
}
