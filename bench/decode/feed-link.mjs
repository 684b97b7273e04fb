import { OneBoxError } from '@onebox/protocol/errors.js';

/** As much as the host hands over at once. */
const BATCH_PACKETS = 512;
const BATCH_BYTES = 64 * 1024;
const SETTLED_MS = 60;

/**
 * A link whose device always has the next packets ready: they come when the driver has taken all that came before,
 * as they do from the buffers of the system when a driver is slower than its link. Time is that of the traffic.
 * `traffic`: transport, channels, values of reads, `begin` (packets after the first subscription), `answer`
 * (packets after a write), and `endless` for a driver that would go on listening.
 */
export class FeedLink {
  maxWrite = 244;
  packetsIn = 0;
  bytesIn = 0;
  /** When the first packet was handed over, and when the driver had taken the last one. */
  startedAt;
  endedAt;
  lastFinding = 0;
  findings = 0;
  #listeners = new Map();
  #ready = [][Symbol.iterator]();
  #now = Date.now();
  #stop = new AbortController();
  #end;

  constructor(traffic) {
    this.traffic = traffic;
    this.transport = traffic.transport;
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
    this.signal = this.#stop.signal;
    this.clock = { now: () => Math.round(this.#now), sleep: (ms) => this.#sleep(ms) };
  }

  channels = async () => this.traffic.channels;
  rssi = async () => undefined;

  async read(channel) {
    const value = this.traffic.values[channel];
    if (!value) throw new OneBoxError('LINK_REFUSED', channel);
    return value;
  }

  async subscribe(channel, listener) {
    if (this.#listeners.size === 0 && this.traffic.begin) this.#ready = this.traffic.begin();
    this.#listeners.set(channel, listener);
    return async () => void this.#listeners.delete(channel);
  }

  async write(channel, bytes) {
    const answer = this.traffic.answer?.(channel, bytes);
    if (answer) this.#ready = answer[Symbol.iterator]();
  }

  async close() {
    this.#end({});
  }

  found() {
    this.findings += 1;
    this.lastFinding = performance.now();
  }

  async #sleep(ms) {
    let bytes = 0;
    for (let count = 0; count < BATCH_PACKETS && bytes < BATCH_BYTES; count += 1) {
      const { value: packet, done } = this.#ready.next();
      if (done) break;
      this.startedAt ??= performance.now();
      this.packetsIn += 1;
      bytes += packet.bytes.length;
      this.#now += packet.after ?? 0;
      this.#listeners.get(packet.channel)?.({ ...packet, at: this.clock.now() });
    }
    this.bytesIn += bytes;
    if (bytes > 0) return;
    this.#now += ms;
    if (!this.traffic.endless || this.startedAt === undefined) return;
    const dry = performance.now();
    // Findings may still be on their way out of the sandbox.
    while (performance.now() - Math.max(dry, this.lastFinding) < SETTLED_MS)
      await new Promise((resolve) => setTimeout(resolve, 10));
    this.endedAt = Math.max(dry, this.lastFinding);
    this.#stop.abort();
  }
}
