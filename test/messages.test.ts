import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EVENTS } from '@onebox/gateway/audit/events.js';
import { ERRORS } from '@onebox/protocol/errors.js';
import { ONEBOX_TERMS } from '@onebox/protocol/nomenclature/onebox-terms.js';
import { describe, expect, it } from 'vitest';
import { messages } from '../renderer/messages/en/index.js';
// @ts-expect-error: a plain build script
import { filesBelow, root } from '../scripts/build/files.mjs';

const sources = (folder: string): string[] =>
  (filesBelow(join(root, folder), (path: string) => /\.ts$/.test(path) && !/\.test\.ts$/.test(path)) as string[]).map(
    (path) => readFileSync(path, 'utf8'),
  );

const all = (texts: readonly string[], pattern: RegExp): string[] =>
  texts.flatMap((text) => [...text.matchAll(pattern)].map((match) => match[1]!));

/** Every message has its words: what the gateway can send is written in the catalogue, or the catalogue is wrong. */
describe('the catalogue has words for what the gateway sends', () => {
  const has = (id: string): boolean => Object.hasOwn(messages, id);
  const missing = (ids: readonly string[]): string[] => [...new Set(ids)].filter((id) => !has(id)).toSorted();

  it('phrases, labels and reasons that stand in the code of card and discovery', () => {
    const ids = all(
      [...sources('gateway/card'), ...sources('gateway/discovery')],
      /['"`]((?:tile|lead|ev|clock|group|match)\.[a-z0-9.-]+)['"`]/g,
    );
    expect(ids.length).toBeGreaterThan(60);
    expect(missing(ids)).toEqual([]);
  });

  it('what a device says of the worth of a value', () => {
    const said = all([readFileSync(join(root, 'gateway/card/tile.ts'), 'utf8')], /const SAID = new Set\(\[(.*?)\]\)/gs);
    const ids = all(said, /'([a-z]+)'/g);
    expect(ids.length).toBeGreaterThan(5);
    expect(missing(ids.map((id) => `ev.${id}`))).toEqual([]);
  });

  it('labels of all tiles', () => {
    const ids = all(
      sources('gateway/card/classes'),
      /(?:\bid: |(?:anyTile|leadTile|resultTile|pacingTile)\()'([a-z0-9-]+)'/g,
    );
    expect(missing(ids.map((id) => `tile.${id}`))).toEqual([]);
  });

  it('our own terms, and the words for coded values', () => {
    const words = all([readFileSync(join(root, 'gateway/card/code-words.ts'), 'utf8')], /, '([a-zA-Z.-]+)'\]/g);
    expect(words.length).toBeGreaterThan(15);
    expect(missing([...Object.keys(ONEBOX_TERMS), ...words].map((word) => `word.${word}`))).toEqual([]);
  });

  it('audit events', () => expect(missing(Object.keys(EVENTS).map((event) => `audit.${event}`))).toEqual([]));

  it('errors: a title and a body each, within their length', () => {
    const ids = Object.values(ERRORS).map(({ message }) => `err.${message}`);
    expect(missing(ids.flatMap((id) => [`${id}.title`, `${id}.body`]))).toEqual([]);
    for (const id of ids) {
      expect([id, String(messages[`${id}.title`]).length <= 40]).toEqual([id, true]);
      expect([id, String(messages[`${id}.body`]).length <= 90]).toEqual([id, true]);
    }
  });
});
