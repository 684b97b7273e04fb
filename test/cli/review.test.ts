import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ReviewItem, ReviewList } from '@onebox/gateway/api.js';
import type { ErrorReport } from '@onebox/protocol/errors.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { enrol, factor, lay, PIN, readPatient, scratch, second } from '../red-team/victim.js';
import { onebox } from './run.js';

const { root, start, stop } = scratch();
const data = join(root, 'tablet');
const store = ['--data', data, '--pin-stdin', '--words-file', `${data}.words`];

/** `onebox audit review ...` by a person of the store; standard input is no terminal. */
const review = (person: string, ...words: readonly string[]) =>
  onebox(['audit', 'review', ...words, ...store, '--person', person, '--json'], { input: `${PIN}\n` });

describe('onebox audit review', { timeout: 120_000 }, () => {
  let reference = '';
  beforeAll(async () => {
    const gateway = await start('tablet');
    const manager = await enrol(gateway, 'Manager', 'device-manager');
    await enrol(gateway, 'Officer', 'privacy-officer');
    const robin = await enrol(gateway, 'Robin', 'responder');
    const first = second(manager);
    writeFileSync(`${data}.words`, first.words.join(' '));
    await gateway.call('unlock', { personId: robin, factor, second: first });
    await readPatient(gateway);
    const { id: deviceId } = await lay(gateway);
    await gateway.call('unlock', { personId: manager, factor });
    const opened = await gateway.call('breakGlass', { deviceId, reason: 'unresponsive', factor, override: true });
    reference = opened.reference;
    await gateway.readingOf(opened.accessId).ended;
    await gateway.call('close', { accessId: opened.accessId });
    await stop(gateway);
  }, 120_000);

  it('lists the queue by risk, shows an item with its records, and takes decisions, without asking back', async () => {
    const listed = await review('Officer', 'list');
    expect(listed.code).toBe(0);
    const { items, overrides, accesses } = listed.json<ReviewList>();
    expect([overrides, accesses]).toEqual([1, 2]);
    expect(items[0]).toMatchObject({ reference, why: 'override', state: 'open', person: 'Manager' });

    const shown = await review('Officer', 'show', reference);
    const { rows } = shown.json<ReviewItem & { readonly rows: readonly { readonly event: string }[] }>();
    expect(rows.map(({ event }) => event)).toEqual(
      expect.arrayContaining(['audit.breakGlassOpened', 'audit.accessClosed']),
    );

    expect((await review('Officer', 'decide', reference, 'questioned')).json<ReviewItem>()).toMatchObject({
      state: 'questioned',
      reviewer: 'Officer',
    });
    const again = await review('Officer', 'decide', reference, 'justified');
    expect([again.code, again.json<{ error: ErrorReport }>().error.code]).toEqual([6, 'OB-515']);
    const text = await onebox(['audit', 'review', ...store, '--person', 'Officer'], {
      input: `${PIN}\n`,
    });
    expect(text.stdout).toMatch(/^\d+ to decide, 0 overdue · 2 accesses, 1 overrides/);
    expect(text.stdout).toContain(`${reference}  Manager  questioned, due in 72 h`);
  });

  it('is for the privacy officer, and needs whole words', async () => {
    expect((await review('Manager', 'list')).code).toBe(6);
    expect((await review('Officer', 'show', 'A-2026-999999')).json<{ error: ErrorReport }>().error.code).toBe('OB-516');
    for (const words of [['decide', reference], ['decide', reference, 'fine'], ['show'], ['forget']])
      expect((await review('Officer', ...words)).code).toBe(64);
  });
});
