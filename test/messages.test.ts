import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEVICE_CLASSES } from '@onebox/driver-sdk/manifest.js';
import { EVENTS } from '@onebox/gateway/audit/events.js';
import { MDC } from '@onebox/protocol/codes.js';
import { ERRORS } from '@onebox/protocol/errors.js';
import { ONEBOX_TERMS } from '@onebox/protocol/nomenclature/onebox-terms.js';
import { describe, expect, it } from 'vitest';
import { messages } from '../renderer/messages/en/index.js';
// @ts-expect-error: a plain build script
import { filesBelow, root } from '../scripts/build/files.mjs';

const files = (folder: string, which: RegExp): (readonly [path: string, source: string])[] =>
  (filesBelow(join(root, folder), (path: string) => which.test(path) && !/\.test\.ts$/.test(path)) as string[]).map(
    (path) => [path, readFileSync(path, 'utf8')] as const,
  );

const sources = (folder: string): string[] => files(folder, /\.ts$/).map(([, source]) => source);

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

  it('lead lines that are put together', () => {
    const ids = ['shocks', 'atp'].flatMap((what) => [`lead.${what}-today`, `lead.${what}-since-yesterday`]);
    expect(missing(ids)).toEqual([]);
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

  it('holds no message that nobody can ask for', () => {
    const written = ['renderer', 'gateway', 'cli', 'protocol', 'drivers/sdk', 'electron']
      .flatMap((folder) => files(folder, /\.tsx?$/))
      .filter(([path]) => !path.includes('/messages/en/') && !path.includes('/gallery/'));
    const literals = new Set(
      all(
        written.map(([, source]) => source),
        /['"`]([A-Za-z0-9.-]+)['"`]/g,
      ),
    );
    const patterns = [...COMPUTED.keys()].map(
      (pattern) => new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '[A-Za-z0-9-]+')}$`),
    );
    const unused = Object.keys(messages)
      .filter((id) => !literals.has(id) && !patterns.some((pattern) => pattern.test(id)))
      .filter((id) => !known(id, literals));
    expect(unused).toEqual([]);
  });

  it('documents no computed id that no source computes', () => {
    const source = ['renderer', 'gateway']
      .flatMap((folder) => files(folder, /\.tsx?$/))
      .map(([, text]) => text)
      .join('\n');
    const start = (pattern: string): string => pattern.slice(0, pattern.indexOf('*'));
    expect([...COMPUTED.keys()].filter((pattern) => !source.includes(`\`${start(pattern)}\${`))).toEqual([]);
    expect(
      [...COMPUTED].filter(([pattern]) => !Object.keys(messages).some((id) => id.startsWith(start(pattern)))),
    ).toEqual([]);
  });
});

/** Ids that a screen puts together, and of what. Whatever else is in the catalogue stands in a source as it is. */
const COMPUTED: ReadonlyMap<string, string> = new Map([
  ['absent.*', 'data-absent-reason'],
  ['absent.*.why', 'data-absent-reason'],
  ['details.limit.*', 'low or high'],
  ['details.owner.*', 'who set a limit'],
  ['drivers.authorisation.*', 'who authorises the reader'],
  ['drivers.tier.*', 'tier of the quality scale'],
  ['drivers.transport.*', 'transport'],
  ['glass.magnet.*', 'what a magnet does during a read'],
  ['help.*', 'hardware key'],
  ['help.hand.*', 'hand'],
  ['help.onoff.*', 'on or off'],
  ['help.text.*', 'size of text'],
  ['factor.*', 'kind of factor'],
  ['lock.*', 'way past the lock screen without a PIN'],
  ['lock.second.*', 'kind of second factor'],
  ['lead.*-since-yesterday', 'kind of therapy'],
  ['lead.*-today', 'kind of therapy'],
  ['match.*', 'level of a match'],
  ['patientMatch.*', 'state of the match of device and patient'],
  ['patientMatch.*.body', 'state of the match of device and patient'],
  ['patientMatch.*.chip', 'state of the match of device and patient'],
  ['number.*', 'number of an audit record'],
  ['origin.*', 'origin of a value'],
  ['outcome.*', 'outcome of an audit record'],
  ['keep.*', 'what to do with records and the tablet'],
  ['proof.use.*', 'way to prove who one is'],
  ['people.*', 'what to do about people'],
  ['phase.*', 'phase of a read'],
  ['preflight.*', 'transport'],
  ['read.*', 'state of a read'],
  ['reason.*', 'reason of an access'],
  ['review.do.*', 'step of a review'],
  ['review.signal.*', 'signal of a review'],
  ['review.state.*', 'state of a review'],
  ['review.why.*', 'why something is reviewed'],
  ['role.*', 'role of a person'],
  ['severity.*', 'severity'],
  ['signal.*', 'strength of a signal'],
  ['theme.*', 'theme'],
  ['vault.*', 'what holds the keys'],
  ['values.*', 'filter of the values'],
  ['values.empty.*', 'filter of the values'],
]);

/** Ids that come from tables of ours: each ending must be in its table. */
function known(id: string, literals: ReadonlySet<string>): boolean {
  const [head = '', ...rest] = id.split('.');
  const tail = rest.join('.');
  switch (head) {
    case 'audit':
      return Object.hasOwn(EVENTS, tail);
    case 'class':
      return (DEVICE_CLASSES as readonly string[]).includes(tail);
    case 'code':
      return Object.hasOwn(MDC, tail.replace(/^MDC_/, '')) || Object.hasOwn(MDC, tail);
    case 'err':
      return Object.values(ERRORS).some(({ message }) => tail.startsWith(`${message}.`));
    default:
      // Ids of tiles, remarks and words as the code of the card names them.
      return ['tile', 'ev', 'word'].includes(head) && (Object.hasOwn(ONEBOX_TERMS, tail) || literals.has(tail));
  }
}
