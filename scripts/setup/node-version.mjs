// Imported before everything else: what follows needs the Node of package.json, and Debian 12 has an older one.
import { readFileSync } from 'node:fs';

const { engines } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
const wanted = engines.node.replace('>=', '');
const here = process.versions.node;
if (here.localeCompare(wanted, 'en', { numeric: true }) < 0) {
  console.error(`OneBox needs Node ${wanted} or newer, and this is ${here} (${process.execPath}).`);
  console.error('Nothing was changed. Install a newer Node (https://nodejs.org), then run the same command again.');
  process.exit(1);
}
