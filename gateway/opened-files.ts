import { OneBoxError } from '@onebox/protocol/errors.js';
import type { DeviceRow } from './api.js';
import type { DeviceTracker } from './discovery/device-list.js';
import type { FileProvider } from './links/file/provider.js';

/** Files that a person opened: entries of the device list like any other, until they are read and closed. */
export class OpenedFiles {
  private readonly ids = new Set<string>();

  constructor(
    private readonly provider: FileProvider,
    private readonly tracker: DeviceTracker,
  ) {}

  /** `content` in Base64. The entry. Throws FILE_TOO_LARGE, FILE_EMPTY, FILE_UNKNOWN. */
  open(name: string, content: string): DeviceRow {
    const sighting = this.provider.add(name, Buffer.from(content, 'base64'));
    this.ids.add(sighting.id);
    if (this.tracker.add(this.provider, sighting).candidates.length === 0) {
      this.forget(sighting.id);
      throw new OneBoxError('FILE_UNKNOWN');
    }
    for (const id of this.ids) if (!this.provider.has(id)) this.forget(id);
    return this.tracker.row(sighting.id)!;
  }

  /** Nothing of the file is kept; nothing happens for what is no file. */
  forget(id: string): void {
    if (!this.ids.delete(id)) return;
    this.provider.forget(id);
    this.tracker.remove(id);
  }

  forgetAll(): void {
    for (const id of [...this.ids]) this.forget(id);
  }
}
