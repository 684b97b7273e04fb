/** Why a record was destroyed, by its number in the log (`cause`). Never renumber. */
export const CAUSES = {
  /** Whoever read it closed it. */
  closed: 1,
  /** Its 24 hours were over. */
  due: 2,
  /** Somebody who may ordered it. */
  ordered: 3,
  /** The tablet was decommissioned. */
  decommissioned: 4,
  /** The file of the keys was damaged: nothing opens what they opened. */
  'keys-lost': 5,
  /** Nothing was ever written to it. */
  empty: 6,
} as const;

export type Cause = keyof typeof CAUSES;

export function isCause(value: unknown): value is Cause {
  return typeof value === 'string' && Object.hasOwn(CAUSES, value);
}
