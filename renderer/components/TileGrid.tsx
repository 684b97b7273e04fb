import type { Tile as TileModel } from '@onebox/gateway/card/model.js';
import { type KeyboardEvent, useRef } from 'react';
import { Tile } from './Tile.js';

const STEPS: Readonly<Record<string, (columns: number) => number>> = {
  ArrowRight: () => 1,
  ArrowLeft: () => -1,
  ArrowDown: (columns) => columns,
  ArrowUp: (columns) => -columns,
};

/** Tiles in four columns, fewer where the screen is narrow; arrow keys go from tile to tile. */
export function TileGrid({
  tiles,
  label,
  onOpen,
}: {
  readonly tiles: readonly TileModel[];
  readonly label: string;
  readonly onOpen: (tile: TileModel) => void;
}) {
  const grid = useRef<HTMLElement>(null);
  const move = (event: KeyboardEvent): void => {
    const step = STEPS[event.key];
    if (!step || !grid.current) return;
    const buttons = [...grid.current.querySelectorAll<HTMLElement>('.tile-open')];
    const columns = getComputedStyle(grid.current).gridTemplateColumns.split(' ').length;
    const from = buttons.indexOf(document.activeElement as HTMLElement);
    const to = buttons[from + step(columns)];
    if (from < 0 || !to) return;
    event.preventDefault();
    to.focus();
  };
  return (
    <section ref={grid} className="tiles" aria-label={label} onKeyDown={move} data-region="tiles">
      {tiles.map((tile) => (
        <Tile key={tile.id} tile={tile} onOpen={onOpen} />
      ))}
    </section>
  );
}
