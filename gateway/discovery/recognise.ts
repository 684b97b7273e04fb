import type { Manifest, SerialRule } from '@onebox/driver-sdk/manifest.js';
import { OneBoxError } from '@onebox/protocol/errors.js';
import type { Clock } from '../driver-host/clock.js';
import type { HostEvent } from '../driver-host/host-events.js';
import { RequestEncoder } from '../driver-host/requests.js';
import type { Link, Packet } from '../links/link.js';
import type { Reason } from './evidence.js';
import { includesPattern, parsePattern } from './pattern.js';

/** Bytes that are looked through for the expected pattern, at most. */
const WINDOW = 4096;

export interface RecogniseOptions {
  readonly link: Link;
  readonly manifest: Manifest;
  readonly rule: SerialRule;
  readonly clock: Clock;
  /** Called before the probe is sent: the access must be in the audit log by then. */
  readonly onEvent: (event: HostEvent) => void;
  readonly signal?: AbortSignal;
}

/**
 * Whether the device of the rule hangs on an open serial line: by what it says by itself (`listen`), or by its
 * answer to a harmless request of the manifest (`probe`). The reason, or undefined when it is not there.
 */
export async function recogniseSerial({
  link,
  manifest,
  rule,
  clock,
  onEvent,
  signal,
}: RecogniseOptions): Promise<Reason | undefined> {
  const { identify } = rule;
  if (!identify) return undefined;
  const expected = parsePattern(identify.expect);
  const done = new AbortController();
  const stop = () => done.abort();
  signal?.addEventListener('abort', stop, { once: true });
  let heard: number[] = [];
  let found = false;
  const listener = ({ bytes }: Packet) => {
    heard = [...heard, ...bytes].slice(-WINDOW);
    found ||= includesPattern(heard, expected);
    if (found) done.abort();
  };
  const options = { deadlineMs: identify.withinMs, signal: done.signal };
  const unsubscribe = await link.subscribe('line', listener, options);
  try {
    if (identify.by === 'probe') {
      const request = new RequestEncoder(manifest).encode(identify.request, identify.parameters, link.maxWrite);
      onEvent({ kind: 'request', name: identify.request, bytes: request.bytes, endOfSession: false });
      for (const bytes of request.writes)
        await link.write(request.channel, bytes, { ...options, withResponse: request.withResponse });
    }
    if (!found) await clock.sleep(identify.withinMs, done.signal);
  } finally {
    signal?.removeEventListener('abort', stop);
    await unsubscribe();
  }
  if (signal?.aborted) throw new OneBoxError('LINK_ABORTED');
  return found ? { id: identify.by === 'probe' ? 'match.probe' : 'match.listen' } : undefined;
}
