import { EventEmitter } from 'node:events';
import type { PowerMonitor } from 'electron';
import { describe, expect, it } from 'vitest';
import { lookWhenAwake } from './wake.js';

describe('lookWhenAwake', () => {
  it.each(['resume', 'unlock-screen'])('looks at the accesses on %s', (event) => {
    const monitor = new EventEmitter();
    let looks = 0;
    lookWhenAwake(monitor as unknown as PowerMonitor, {
      look: () => {
        looks += 1;
      },
    });
    expect(looks).toBe(0);
    monitor.emit(event);
    monitor.emit(event);
    expect(looks).toBe(2);
  });
});
