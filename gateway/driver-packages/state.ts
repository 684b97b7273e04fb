import { join } from 'node:path';
import * as z from 'zod';
import type { Files } from '../files/files.js';
import { readJson, replaceJson } from '../files/replace.js';

/** Which packages of a tablet run: `drivers/state.json` of its store. */
const slot = z.strictObject({
  version: z.string().regex(/^[0-9a-z.-]{5,32}$/),
  /** Of the package's file, in hex. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** Version of the application that ran its self-test last. */
  testedWith: z.string().max(64),
});
const entry = z.strictObject({
  active: slot.optional(),
  /** Runs when `active` fails. */
  previous: slot.optional(),
  /** Of `active`, one after the other: not loaded, self-test, stopped by the host. */
  failures: z.int().min(0),
  /** Nothing older may run: the highest `minimumVersion` of the manifests that were activated. */
  floor: z.string().max(32).optional(),
});
const stateFile = z.strictObject({
  format: z.literal('onebox-driver-packages'),
  version: z.literal(1),
  /** Hash of the trust file that was there last, in hex. */
  trust: z.string().optional(),
  drivers: z.record(z.string().regex(/^[a-z][a-z0-9-]*$/), entry),
});

export type Slot = z.output<typeof slot>;
export type DriverEntry = z.output<typeof entry>;
type PackagesState = z.output<typeof stateFile>;

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
    const result = stateFile.safeParse(value);
    if (!result.success) return 'damaged';
    this.#state = result.data;
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
