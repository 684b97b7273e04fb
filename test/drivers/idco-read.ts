import driver from '@onebox/drivers/hl7-idco/driver.js';
import { type InProcessOptions, runDriverInProcess } from '@onebox/gateway/driver-host/in-process.js';
import { FileLink } from '@onebox/gateway/links/file/link.js';
import type { Finding, Observation } from '@onebox/protocol/messages.js';
import { validateFinding } from '@onebox/protocol/validate.js';
import { ALL_PHASES, manifestOf } from './read-simulator.js';

export const NOW = Date.UTC(2026, 10, 22, 6, 15);

/** Reads a file with the driver for programmers' messages, in this process. */
export async function readFile(content: Uint8Array | string, options: Partial<InProcessOptions> = {}) {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  const link = new FileLink(bytes, () => NOW);
  const findings: Finding[] = [];
  const traces: string[] = [];
  const run = await runDriverInProcess({
    driver,
    manifest: manifestOf(driver.id),
    link,
    phases: ALL_PHASES,
    utcOffsetMinutes: 0,
    now: () => NOW,
    onFinding: (finding) => void findings.push(finding),
    onTrace: (trace) => void traces.push(trace),
    ...options,
  });
  await link.close();
  return { run, findings, traces };
}

export const bodyOf = (finding: Finding): Observation | undefined =>
  finding.observation ?? finding.setting ?? finding.statistic ?? undefined;

/** Values of one code by its number or name, in the order they came. */
export const valuesOf = (findings: readonly Finding[], code: string | number): readonly Observation[] =>
  findings.flatMap((finding) => {
    const value = bodyOf(finding);
    return value?.code?.coding?.[0]?.code === String(code) ? [value] : [];
  });

/** What the rules of the protocol say against these findings. */
export const violations = (findings: readonly Finding[]): readonly string[] =>
  findings.flatMap((finding) => validateFinding(finding).map(({ path, rule }) => `${path} ${rule}`));

/** A message of these OBX segments, with a header around them. */
export const message = (
  obx: readonly string[],
  end = '\r',
  header = 'MSH|^~\\&|P||||20260101||ORU^R01|1|P|2.6',
): string =>
  [header, 'PID|||model:X/serial:Y^^^MDT^U', 'OBR|1||1|754050^^MDC|||20260102030405+0000', ...obx]
    .map((line) => `${line}${end}`)
    .join('');
