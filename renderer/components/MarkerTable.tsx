import type { Strip } from '@onebox/gateway/card/model.js';
import { clockText } from '../format/time.js';
import { printValue } from '../format/value.js';
import { text } from '../messages/i18n.js';
import { useWords } from '../state/clock.js';
import { Table } from './Table.js';

interface Row {
  readonly key: string;
  readonly ms: number;
  readonly lane: string;
  readonly marker: string;
  readonly interval: string;
}

/** The markers of a strip as a table: time, marker, interval to the one before in its channel. */
export function MarkerTable({ strip }: { readonly strip: Strip }) {
  const words = useWords();
  const rows: Row[] = strip.lanes.flatMap((lane, laneIndex) =>
    lane.markers.map((marker, index) => {
      const before = lane.markers[index - 1];
      return {
        key: `${laneIndex}-${index}`,
        ms: marker.sample * lane.periodMs,
        lane: printValue(lane.label, words).main,
        marker: marker.text && marker.text !== marker.code ? `${marker.code} ${marker.text}` : marker.code,
        interval: before ? `${Math.round((marker.sample - before.sample) * lane.periodMs)}\u00a0ms` : '',
      };
    }),
  );
  rows.sort((a, b) => a.ms - b.ms);
  const { at } = strip.time;
  const timeOf = (ms: number): string =>
    `${at === undefined ? '' : `${clockText(at + ms, words, true)} · `}${(ms / 1_000).toFixed(2)}\u00a0s`;
  return (
    <Table
      label={text('strips.table')}
      rows={rows}
      rowKey={(row) => row.key}
      empty={text('strips.noMarkers')}
      columns={[
        { id: 'time', title: text('strips.column.time'), cell: (row) => timeOf(row.ms), heading: true },
        { id: 'marker', title: text('strips.column.marker'), cell: (row) => row.marker },
        { id: 'interval', title: text('strips.column.interval'), cell: (row) => row.interval },
        { id: 'lane', title: text('strips.column.lane'), cell: (row) => row.lane },
      ]}
    />
  );
}
