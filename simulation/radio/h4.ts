import { EventEmitter } from 'node:events';
import net from 'node:net';

/** One end of an HCI link: emits `data` with exactly one H4 packet each, `error`, and `close`. */
export interface HciTransport extends EventEmitter {
  write(packet: Buffer): void;
  close(): void;
}

/** Octets in front of the payload, by packet type (Bluetooth Core, Vol 4 Part A, 2). */
const HEADER: Readonly<Record<number, number>> = { 1: 4, 2: 5, 3: 4, 4: 3, 5: 5 };

function totalLength(packet: Buffer, header: number): number {
  if (packet[0] === 2) return header + packet.readUInt16LE(3);
  if (packet[0] === 5) return header + (packet.readUInt16LE(3) & 0x3fff);
  return header + packet[header - 1]!;
}

/** Returns a function that takes pieces of a byte stream and hands out whole packets. Throws when the stream is not H4. */
export function deframer(emit: (packet: Buffer) => void): (piece: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (piece) => {
    let bytes = rest.length > 0 ? Buffer.concat([rest, piece]) : piece;
    while (bytes.length > 0) {
      const header = HEADER[bytes[0]!];
      if (header === undefined) throw new Error(`not an H4 packet: ${bytes.subarray(0, 16).toString('hex')}`);
      if (bytes.length < header || bytes.length < totalLength(bytes, header)) break;
      const total = totalLength(bytes, header);
      const packet = bytes.subarray(0, total);
      bytes = bytes.subarray(total);
      emit(packet);
    }
    rest = Buffer.from(bytes);
  };
}

class SocketTransport extends EventEmitter implements HciTransport {
  constructor(readonly socket: net.Socket) {
    super();
    socket.unref(); // an idle HCI link does not keep a process alive
    const take = deframer((packet) => this.emit('data', packet));
    socket.on('data', (piece) => {
      try {
        take(piece);
      } catch (error) {
        socket.destroy(error as Error);
      }
    });
    socket.on('error', (error) => {
      if (this.listenerCount('error') > 0) this.emit('error', error);
    });
    socket.on('close', () => this.emit('close'));
  }

  write(packet: Buffer): void {
    this.socket.write(packet);
  }

  close(): void {
    this.socket.destroy();
  }
}

/** HCI over an existing stream socket. */
export const socketTransport = (socket: net.Socket): HciTransport => new SocketTransport(socket);

/** HCI over a unix socket: a radio that another process serves, or BlueZ's btvirt. */
export const unixTransport = (path: string): HciTransport => new SocketTransport(net.connect(path));
