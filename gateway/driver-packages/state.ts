import { join } from 'node:path';
import type { Files } from '../files/files.js';
import { readJson, replaceJson } from '../files/replace.js';
import type { DriverEntry, PackagesState } from './state-file.js';

const EMPTY_STATE: PackagesState = { format: 'onebox-driver-packages', version: 1, drivers: {} };

/** The state on disk, and in memory what is on disk. */
export class Ledger {
  #state: PackagesState = EMPTY_STATE;

  constructor(
    private readonly files: Files,
    private readonly folder: string,
  ) {}

  /** Reads the file; says when there is none to use. */
  async load(): Promise<'read' | 'missing' | 'damaged'> {
    let value: unknown;
    try {
      value = await readJson(this.files, this.#path);
    } catch (error) {
      if (error instanceof SyntaxError || error instanceof TypeError) return 'damaged';
      throw error;
    }
    if (value === undefined) return 'missing';
    // Schemas take their time: loaded where there is something to check.
    const state = (await import('./state-file.js')).checkStateFile(value);
    if (state === undefined) return 'damaged';
    this.#state = state;
    return 'read';
  }

  get ids(): readonly string[] {
    return Object.keys(this.#state.drivers);
  }

  get trust(): string | undefined {
    return this.#state.trust;
  }

  entry(id: string): DriverEntry | undefined {
    return Object.hasOwn(this.#state.drivers, id) ? this.#state.drivers[id] : undefined;
  }

  /** Durable when it resolves. */
  set(id: string, entry: DriverEntry): Promise<void> {
    return this.#save({ ...this.#state, drivers: { ...this.#state.drivers, [id]: entry } });
  }

  setTrust(trust: string): Promise<void> {
    return this.#save({ ...this.#state, trust });
  }

  async #save(state: PackagesState): Promise<void> {
    await this.files.makeFolder(this.folder);
    await replaceJson(this.files, this.#path, state);
    this.#state = state;
  }

  get #path(): string {
    return join(this.folder, 'state.json');
  }
}
