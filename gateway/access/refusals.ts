import { type OneBoxError, toOneBoxError } from '@onebox/protocol/errors.js';
import { EVENTS, type EventName } from '../audit/events.js';
import type { AuditLog } from '../audit/log.js';
import type { AuditFields } from '../audit/record.js';

/** Records a refusal and returns it; it matters more than a log that cannot be written. */
export async function noteRefusal<E extends EventName>(
  audit: AuditLog,
  event: E,
  error: unknown,
  fields: AuditFields<E>,
): Promise<OneBoxError> {
  const refusal = toOneBoxError(error);
  if (refusal.kind === 'AUDIT_WRITE') return refusal;
  const numbers = Object.fromEntries(
    EVENTS[event].numbers.flatMap((name) =>
      typeof refusal.params[name] === 'number' ? [[name, refusal.params[name]]] : [],
    ),
  );
  await audit.note(event, { ...fields, error: refusal.kind, numbers } as AuditFields<E>).catch(() => undefined);
  return refusal;
}

/** Records that are written behind the scenes. */
export class Background {
  private readonly running = new Set<Promise<unknown>>();

  run(work: Promise<unknown>): void {
    const quiet = work.catch(() => undefined).finally(() => this.running.delete(quiet));
    this.running.add(quiet);
  }

  async settled(): Promise<void> {
    while (this.running.size > 0) await Promise.all(this.running);
  }
}
