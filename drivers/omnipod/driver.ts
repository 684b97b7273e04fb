import { defineDriver } from '@onebox/driver-sdk/define.js';
import { evidence } from '@onebox/driver-sdk/findings.js';
import { behindBridge, bridgedPump } from '@onebox/driver-sdk/parts/bridge.js';
import { localFault, phase } from '@onebox/driver-sdk/parts/gatt-findings.js';
import { ValueRejected } from '@onebox/driver-sdk/parts/gatt-values.js';
import type { PhaseName } from '@onebox/driver-sdk/phases.js';
import type { Finding } from '@onebox/protocol/messages.js';
import { activationFinding, alertSettings, criticalFindings, presentFindings, pulseLogFinding } from './findings.js';
import manifest from './manifest.json' with { type: 'json' };
import { type PodMessage, parsePodMessage } from './status.js';

/** Omnipod (Eros, DASH) behind the maker's bridge: why the pod stopped, what it delivered, what is left. */

/** Kind of frame that hands a status request to the pod. */
const TO_POD = 0x10;
const ITEMS = {
  detailedStatus: 2,
  configuredAlerts: 1,
  activationTime: 5,
  pulseLogPlus: 3,
  pulseLogRecent: 0x50,
  pulseLogPrevious: 0x51,
} as const;
type Item = keyof typeof ITEMS;

export default defineDriver(manifest, (device) =>
  behindBridge(device, 'omnipod', async function* (bridge, hello) {
    const answers = new Map<Item, Uint8Array>();
    const answer = async (item: Item) => {
      const bytes = answers.get(item) ?? (await bridge.ask({ request: item, kind: TO_POD, item: ITEMS[item] }));
      answers.set(item, bytes);
      return bytes;
    };
    /** What the pod answers, as findings; an answer that is refused gives none of its values. */
    async function* read(
      during: PhaseName,
      item: Item,
      findings: (message: PodMessage, bytes: Uint8Array) => readonly Finding[],
    ): AsyncGenerator<Finding, void, void> {
      try {
        const bytes = await answer(item);
        const found = findings(parsePodMessage(bytes), bytes);
        if (found.length === 0) throw new ValueRejected('unknown', `${item}: the pod answered something else`);
        yield* found;
      } catch (error) {
        yield localFault(error, during, item);
      }
    }
    const status = (message: PodMessage, make: typeof criticalFindings) =>
      message.kind === 'detailed-status' || message.kind === 'status-response' ? make(message, device.now()) : [];

    yield* phase(device, 'identity', async function* () {
      yield bridgedPump(hello, 'Insulet', 'Omnipod');
    });
    yield* phase(device, 'critical', () =>
      read('critical', 'detailedStatus', (message, bytes) => {
        const found = status(message, criticalFindings);
        return found.length > 0 ? [...found, evidence('status', 'line', bytes)] : [];
      }),
    );
    yield* phase(device, 'present', async function* () {
      yield* read('present', 'detailedStatus', (message) => status(message, presentFindings));
      yield* read('present', 'activationTime', (message) =>
        message.kind === 'activation-time' ? [activationFinding(message, device.now(), device.utcOffsetMinutes)] : [],
      );
    });
    yield* phase(device, 'settings', async function* () {
      yield* read('settings', 'configuredAlerts', (message, bytes) =>
        message.kind === 'configured-alerts'
          ? [evidence('configured-alerts', 'line', bytes), ...alertSettings(message, device.now())]
          : [],
      );
    });
    yield* phase(device, 'memory', async function* () {
      for (const item of ['pulseLogPlus', 'pulseLogRecent', 'pulseLogPrevious'] as const) {
        yield* read('memory', item, (message, bytes) => {
          if (message.kind !== 'pulse-log' || message.subtype !== ITEMS[item]) return [];
          const id = `pulse-log-${message.subtype.toString(16).toUpperCase().padStart(2, '0')}`;
          return [evidence(id, 'line', bytes), pulseLogFinding(message, device.now())];
        });
      }
    });
  }),
);
