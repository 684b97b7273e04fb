import { term } from '@onebox/protocol/codes.js';
import type { Finding } from '@onebox/protocol/messages.js';
import { type Details, statistic } from '../findings.js';

/**
 * How clean a serial line is: packets taken, and what was rejected, by class. Pure counting; the driver
 * reports it, so that a user sees a bad cable or probe instead of a value that does not come.
 */
export class LineQuality<Class extends string> {
  private accepted = 0;
  private readonly rejects = new Map<Class, number>();

  accept(): void {
    this.accepted += 1;
  }

  reject(kind: Class): void {
    this.rejects.set(kind, (this.rejects.get(kind) ?? 0) + 1);
  }

  /** Packets that were taken. */
  get good(): number {
    return this.accepted;
  }

  /** Packets that were rejected, of one class or of all. */
  rejected(kind?: Class): number {
    if (kind !== undefined) return this.rejects.get(kind) ?? 0;
    let all = 0;
    for (const count of this.rejects.values()) all += count;
    return all;
  }

  findings(at: number): Finding[] {
    return lineFindings(this.accepted, this.rejected(), at);
  }
}

/** Share of good packets in whole percent, rounded down, and how many were not; nothing before the first packet. */
export function lineFindings(good: number, rejected: number, at: number): Finding[] {
  const all = good + rejected;
  if (all === 0) return [];
  const details: Details = { at, source: 'line', origin: 'derived' };
  return [
    statistic(term('line.quality'), Math.floor((good * 100) / all), '%', details),
    statistic(term('line.rejects'), rejected, '{count}', details),
  ];
}
