/** How a device cuts its line into frames: what the parts for serial protocols share. Pure: bytes in, frames out. */

/** What one frame carries, without what frames it. */
export interface Frame {
  readonly type: number;
  readonly data: Uint8Array;
}

/** `sync`: bytes of no frame; `length`: too few or too many; `crc`: the check does not fit. */
export type FrameReject = 'sync' | 'length' | 'crc';

/** `bytes`: how many of the line they were. */
export type Rejected = { readonly reject: FrameReject; readonly bytes: number };
export type FrameResult = { readonly frame: Frame; readonly bytes: number } | Rejected;

export interface Framer {
  /** What the bytes complete, in the order of the line. The frames do not depend on how the bytes are split. */
  push(bytes: Uint8Array): FrameResult[];
  /** The line is quiet: what is held will not grow. */
  flush(): FrameResult[];
}

export interface Framing {
  framer(): Framer;
  /** For simulated devices; a driver sends only what its manifest lists. */
  encode(frame: Frame): Uint8Array;
}
