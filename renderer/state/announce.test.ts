import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Announcer } from './announce.js';

describe('Announcer', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('speaks at most once in two seconds, urgent words first, nothing twice', () => {
    const announcer = new Announcer();
    const said: string[] = [];
    announcer.listen((_politeness, text) => said.push(text));
    announcer.say('one');
    announcer.say('two');
    announcer.say('two');
    announcer.say('urgent', 'assertive');
    expect(said).toEqual(['one']);
    vi.advanceTimersByTime(2_000);
    expect(said).toEqual(['one', 'urgent']);
    vi.advanceTimersByTime(10_000);
    expect(said).toEqual(['one', 'urgent', 'two']);
    announcer.say('later');
    expect(said.at(-1)).toBe('later');
  });
});
