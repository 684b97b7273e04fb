import type { AuditRecord } from '@onebox/protocol/audit-messages.js';
import { encodeFrame, FrameType } from './frame.js';
import { type CompactRange, leafHash } from './merkle.js';
import { checkpointText, type NoteSigner, signNote } from './note.js';
import { type AuditFields, encodeRecord } from './record.js';
import { type SegmentHeader, sectionOrigin } from './segment.js';

/** Builds the frames of one write upon a copy of the tree. */
export class BatchWriter {
  readonly frames: Uint8Array[] = [];
  note: string | undefined;

  constructor(
    readonly range: CompactRange,
    private readonly header: SegmentHeader,
    public since: number,
    public signed: boolean,
    private readonly draft: (event: 'checkpoint', fields: AuditFields<'checkpoint'>) => AuditRecord,
    private readonly signer: NoteSigner | undefined,
  ) {}

  record(draft: AuditRecord): number {
    const index = this.header.base + this.range.size;
    const body = encodeRecord(draft, index);
    this.range.append(leafHash(body));
    this.frame(FrameType.record, body);
    this.since += 1;
    return index;
  }

  checkpointIfNew(): number {
    const unsealed = this.since > 0 || (this.signer !== undefined && !this.signed && this.range.size > 0);
    return unsealed ? this.checkpoint() : this.header.base + this.range.size - 1;
  }

  checkpoint(): number {
    this.signed = this.signer !== undefined;
    const index = this.record(this.draft('checkpoint', { numbers: { signed: this.signed ? 1 : 0 } }));
    const text = checkpointText({
      origin: sectionOrigin(this.header.logId, this.header.section),
      size: this.range.size,
      root: this.range.root(),
    });
    this.note = this.signer === undefined ? text : signNote(text, [this.signer]);
    this.frame(FrameType.checkpoint, Buffer.from(this.note));
    this.since = 0;
    return index;
  }

  private frame(type: FrameType, body: Uint8Array): void {
    this.frames.push(encodeFrame(type, body, this.frames.length === 0));
  }
}
