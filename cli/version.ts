import { createRequire } from 'node:module';

/** Version of the application. */
export function applicationVersion(): string {
  return (createRequire(import.meta.url)('@onebox/gateway/package.json') as { version: string }).version;
}
