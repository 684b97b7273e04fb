/**
 * All that audit, access and records may do with a disk. Small on purpose: a simulated disk with power
 * loss, full disk and I/O errors implements the same calls. What fails throws STORE_DENIED with the
 * system's code.
 */

/** A file that only grows at its end. */
export interface AppendFile {
  /** Length in bytes as written, durable or not. */
  readonly size: number;
  /** Writes all bytes at the end. They are durable only after `sync`. */
  append(bytes: Uint8Array): Promise<void>;
  /** `append` and `sync` in one step, which a disk can do faster than both. */
  appendDurably(bytes: Uint8Array): Promise<void>;
  /** fdatasync: what was appended before survives a loss of power. */
  sync(): Promise<void>;
  /** Cuts the file back to `size` bytes. */
  truncate(size: number): Promise<void>;
  close(): Promise<void>;
}

/** Gives the lock back; a second call does nothing. */
export type Unlock = () => Promise<void>;

export interface Files {
  /** Makes the folder and those above it, for this user only, durably. */
  makeFolder(folder: string): Promise<void>;
  /** Names in the folder, sorted; empty when there is no such folder. */
  list(folder: string): Promise<string[]>;
  /** Paths of all files below the folder, sorted; empty when there is no such folder. */
  tree(folder: string): Promise<string[]>;
  /** The whole file; undefined when there is none. */
  read(path: string): Promise<Uint8Array | undefined>;
  /** Opens for appending, makes the file when there is none. */
  openAppend(path: string): Promise<AppendFile>;
  /** Replaces `to` in one step. Durable after `syncFolder`. */
  rename(from: string, to: string): Promise<void>;
  /** Writes random bytes over the content in place and syncs, before a removal. */
  shred(path: string): Promise<void>;
  /** Removes a file; nothing happens when there is none. */
  remove(path: string): Promise<void>;
  /** Makes new, renamed and removed names durable. */
  syncFolder(folder: string): Promise<void>;
  /** Takes the folder for this process. Throws STORE_BUSY while another one that is alive holds it. */
  lock(folder: string): Promise<Unlock>;
}
