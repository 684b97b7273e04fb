import type { Manifest } from '@onebox/driver-sdk/manifest.js';
import type { Phase } from '@onebox/protocol/messages.js';
import type { Link } from '../links/link.js';
import { Recorder, type RecordingSink } from './recorder.js';

/** Writes the traffic of a session down, from its first link on. `mask`: without what identifies a patient. */
export interface RecordingChoice {
  readonly sink: () => RecordingSink;
  readonly mask: boolean;
}

/** For the list of channels, which a recording begins with. */
const CHANNELS_DEADLINE_MS = 15_000;

/** The recording of one session, where one is wanted; none is begun before a link is up. */
export class SessionRecording {
  private recorder: Recorder | undefined;

  constructor(
    private readonly choice: RecordingChoice | undefined,
    private readonly about: {
      readonly manifest: Manifest;
      readonly practice: boolean;
      readonly phases: readonly Phase[];
      readonly live: boolean;
    },
  ) {}

  /** The link as it is to be used. Closes it when it cannot be recorded. */
  async around(link: Link, signal: AbortSignal): Promise<Link> {
    const { choice } = this;
    if (!choice) return link;
    const { manifest, practice, phases, live } = this.about;
    const { id, version, identifying } = manifest;
    try {
      this.recorder ??= new Recorder({
        sink: choice.sink(),
        driver: { id, version },
        practice,
        identifying,
        mask: choice.mask,
        phases,
        live,
      });
      return await this.recorder.record(link, { deadlineMs: CHANNELS_DEADLINE_MS, signal });
    } catch (error) {
      await link.close();
      throw error;
    }
  }

  /** Resolves when it is stored, with what it holds; undefined when nothing was recorded. Throws STORE_DENIED. */
  async finish(): Promise<{ packets: number; bytes: number; masked: number } | undefined> {
    const { recorder } = this;
    this.recorder = undefined;
    if (!recorder) return undefined;
    await recorder.finish();
    const { packets, bytes } = recorder;
    return { packets, bytes, masked: Number(this.choice?.mask ?? true) };
  }
}
