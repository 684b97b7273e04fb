import { join } from 'node:path';
import type { Files } from '../files/files.js';
import { replaceFile } from '../files/replace.js';
import { type Checkpoint, parseCheckpoint, splitNote } from './note.js';

/** The latest checkpoint of each section, kept apart from the log: it shows a cut tail and a second history. */
export interface KeptCheckpoint extends Checkpoint {
  readonly section: number;
  readonly note: string;
}

const NAME = /^checkpoint-(\d{4,})$/;

async function keepCheckpoint(files: Files, folder: string, section: number, note: string): Promise<void> {
  await replaceFile(
    files,
    join(folder, `checkpoint-${String(section).padStart(4, '0')}`),
    new TextEncoder().encode(note),
  );
}

/** In the order of the sections. A file that is no checkpoint is left out: the log itself is still checked. */
export async function keptCheckpoints(files: Files, folder: string): Promise<KeptCheckpoint[]> {
  const kept: KeptCheckpoint[] = [];
  for (const name of await files.list(folder)) {
    const bytes = NAME.test(name) ? await files.read(join(folder, name)) : undefined;
    const checkpoint = bytes === undefined ? undefined : readCheckpoint(new TextDecoder().decode(bytes));
    if (checkpoint !== undefined) kept.push(checkpoint);
  }
  return kept.sort((a, b) => a.section - b.section);
}

/** A checkpoint, signed or only its text; undefined when it is none of ours. */
export function readCheckpoint(note: string): KeptCheckpoint | undefined {
  try {
    const checkpoint = parseCheckpoint(isSigned(note) ? splitNote(note).text : note);
    const match = /^onebox\.local\/log\/[0-9a-f]{16}\/([1-9]\d{0,8})$/.exec(checkpoint.origin);
    return match === null ? undefined : { ...checkpoint, section: Number(match[1]), note };
  } catch {
    return undefined;
  }
}

export function isSigned(note: string): boolean {
  return note.includes('\n\n');
}

/** Automatic checkpoints are kept at most this often: their three syncs would compete with those of the log. */
const KEEP_MS = 1000;

/** Writes the newest checkpoint to the folder apart from the log: soon by itself, at once by `flush`. */
export class CheckpointKeeper {
  private newest: { readonly section: number; readonly note: string } | undefined;
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly files: Files,
    private readonly folder: string,
    /** After each checkpoint that was kept. */
    private readonly seal: (text: string) => Promise<void>,
  ) {}

  offer(section: number, note: string): void {
    this.newest = { section, note };
    // A failure is mended by the next checkpoint: the log itself is durable already.
    this.timer ??= setTimeout(() => void this.flush().catch(() => undefined), KEEP_MS).unref();
  }

  /** Resolves when the newest checkpoint is kept. Throws STORE_DENIED. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.writing = this.writing
      .catch(() => undefined)
      .then(async () => {
        const { newest } = this;
        if (newest === undefined) return;
        await keepCheckpoint(this.files, this.folder, newest.section, newest.note);
        await this.seal(isSigned(newest.note) ? splitNote(newest.note).text : newest.note);
        if (this.newest === newest) this.newest = undefined;
      });
    return this.writing;
  }
}
