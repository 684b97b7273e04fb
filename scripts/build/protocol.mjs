import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as esbuild from 'esbuild';
import { root, stale } from './files.mjs';

// Programs from one schema. Each has a protobufjs root of its own, so that they can live in one process.
const common = [
  '-t',
  'static-module',
  '-w',
  'es6',
  '--es6',
  '--no-service',
  '--no-verify',
  '--no-delimited',
  '--force-number',
  '--dts',
];
const outputs = [
  // The body of an entry of the log and what it refers to: read at each start, so that nothing more is in it.
  {
    file: 'audit.js',
    only: ['audit.proto'],
    leaveOut: [],
    options: ['-r', 'onebox-audit', '--no-convert', '--no-typeurl', '--sparse'],
    small: false,
  },
  // The whole schema: encode, decode and create.
  { file: 'onebox.js', leaveOut: [], options: ['-r', 'onebox', '--no-convert', '--no-typeurl'], small: false },
  // The same with fromObject and toObject, for the JSON form.
  { file: 'convert.js', leaveOut: [], options: ['-r', 'onebox-convert', '--no-typeurl'], small: false },
  // For the sandbox of a driver: nothing of the audit log.
  {
    file: 'wire.js',
    leaveOut: ['audit.proto'],
    options: ['-r', 'onebox-wire', '--no-convert', '--no-typeurl'],
    small: true,
  },
];

/** Generates protocol/generated from the .proto files, where it is older than they are. True when something was made. */
export function buildProtocol() {
  const proto = join(root, 'protocol/proto');
  const out = join(root, 'protocol/generated');
  const sources = readdirSync(join(proto, 'onebox/v1')).sort();
  const paths = (files) => files.map((file) => join(proto, 'onebox/v1', file));
  let made = false;
  for (const { file, only = sources, leaveOut, options, small } of outputs) {
    const target = join(out, file);
    if (!stale(target, [...paths(sources), import.meta.filename])) continue;
    mkdirSync(out, { recursive: true });
    const inputs = paths(only.filter((source) => !leaveOut.includes(source)));
    const pbjs = join(root, 'node_modules/protobufjs-cli/bin/pbjs');
    execFileSync(process.execPath, [pbjs, ...common, ...options, '-p', proto, '-o', target, ...inputs], {
      stdio: 'inherit',
    });
    // The types are made from the comments, so those can go only now.
    if (small)
      writeFileSync(target, esbuild.transformSync(readFileSync(target, 'utf8'), { format: 'esm', minify: true }).code);
    made = true;
  }
  return made;
}
