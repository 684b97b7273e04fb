import { createHash } from 'node:crypto';
import type { BleSimulator } from '@onebox/driver-sdk/simulator.js';
import { DriverIndex, type LoadedDriver } from '@onebox/gateway/driver-host/driver-index.js';
import { nodeLauncher } from '@onebox/gateway/driver-host/launcher.js';
import { DEFAULT_PHASES } from '@onebox/gateway/interrogation/phases.js';
import { InterrogationSession, type SessionEvent, type SessionOptions } from '@onebox/gateway/interrogation/session.js';
import { BleProvider } from '@onebox/gateway/links/ble/provider.js';
import type { Link, LinkProvider } from '@onebox/gateway/links/link.js';
import { plainFinding } from '@onebox/protocol/json.js';
import { type Finding, type Interrogation, type Phase, v1 } from '@onebox/protocol/messages.js';
import { startSimulator } from '@onebox/simulation/radio/peripheral.js';
import { Radio, type RadioOptions } from '@onebox/simulation/radio/radio.js';
import { VirtualAdapter } from '@onebox/simulation/radio/virtual-adapter.js';

/** A virtual radio that need not be as slow as air. */
export const QUICK: RadioOptions = {
  maxAdvertisingIntervalMs: 20,
  maxSupervisionTimeoutMs: 400,
  connectionIntervalMs: 0,
  aclLength: 251,
  aclCount: 8,
};

export const drivers = DriverIndex.open();
export const native = drivers.get('onebox-native');

/** One simulated device on a virtual radio of its own, heard by a real provider. */
export async function deviceOnAir(simulator: BleSimulator) {
  const radio = new Radio(QUICK);
  const adapter = new VirtualAdapter(() => radio.attach());
  const controller = radio.attach();
  const running = await startSimulator(controller, simulator);
  const provider = new BleProvider({ hciSocket: adapter.hciSocket });
  const id = await firstHeard(provider);
  return {
    open: (signal: AbortSignal, deadlineMs = 1500) => provider.open(id, { deadlineMs, signal }),
    peripheral: running.peripheral,
    /** Out of reach, or back. */
    setNear: (near: boolean) => {
      for (const other of radio.controllers) if (other !== controller) radio.setInRange(controller, other, near);
    },
    close: async () => {
      await provider.dispose();
      adapter.state = 'absent';
      await running.close();
    },
  };
}

function firstHeard(provider: LinkProvider): Promise<string> {
  return new Promise((resolve, reject) => {
    const scan = provider.scan({
      seen: ({ id }) =>
        void scan.then(async (running) => {
          await running.stop();
          resolve(id);
        }, reject),
      gone: () => undefined,
      state: (error) => error && reject(error),
    });
  });
}

export interface SessionChoices extends Partial<SessionOptions> {
  readonly driver?: LoadedDriver;
  readonly open: (signal: AbortSignal) => Promise<Link>;
  readonly found?: (finding: Finding) => void;
}

/** A session with the real sandbox; the second link is tried at once. */
export function newSession({ open, found, ...options }: SessionChoices) {
  const events: SessionEvent[] = [];
  const session = new InterrogationSession({
    driver: native,
    transport: 'ble',
    openLink: open,
    phases: DEFAULT_PHASES,
    live: false,
    purpose: v1.PurposeOfUse.PURPOSE_OF_USE_HTEST,
    practice: true,
    services: [],
    launcher: nodeLauncher(),
    applicationVersion: '0.0.0',
    retryAfterMs: [0],
    observer: {
      finding: (finding) => found?.(finding),
      event: (event) => void events.push(event),
      changed: () => undefined,
    },
    ...options,
  });
  return { session, events };
}

const OF_THE_MOMENT = new Set(['unixMs', 'endUnixMs', 'deviceText', 'sequence', 'receivedUnixMs']);

/** What was found, one line each, without what differs from one read to the next: stamps, progress, clocks. */
export function content({ finding }: Interrogation): string[] {
  return (finding ?? [])
    .filter(({ progress, clock }) => !progress && !clock)
    .map((one) => {
      const plain = plainFinding(one);
      const text = JSON.stringify(plain, (key, value: unknown) => (OF_THE_MOMENT.has(key) ? undefined : value));
      return `${text.slice(0, 150)} ${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
    });
}

/** The findings that came between the beginning and the end of a phase. */
export function inPhase(document: Interrogation, phase: Phase): Interrogation {
  const finding = document.finding ?? [];
  const at = (state: v1.Progress.State) =>
    finding.findIndex(({ progress }) => progress?.phase === phase && progress.state === state);
  return { finding: finding.slice(at(v1.Progress.State.STATE_STARTED), at(v1.Progress.State.STATE_DONE)) };
}

/** Keeps what is sent over a link. */
export function spyOn(link: Link, sent: (channel: string, bytes: Uint8Array) => void): Link {
  return new Proxy(link, {
    get(target, key) {
      if (key === 'write') {
        return async (channel: string, bytes: Uint8Array, options: Parameters<Link['write']>[2]) => {
          await target.write(channel, bytes, options);
          sent(channel, bytes);
        };
      }
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
