import type { ValueGroup } from '@onebox/gateway/api.js';
import type { Tile } from '@onebox/gateway/card/model.js';
import { useRef } from 'react';
import { Button } from '../../components/Button.js';
import { PageKeys } from '../../components/PageKeys.js';
import { TileGrid } from '../../components/TileGrid.js';
import { text } from '../../messages/i18n.js';

const FILTERS = ['all', 'flagged', 'missing'] as const;
export type Filter = (typeof FILTERS)[number];

const passes = (tile: Tile, filter: Filter): boolean =>
  filter === 'all' || (filter === 'missing' ? tile.value === undefined : tile.severity !== 'none');

/** All values in groups, with what is flagged or missing at one touch. */
export function ValuesTab({
  groups,
  filter,
  onFilter,
  onOpen,
}: {
  readonly groups: readonly ValueGroup[];
  readonly filter: Filter;
  readonly onFilter: (filter: Filter) => void;
  readonly onOpen: (tile: Tile) => void;
}) {
  const frame = useRef<HTMLElement>(null);
  const shown = groups
    .map((group) => ({ ...group, tiles: group.tiles.filter((tile) => passes(tile, filter)) }))
    .filter((group) => group.tiles.length > 0);
  const count = (which: Filter): number =>
    groups.reduce((sum, group) => sum + group.tiles.filter((tile) => passes(tile, which)).length, 0);
  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: three buttons, not fields of a form. */}
      <div className="filters" role="group" aria-label={text('values.filter')}>
        {FILTERS.map((one) => (
          <Button key={one} onPress={() => onFilter(one)} pressed={filter === one} className="filter">
            {text(`values.${one}`)} {count(one)}
          </Button>
        ))}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard. */}
      <section ref={frame} className="scroll" tabIndex={0} aria-label={text('tab.values')}>
        {shown.length === 0 ? (
          <p className="empty">{text(filter === 'all' ? 'values.empty' : `values.empty.${filter}`)}</p>
        ) : null}
        {shown.map((group) => (
          <div key={group.id} className="group">
            <h2>{text(group.id)}</h2>
            <TileGrid tiles={group.tiles} label={text(group.id)} onOpen={onOpen} />
          </div>
        ))}
      </section>
      <PageKeys of={frame} />
    </>
  );
}
