import { join } from 'node:path';
import variant from '@jitl/quickjs-wasmfile-release-sync';
import { build } from 'esbuild';
import { newQuickJSWASMModuleFromVariant, type QuickJSSyncVariant } from 'quickjs-emscripten-core';
import { expect, test } from 'vitest';
import { v1 as full } from './messages.js';
import { v1 } from './wire.js';

const finding = {
  observation: {
    code: { coding: [{ system: 'urn:iso:std:iso:11073:10101', code: '150456', display: 'SpO₂' }] },
    time: { unixMs: 1_700_000_000_123, quality: 1 },
    validity: [1],
    numeric: { value: { coefficient: -9_007_199_254_740_991, exponent: -1 }, unit: '%' },
  },
  sequence: 7,
};

test('wire and full give the same bytes', () => {
  expect(Buffer.from(v1.Finding.encode(finding).finish())).toEqual(Buffer.from(full.Finding.encode(finding).finish()));
});

test('64-bit fields are plain numbers, whole up to 2^53 - 1', () => {
  const bytes = full.Finding.encode(finding).finish();
  for (const message of [v1.Finding.decode(bytes), full.Finding.decode(bytes)]) {
    expect(message.observation?.numeric?.value?.coefficient).toBe(-9_007_199_254_740_991);
    expect(message.observation?.time?.unixMs).toBe(1_700_000_000_123);
    expect(message.observation?.time?.endUnixMs).toBe(0);
  }
});

test('wire has neither the audit log nor a JSON mapping', () => {
  expect('AuditRecord' in v1).toBe(false);
  expect('fromObject' in v1.Finding).toBe(false);
});

// What a driver does: bundled as one script, run in QuickJS, without any of Node.
test('wire runs in QuickJS and gives the same bytes and numbers', async () => {
  const source = `
    import { v1 } from './wire.js';
    const finding = ${JSON.stringify(finding)};
    const bytes = v1.Finding.encode(finding).finish();
    const back = v1.Finding.decode(bytes);
    globalThis.result = JSON.stringify({ bytes: Array.from(bytes), unixMs: back.observation.time.unixMs, coefficient: back.observation.numeric.value.coefficient, display: back.observation.code.coding[0].display });`;
  const bundle = await build({
    stdin: { contents: source, resolveDir: import.meta.dirname },
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'neutral',
    mainFields: ['main'],
    absWorkingDir: join(import.meta.dirname, '..'),
  });
  const code = bundle.outputFiles[0]?.text ?? '';
  const quickjs = await newQuickJSWASMModuleFromVariant(variant as unknown as QuickJSSyncVariant);
  const context = quickjs.newContext();
  try {
    context.unwrapResult(context.evalCode(code)).dispose();
    const handle = context.getProp(context.global, 'result');
    const result = JSON.parse(context.getString(handle));
    handle.dispose();
    expect(result).toEqual({
      bytes: [...full.Finding.encode(finding).finish()],
      unixMs: 1_700_000_000_123,
      coefficient: -9_007_199_254_740_991,
      display: 'SpO₂',
    });
  } finally {
    context.dispose();
  }
});

// The renderer runs without unsafe-eval: nothing in our code or in the runtime that we load may need it.
test('decoding works where code generation from strings is disallowed', async () => {
  const bundle = await build({
    stdin: {
      contents: `import { v1 } from './messages.js'; export const n = v1.Finding.decode(v1.Finding.encode({ sequence: 3 }).finish()).sequence;`,
      resolveDir: import.meta.dirname,
    },
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'browser',
  });
  const { createContext, runInContext } = await import('node:vm');
  const sandbox = createContext(
    { module: { exports: {} }, TextDecoder },
    { codeGeneration: { strings: false, wasm: false } },
  );
  expect(() => runInContext('new Function("")', sandbox)).toThrow();
  runInContext(bundle.outputFiles[0]?.text ?? '', sandbox);
  expect(runInContext('module.exports.n', sandbox)).toBe(3);
});
