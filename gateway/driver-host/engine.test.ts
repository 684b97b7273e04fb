import variant from '@jitl/quickjs-wasmfile-release-sync';
import { newQuickJSWASMModuleFromVariant, type QuickJSSyncVariant } from 'quickjs-emscripten-core';
import { expect, it } from 'vitest';

/** The types of the package describe its CommonJS half. */
const quickjs = await newQuickJSWASMModuleFromVariant(variant as unknown as QuickJSSyncVariant);

/** Runs a program in the engine alone, without our host and our bundler. What it gives, or why it was refused. */
function run(program: string): unknown {
  const context = quickjs.newContext();
  try {
    const result = context.evalCode(program, 'program.js', { type: 'global' });
    const given = context.dump(result.error ?? result.value) as unknown;
    (result.error ?? result.value).dispose();
    return result.error ? (given as { message: string }).message : given;
  } finally {
    context.dispose();
  }
}

const LIST = 'function* list() { yield 1; return [2, 3]; } function* all(them) { yield* them; }';

it('runs a generator that yields in the argument of another', () => {
  expect(run(`${LIST} function* main() { yield* all(yield* list()); } [...main()].join()`)).toBe('1,2,3');
});

it('runs a loop over what was yielded before it', () => {
  expect(
    run(`${LIST} function* main() { const a = yield* list(); for (const x of a) yield x; } [...main()].join()`),
  ).toBe('1,2,3');
});

// When this fails the engine was mended: `driver check` and `driver pack` need not refuse it any more.
it('cannot compile a loop of which the head yields', () => {
  expect(run(`${LIST} function* main() { for (const x of yield* list()) yield x; } [...main()].join()`)).toMatch(
    /stack underflow/,
  );
});
