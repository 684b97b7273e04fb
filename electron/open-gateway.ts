import { DriverIndex } from '@onebox/gateway/driver-host/driver-index.js';
import { Gateway } from '@onebox/gateway/gateway.js';
import { BleProvider } from '@onebox/gateway/links/ble/provider.js';
import { SerialProvider } from '@onebox/gateway/links/serial/provider.js';
import { utilityLauncher } from './utility-launcher.js';

export interface OpenGatewayOptions {
  readonly dataFolder: string;
  readonly practice: boolean;
  readonly version: string;
}

/** The gateway with this machine's radios, or in practice mode with simulated devices around it. */
export async function openGateway({ dataFolder, practice, version }: OpenGatewayOptions): Promise<Gateway> {
  const common = { dataFolder, practice, version, drivers: DriverIndex.open(), launcher: utilityLauncher() };
  if (!practice) return Gateway.open({ ...common, providers: [new BleProvider(), new SerialProvider()] });
  const { startPracticeProviders } = await import('@onebox/simulation/practice/providers.js');
  const { providers, stop } = await startPracticeProviders();
  return Gateway.open({ ...common, providers, onDispose: stop });
}
