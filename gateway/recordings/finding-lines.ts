import { plainFinding } from '@onebox/protocol/json.js';
import type { Finding } from '@onebox/protocol/messages.js';

/** Findings as JSON, one a line, without the stamp of the host: when it took them depends on the run. */
export function findingLines(findings: readonly Finding[]): string {
  return findings
    .map(({ receivedUnixMs: _stamp, ...finding }) => plainFinding(finding, { texts: true }))
    .map((finding) => `${JSON.stringify(finding)}\n`)
    .join('');
}
