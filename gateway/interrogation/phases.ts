import { Phase } from '@onebox/protocol/messages.js';

/** All phases in reading order, critical facts first (architecture, section 4). */
export const PHASES: readonly Phase[] = [
  Phase.PHASE_IDENTITY,
  Phase.PHASE_CRITICAL,
  Phase.PHASE_PRESENT,
  Phase.PHASE_SETTINGS,
  Phase.PHASE_TRENDS,
  Phase.PHASE_EPISODES,
  Phase.PHASE_MEMORY,
];

/** What is read unless the user asks for more: everything but the full memory. */
export const DEFAULT_PHASES: readonly Phase[] = PHASES.filter((phase) => phase !== Phase.PHASE_MEMORY);

/** `PHASE_CRITICAL` -> `critical`. */
export function phaseId(phase: Phase): string {
  return Phase[phase].slice('PHASE_'.length).toLowerCase();
}

/** `critical` -> `PHASE_CRITICAL`; undefined for any other word. */
export function phaseFromId(id: string): Phase | undefined {
  return PHASES.find((phase) => phaseId(phase) === id);
}
