import { join } from 'node:path';
import { Disk } from '../files/disk.js';
import type { Files } from '../files/files.js';
import { equalBytes } from './crypto.js';
import { isSigned, type KeptCheckpoint, readCheckpoint } from './kept.js';
import { CompactRange, emptyRoot } from './merkle.js';
import { type NoteVerifier, openNote, parseVkey } from './note.js';
import { isReceipt, parseReceipt } from './receipt.js';
import {
  type FaultKind,
  type SegmentFile,
  type SegmentWalk,
  sectionOrigin,
  segmentFiles,
  walkSegment,
} from './segment.js';

export interface AuditProblem {
  readonly error: 'AUDIT_BROKEN' | 'AUDIT_TRUNCATED' | 'AUDIT_FORK' | 'NOTE_INVALID';
  readonly kind: FaultKind | 'missing' | 'kept';
  readonly section: number;
  readonly file?: string;
  /** Byte in the file. */
  readonly offset?: number;
  /** Index of the record. */
  readonly index?: number;
}

export interface AuditVerification {
  readonly intact: boolean;
  /** Records that are sound. */
  readonly entries: number;
  readonly sections: number;
  readonly checkpoints: number;
  /** Checkpoints whose signature holds (with a public key) or is there (without). */
  readonly signed: number;
  /** Size and root in base64 of the tree of the last section. */
  readonly size: number;
  readonly root: string;
  readonly origin?: string;
  readonly problems: readonly AuditProblem[];
}

export interface VerifyOptions {
  readonly files?: Files;
  /** C2SP verifier key of the log. */
  readonly publicKey?: string;
  /** Checkpoints that were kept elsewhere, as notes, and receipts that were handed out. */
  readonly checkpoints?: readonly string[];
  /** Nobody writes to the folder, e.g. a copy: a fault is not looked at twice. */
  readonly still?: boolean;
  /** Looks no further than this: what stands behind is being written. */
  readonly until?: { readonly name: string; readonly size: number };
}

/**
 * Checks a whole log, one segment in memory at a time: frames, order, tree, every checkpoint and its
 * signature, and the checkpoints kept elsewhere. Never throws for what is in the log.
 * Throws NOTE_INVALID for a public key that is none, STORE_DENIED when the folder cannot be read.
 */
export async function verifyAudit(folder: string, options: VerifyOptions = {}): Promise<AuditVerification> {
  for (let attempt = 1; ; attempt++) {
    const run = new Verification(options.files ?? new Disk(), folder, options);
    const result = await run.run();
    // Another process may have been writing just there: its write is whole a moment later.
    if (result.intact || attempt === ATTEMPTS || !(await run.lastFileGrew())) return result;
  }
}

const ATTEMPTS = 4;
const WRITE_MS = 50;

class Verification {
  private readonly problems: AuditProblem[] = [];
  private readonly key: NoteVerifier | undefined;
  private readonly trusted: KeptCheckpoint[] = [];
  private entries = 0;
  private sections = 0;
  private checkpoints = 0;
  private signed = 0;
  private tip = CompactRange.empty();
  private logId: Uint8Array | undefined;
  private lastSection = 1;
  private lastFile = { name: '', size: 0 };

  constructor(
    private readonly files: Files,
    private readonly folder: string,
    private readonly options: VerifyOptions,
  ) {
    this.key = options.publicKey === undefined ? undefined : parseVkey(options.publicKey);
  }

  async run(): Promise<AuditVerification> {
    this.readTrusted();
    const segments = await this.segments();
    const last = Math.max(segments.at(-1)?.section ?? 0, ...this.trusted.map((checkpoint) => checkpoint.section));
    for (let section = 1; section <= last; section++)
      await this.section(
        section,
        segments.filter((file) => file.section === section),
      );
    return {
      intact: this.problems.length === 0,
      entries: this.entries,
      sections: this.sections,
      checkpoints: this.checkpoints,
      signed: this.signed,
      size: this.tip.size,
      root: Buffer.from(this.tip.root()).toString('base64'),
      ...(this.logId === undefined ? {} : { origin: sectionOrigin(this.logId, this.lastSection) }),
      problems: this.problems,
    };
  }

  /** Whether the last file that was read has changed since, or a new one was begun after it. */
  async lastFileGrew(): Promise<boolean> {
    if (this.options.still === true || this.options.until !== undefined || this.lastFile.name === '') return false;
    await new Promise((resolve) => setTimeout(resolve, WRITE_MS));
    const bytes = await this.files.read(join(this.folder, this.lastFile.name));
    return bytes?.length !== this.lastFile.size || (await this.segments()).at(-1)?.name !== this.lastFile.name;
  }

  private readTrusted(): void {
    for (const text of this.options.checkpoints ?? []) {
      const note = isReceipt(text) ? checkpointOfReceipt(text) : text;
      const checkpoint = note === undefined ? undefined : readCheckpoint(note);
      if (note === undefined || checkpoint === undefined || !this.signatureHolds(note))
        this.problems.push({ error: 'NOTE_INVALID', kind: 'kept', section: checkpoint?.section ?? 0 });
      else this.trusted.push(checkpoint);
    }
  }

  private signatureHolds(note: string): boolean {
    if (this.key === undefined || !isSigned(note)) return true;
    try {
      openNote(note, [this.key]);
      return true;
    } catch {
      return false;
    }
  }

  private async segments(): Promise<SegmentFile[]> {
    const { until } = this.options;
    return segmentFiles(await this.files.list(this.folder)).filter(
      (file) => until === undefined || file.name <= until.name,
    );
  }

  private async section(section: number, segments: readonly SegmentFile[]): Promise<void> {
    const wanted = this.trusted.filter((checkpoint) => checkpoint.section === section);
    const sizes = new Set(wanted.map((checkpoint) => checkpoint.size));
    const roots = new Map<number, Uint8Array>([[0, emptyRoot()]]);
    this.tip = CompactRange.empty();
    this.lastSection = section;
    let sound = true;
    if (segments.length === 0) {
      if (wanted.length === 0) this.problems.push({ error: 'AUDIT_BROKEN', kind: 'missing', section });
    } else this.sections += 1;
    for (const [at, file] of segments.entries()) {
      if (file.segment !== at) {
        this.problems.push({ error: 'AUDIT_BROKEN', kind: 'missing', section, file: file.name, index: this.tip.size });
        sound = false;
        break;
      }
      const walk = await this.segment(file, (range) => {
        if (sizes.has(range.size)) roots.set(range.size, range.root());
      });
      sound = this.judge(walk, file);
      if (!sound) break;
    }
    this.entries += this.tip.size;
    for (const checkpoint of wanted) this.compare(checkpoint, roots, sound);
  }

  private async segment(file: SegmentFile, size: (range: CompactRange) => void): Promise<SegmentWalk> {
    const whole = (await this.files.read(join(this.folder, file.name))) ?? new Uint8Array();
    this.lastFile = { name: file.name, size: whole.length };
    const bytes = file.name === this.options.until?.name ? whole.subarray(0, this.options.until.size) : whole;
    return walkSegment(bytes, file, this.tip, {
      size,
      checkpoint: (_checkpoint, note, signed) => {
        this.checkpoints += 1;
        if (!signed) return true;
        const holds = this.signatureHolds(note);
        if (holds) this.signed += 1;
        return holds;
      },
    });
  }

  private judge(walk: SegmentWalk, file: SegmentFile): boolean {
    this.tip = walk.tip;
    const place = { section: file.section, file: file.name };
    if (walk.header !== undefined) {
      this.logId ??= walk.header.logId;
      if (!equalBytes(this.logId, walk.header.logId)) {
        this.problems.push({ error: 'AUDIT_BROKEN', kind: 'header', ...place, offset: 0, index: walk.header.base });
        return false;
      }
    }
    if (walk.fault === undefined) return true;
    this.problems.push({ error: 'AUDIT_BROKEN', ...place, ...walk.fault });
    return false;
  }

  private compare(checkpoint: KeptCheckpoint, roots: ReadonlyMap<number, Uint8Array>, sound: boolean): void {
    const { section } = checkpoint;
    if (this.logId !== undefined && checkpoint.origin !== sectionOrigin(this.logId, section)) {
      this.problems.push({ error: 'AUDIT_FORK', kind: 'kept', section });
      return;
    }
    const root = roots.get(checkpoint.size);
    if (root !== undefined) {
      if (!equalBytes(root, checkpoint.root))
        this.problems.push({ error: 'AUDIT_FORK', kind: 'kept', section, index: checkpoint.size });
    } else if (sound) this.problems.push({ error: 'AUDIT_TRUNCATED', kind: 'kept', section, index: this.tip.size });
  }
}

/** Undefined: the receipt does not hold. */
function checkpointOfReceipt(text: string): string | undefined {
  try {
    return parseReceipt(text).checkpoint;
  } catch {
    return undefined;
  }
}
