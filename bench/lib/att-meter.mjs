const ACL = 2;
const ATT = 4;
const CONTINUED = 1;

/** Counts the attribute protocol on an HCI transport: octets of its messages, without the headers below them. */
export class AttMeter {
  bytesIn = 0;
  bytesOut = 0;
  packetsIn = 0;
  packetsOut = 0;
  /** Told of each message that goes out. */
  onSent = () => undefined;

  get bytes() {
    return this.bytesIn + this.bytesOut;
  }

  get packets() {
    return this.packetsIn + this.packetsOut;
  }

  /** Counts what goes through a transport from now on. */
  watch(transport) {
    transport.on('data', (packet) => this.#count(packet, 'In'));
    const write = transport.write.bind(transport);
    transport.write = (packet) => {
      this.#count(packet, 'Out');
      write(packet);
    };
    return transport;
  }

  #count(packet, way) {
    if (packet[0] !== ACL || ((packet.readUInt16LE(1) >> 12) & 3) === CONTINUED) return;
    if (packet.readUInt16LE(7) !== ATT) return;
    this[`bytes${way}`] += packet.readUInt16LE(5);
    this[`packets${way}`] += 1;
    if (way === 'Out') this.onSent();
  }
}
