import { it } from 'vitest';
import { THREATS, type Threat } from './threats.js';

/** Plays an attack of the table: the test has the title that the table gives it. */
export function attack(id: Threat['id'], play: () => void | Promise<void>, timeoutMs?: number): void {
  const threat = THREATS.find((one) => one.id === id);
  const place = threat?.tests.find(({ file }) => file.startsWith('test/red-team/'));
  if (!threat || !place || threat.status !== 'tested') throw new Error(`${id} is no attack that is played here`);
  it(`${id} ${threat.attack}: ${place.title}`, play, timeoutMs);
}
