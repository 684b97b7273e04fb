import { BleProvider } from '@onebox/gateway/links/ble/provider.js';
import type { LinkProvider } from '@onebox/gateway/links/link.js';
import { SerialProvider } from '@onebox/gateway/links/serial/provider.js';
import { type PracticeOptions, type PracticeWorld, startPracticeWorld } from './world.js';

export interface PracticeProviders {
  readonly providers: readonly LinkProvider[];
  readonly world: PracticeWorld;
  /** Disposes the providers and takes the devices off the air. */
  stop(): Promise<void>;
}

/** The practice world with the real link providers on it: what `Gateway.open` takes. */
export async function startPracticeProviders(options: PracticeOptions = {}): Promise<PracticeProviders> {
  const world = await startPracticeWorld(options);
  const providers = [new BleProvider(world.ble), new SerialProvider(world.serial)];
  return {
    providers,
    world,
    async stop() {
      await Promise.all(providers.map((provider) => provider.dispose()));
      await world.stop();
    },
  };
}
