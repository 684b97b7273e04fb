import { type Finding, v1 } from '@onebox/protocol/messages.js';

/** Findings as JSON, one a line, without the stamp of the host: when it took them depends on the run. */
export function findingLines(findings: readonly Finding[]): string {
  return findings
    .map(({ receivedUnixMs: _stamp, ...finding }) =>
      v1.Finding.toObject(v1.Finding.fromObject(finding), { enums: String, bytes: String }),
    )
    .map((finding) => `${JSON.stringify(finding)}\n`)
    .join('');
}
