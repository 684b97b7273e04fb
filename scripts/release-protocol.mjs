import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './build/files.mjs';

/**
 * Keeps the present schema as a released one: node scripts/release-protocol.mjs 1.0 (after npm run build).
 * Writes protocol/released/VERSION: the .proto files, and messages in this version's bytes that every later version
 * must read. A released version is never changed.
 */
const version = process.argv[2] ?? '';
if (!/^\d+\.\d+$/.test(version)) throw new Error('usage: node scripts/release-protocol.mjs MAJOR.MINOR');
const folder = join(root, 'protocol/released', version);
if (existsSync(folder)) throw new Error(`${version} is released already`);

const { v1 } = await import('../protocol/dist/messages.js');
const { examples } = await import('../protocol/dist/validation/examples.js');

const recordings = Object.entries(examples()).map(([message, value]) => {
  const type = v1[message];
  const bytes = type.encode(value).finish();
  return {
    message,
    base64: Buffer.from(bytes).toString('base64'),
    json: type.toObject(type.decode(bytes), { enums: String, bytes: String, longs: Number }),
  };
});

mkdirSync(folder, { recursive: true });
cpSync(join(root, 'protocol/proto/onebox'), join(folder, 'onebox'), { recursive: true });
writeFileSync(join(folder, 'recordings.json'), `${JSON.stringify(recordings, null, 2)}\n`);
