import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root, stale } from './files.mjs';

/** Generates protocol/generated from the .proto files when they are newer. */
export function buildProtocol() {
  const proto = join(root, 'protocol/proto');
  const out = join(root, 'protocol/generated');
  const sources = readdirSync(join(proto, 'onebox/v1')).map((file) => join(proto, 'onebox/v1', file));
  if (!stale(join(out, 'onebox.js'), sources)) return false;
  mkdirSync(out, { recursive: true });
  const options = ['-t', 'static-module', '-w', 'es6', '--es6', '--no-service', '--no-verify', '--force-number', '--dts', '-p', proto];
  execFileSync(process.execPath, [join(root, 'node_modules/protobufjs-cli/bin/pbjs'), ...options, '-o', join(out, 'onebox.js'), ...sources], { stdio: 'inherit' });
  return true;
}
