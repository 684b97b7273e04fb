/** P0 to P6, in the order of `Phase` in finding.proto, from 1: what saves a life comes first. */
export const PHASES = ['identity', 'critical', 'present', 'settings', 'trends', 'episodes', 'memory'] as const;
export type PhaseName = (typeof PHASES)[number];
