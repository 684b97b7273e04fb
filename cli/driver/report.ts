import type { Manifest } from '@onebox/driver-sdk/manifest.js';
import { EXIT } from '../exit-codes.js';
import type { Output } from '../output.js';

/** A place in the driver's folder. */
export interface Place {
  /** Relative to the folder, e.g. `manifest.json`. */
  readonly file: string;
  /** From 1. */
  readonly line?: number;
}

/** One thing that was looked at. What is not `ok` says where, and what to do about it. */
export type Line =
  | { readonly status: 'ok'; readonly check: string; readonly text: string; readonly more?: readonly string[] }
  | {
      readonly status: 'warn' | 'FAIL';
      readonly check: string;
      readonly text: string;
      readonly at: Place;
      readonly mend: string;
    };

export const ok = (check: string, text: string, more?: readonly string[]): Line => ({
  status: 'ok',
  check,
  text,
  ...(more ? { more } : {}),
});
export const warn = (check: string, text: string, at: Place, mend: string): Line => ({
  status: 'warn',
  check,
  text,
  at,
  mend,
});
export const fail = (check: string, text: string, at: Place, mend: string): Line => ({
  status: 'FAIL',
  check,
  text,
  at,
  mend,
});

/** `1 file`, `2 files`. */
export const counted = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;

export function placeText({ file, line }: Place): string {
  return line === undefined ? file : `${file}:${line}`;
}

/** What a tool found in a driver's folder. */
export interface Report {
  /** Undefined when the manifest is not valid. */
  readonly manifest: Manifest | undefined;
  readonly lines: readonly Line[];
  /** The command to run again once it is mended, and the one that follows when all is well. */
  readonly again: string;
  readonly after: string;
}

/**
 * Prints a report: `{ driver, version, lines, failed, warnings, next }` as JSON, or the lines of text.
 * Returns `failedCode` when something failed.
 */
export function conclude(report: Report, output: Output, failedCode: number): number {
  const { manifest, lines } = report;
  const failures = lines.filter(({ status }) => status === 'FAIL');
  const warnings = lines.filter(({ status }) => status === 'warn');
  const next = nextStep(report);
  output.result(
    {
      driver: manifest?.id ?? null,
      version: manifest?.version ?? null,
      lines,
      failed: failures.length,
      warnings: warnings.length,
      next,
    },
    [
      manifest
        ? `${manifest.id} ${manifest.version}  (${manifest.deviceClasses.join(', ')}; ${manifest.transport.join(', ')})`
        : 'driver without a valid manifest',
      ...lines.flatMap((line) => lineText(line, Math.max(...lines.map(({ check }) => check.length)))),
      `${failures.length} failed, ${counted(warnings.length, 'warning')}.  Next: ${next}`,
    ],
  );
  return failures.length > 0 ? failedCode : EXIT.ok;
}

function nextStep({ lines, again, after }: Report): string {
  const first = lines.find((line) => line.status === 'FAIL');
  return first && 'at' in first ? `fix ${placeText(first.at)}, then  ${again}` : after;
}

function lineText(line: Line, width: number): readonly string[] {
  const head = `  ${line.status.padEnd(4)}  ${line.check.padEnd(width)}  ${line.text}`;
  const indent = ' '.repeat(8);
  if (line.status === 'ok') return [head, ...(line.more ?? []).map((text) => `${indent}${text}`)];
  return [head, `${indent}${placeText(line.at)}  ${line.mend}`];
}
