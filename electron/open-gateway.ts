import { setTimeout as sleep } from 'node:timers/promises';
import { badgeReaderOf } from '@onebox/gateway/access/badge/named.js';
import type { StoreChoice } from '@onebox/gateway/access/key-store/secret-store.js';
import { Pkcs11Tool } from '@onebox/gateway/access/smart-card/pkcs11-tool.js';
import { DriverIndex } from '@onebox/gateway/driver-host/driver-index.js';
import { Gateway } from '@onebox/gateway/gateway.js';
import { BleProvider } from '@onebox/gateway/links/ble/provider.js';
import type { LinkProvider } from '@onebox/gateway/links/link.js';
import { SerialProvider } from '@onebox/gateway/links/serial/provider.js';
import { OneBoxError } from '@onebox/protocol/errors.js';
import { lateProvider } from './late-provider.js';
import { utilityLauncher } from './utility-launcher.js';

export interface OpenGatewayOptions {
  readonly dataFolder: string;
  readonly practice: boolean;
  /** Keys of the simulated devices to practise with; all when not given. */
  readonly practiceDevices?: readonly string[] | undefined;
  /** Unsigned drivers run. */
  readonly developer: boolean;
  readonly version: string;
  readonly keyStore: StoreChoice;
  /** Path of a PKCS#11 module; the one of OpenSC when not given. Never from a page: it is code that runs. */
  readonly smartCardModule: string | undefined;
  /** Port of a badge reader, or `simulated` in practice; none when not given. */
  readonly badgeReaderName: string | undefined;
  /** The radios start after this, so that they do not hold up the first screen. Never rejects. */
  readonly shown: Promise<void>;
}

interface Around {
  readonly providers: readonly LinkProvider[];
  stop(): Promise<void>;
}

/** The lock screen is drawn first: what it needs has this process for itself. */
const LOCK_SCREEN_MS = 350;
const TRANSPORTS = ['ble', 'serial'] as const;

/** The gateway with this machine's radios, or in practice mode with simulated devices around it. */
export async function openGateway({
  dataFolder,
  practice,
  practiceDevices,
  developer,
  version,
  keyStore,
  smartCardModule,
  badgeReaderName,
  shown,
}: OpenGatewayOptions): Promise<Gateway> {
  const badgeReader = badgeReaderOf(badgeReaderName, practice);
  let around: Promise<Around> | undefined;
  let over = false;
  const drawn = shown.then(() => sleep(LOCK_SCREEN_MS));
  const provider = async (transport: LinkProvider['transport']): Promise<LinkProvider> => {
    if (over) throw new OneBoxError('LINK_ABORTED', 'the application ends');
    around ??= drawn.then(practice ? () => practiceWorld(practiceDevices) : () => realWorld(badgeReaderName));
    const found = (await around).providers.find((one) => one.transport === transport);
    if (!found) throw new Error(`no provider of ${transport}`);
    return found;
  };
  const gateway = await Gateway.open({
    dataFolder,
    practice,
    developer,
    version,
    keyStore,
    smartCards: new Pkcs11Tool({ module: smartCardModule }),
    badgeReader,
    drivers: DriverIndex.open(),
    launcher: utilityLauncher(),
    providers: TRANSPORTS.map((transport) => lateProvider(transport, () => provider(transport))),
    onDispose: async () => {
      over = true;
      await (await around)?.stop();
    },
  });
  // A badge may be held there before it is asked for. What is wrong with the reader is told when it is.
  shown.then(() => badgeReader?.ready()).catch(() => undefined);
  // While the person finds the first digits; without it the PIN and the first scan only take longer.
  drawn
    .then(() => import('@onebox/gateway/inputs.js'))
    .then(() => import('@onebox/gateway/access/argon2.js'))
    .then(({ prepareArgon2 }) => prepareArgon2())
    .then(() => import('@onebox/gateway/reading.js'))
    .then(() => Promise.all(TRANSPORTS.map(async (transport) => (await provider(transport)).preflight())))
    .catch(() => undefined);
  return gateway;
}

async function practiceWorld(devices: readonly string[] | undefined): Promise<Around> {
  const { startPracticeProviders } = await import('@onebox/simulation/practice/providers.js');
  return startPracticeProviders(devices ? { devices } : {});
}

function realWorld(badgePort: string | undefined): Around {
  return { providers: [new BleProvider(), new SerialProvider({ taken: badgePort })], stop: async () => undefined };
}
