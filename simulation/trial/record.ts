import type { Link } from '@onebox/gateway/links/link.js';
import { Recorder, type RecorderOptions } from '@onebox/gateway/recordings/recorder.js';

const CHANNELS_MS = 5000;

/** What is said of a recording; without `identifying` it is whole: a simulated device is nobody's. */
type Told = Pick<RecorderOptions, 'driver' | 'line' | 'phases' | 'live' | 'utcOffsetMinutes'> &
  Partial<Pick<RecorderOptions, 'identifying'>>;

/**
 * Records what `read` does with simulated devices. It hands each link that it opened to `around`, and uses what comes
 * back. Gives the text of the recording, and the result of `read`; throws what `read` throws.
 */
export async function recordRead<T>(
  told: Told,
  read: (around: (link: Link) => Promise<Link>) => Promise<T>,
): Promise<{ readonly text: string; readonly result: T }> {
  const lines: string[] = [];
  const sink = { write: (line: string) => void lines.push(line), close: async () => undefined };
  const recorder = new Recorder({
    mask: told.identifying !== undefined,
    identifying: [],
    ...told,
    sink,
    practice: true,
  });
  const result = await read((link) => recorder.record(link, { deadlineMs: CHANNELS_MS }));
  await recorder.finish();
  return { text: lines.join(''), result };
}
