import type { CandidateRule } from '../lead.js';
import type { TileSpec } from '../tile.js';

/** What the card of one class of device shows: the lead line's rules in order, and eight tiles in a fixed order. */
export interface ClassCard {
  readonly lead: readonly CandidateRule[];
  readonly tiles: readonly TileSpec[];
}
