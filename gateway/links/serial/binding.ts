import { read as readCallback } from 'node:fs';
import { promisify } from 'node:util';
import type { SerialPort } from 'serialport';

const read = promisify(readCallback);

type Binding = typeof SerialPort.binding;
/** The bindings of the systems differ in what they take; the settings go through as they are. */
// biome-ignore lint/suspicious/noExplicitAny: a union of functions takes the intersection of their arguments
type OpenSettings = any;

/** The parts of a port of serialport's Linux and macOS bindings that its own reading uses. */
interface UnixPort {
  readonly fd: number | null;
  readonly isOpen: boolean;
  readonly poller: { once(event: 'readable', ready: (error: Error | null) => void): void };
  read(buffer: Buffer, offset: number, length: number): Promise<{ bytesRead: number; buffer: Buffer }>;
}

const again = (error: unknown): boolean => {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'EAGAIN' || code === 'EWOULDBLOCK' || code === 'EINTR';
};

const failure = (message: string, flags: object): Error => Object.assign(new Error(message), flags);

/**
 * serialport reads on for ever, at full load, when the cable is pulled while a read is under way: a line that is gone
 * gives zero octets at every read. serialport opens lines so that a read never gives zero octets otherwise (VMIN 1).
 */
export function withHangUp(binding: Binding): Binding {
  if (process.platform === 'win32') return binding;
  return {
    list: () => binding.list(),
    async open(options: OpenSettings) {
      const port = await binding.open(options);
      const unix = port as unknown as UnixPort;
      unix.read = (buffer, offset, length) => readUntilHangUp(unix, buffer, offset, length);
      return port;
    },
  } as Binding;
}

async function readUntilHangUp(port: UnixPort, buffer: Buffer, offset: number, length: number) {
  for (;;) {
    const { fd } = port;
    if (fd === null) throw failure('Port is not open', { canceled: true });
    const bytesRead = await read(fd, buffer, offset, length, null).then(
      (result) => result.bytesRead,
      (error: Error) => {
        if (again(error)) return undefined;
        throw Object.assign(error, { disconnect: true });
      },
    );
    if (bytesRead === 0) throw failure('The line hung up', { disconnect: true });
    if (bytesRead !== undefined) return { bytesRead, buffer };
    if (port.isOpen) await readable(port); // the poller of a closed port ends the process when it is asked
  }
}

const readable = (port: UnixPort): Promise<void> =>
  new Promise((resolve, reject) => {
    port.poller.once('readable', (error) => (error ? reject(error) : resolve()));
  });
