import type { LinkProvider } from '@onebox/gateway/links/link.js';

/** A provider that is made at the first call. Calls wait for it, and fail as its making did; what was never made ends in silence. */
export function lateProvider(transport: LinkProvider['transport'], make: () => Promise<LinkProvider>): LinkProvider {
  let made: Promise<LinkProvider> | undefined;
  const provider = (): Promise<LinkProvider> => {
    made ??= make();
    return made;
  };
  return {
    transport,
    preflight: async () => (await provider()).preflight(),
    scan: async (listener) => (await provider()).scan(listener),
    open: async (deviceId, options) => (await provider()).open(deviceId, options),
    dispose: async () => (await made)?.dispose(),
  };
}
