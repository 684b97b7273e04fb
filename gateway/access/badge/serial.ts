import { OneBoxError, toOneBoxError } from '@onebox/protocol/errors.js';
import type { Link, SerialSettings } from '../../links/link.js';
import { LINE } from '../../links/serial/link.js';
import { SerialProvider } from '../../links/serial/provider.js';
import type { BadgeEvent, BadgeReader } from './badge-reader.js';
import { HexLines } from './hex-lines.js';
import { Holding } from './holding.js';

/** How readers of this kind come; over USB the line settings mean nothing. */
export const BADGE_LINE: SerialSettings = { baudRate: 9600, dataBits: 8, parity: 'none', stopBits: 1 };
const OPEN_MS = 3_000;

/** A reader on a serial port that sends each badge as a line of hex. Nothing is sent to it. */
export class SerialBadgeReader implements BadgeReader {
  private readonly provider = new SerialProvider({ list: async () => [] });
  private readonly holding: Holding;
  private link: Promise<Link> | undefined;

  /** `name`: the port, e.g. `/dev/ttyUSB0`. */
  constructor(
    readonly name: string,
    private readonly line: SerialSettings = BADGE_LINE,
  ) {
    this.holding = new Holding(name);
  }

  async ready(): Promise<void> {
    this.link ??= this.open();
    try {
      await this.link;
    } catch (error) {
      this.link = undefined;
      const { code, summary } = toOneBoxError(error).toJSON();
      throw new OneBoxError('BADGE_READER', `${this.name}: ${code} ${summary}`, {}, { cause: error });
    }
  }

  subscribe(listener: (event: BadgeEvent) => void): () => void {
    return this.holding.subscribe(listener);
  }

  async close(): Promise<void> {
    await this.provider.dispose();
    this.holding.away();
  }

  private async open(): Promise<Link> {
    const link = await this.provider.open(`serial:${this.name}`, { line: this.line, deadlineMs: OPEN_MS });
    const lines = new HexLines();
    await link.subscribe(
      LINE,
      ({ bytes }) => {
        for (const uid of lines.push(bytes)) this.holding.read(uid);
      },
      { deadlineMs: OPEN_MS },
    );
    void link.ended.then(() => {
      this.link = undefined;
      this.holding.lost();
    });
    return link;
  }
}
