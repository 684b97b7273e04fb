import type { Trend, TrendPoint } from '@onebox/gateway/card/model.js';
import { valueText } from '../format/value.js';
import { text } from '../messages/i18n.js';
import { useWords } from '../state/clock.js';
import { Table } from './Table.js';
import { pointTime } from './TrendView.js';

/** Rows that a page takes without becoming slow; the newest ones. */
const MOST_ROWS = 500;

/** The values of a trend, newest first. */
export function TrendTable({
  trend,
  points,
  label,
}: {
  readonly trend: Trend;
  readonly points: readonly TrendPoint[];
  readonly label: string;
}) {
  const words = useWords();
  const rows = points.slice(-MOST_ROWS).toReversed();
  return (
    <div className="trend-table">
      <Table
        label={label}
        rows={rows}
        rowKey={({ at }) => String(at)}
        empty={text('trends.empty')}
        columns={[
          { id: 'time', title: text('trends.time'), cell: (point) => pointTime(trend, point, words), heading: true },
          {
            id: 'value',
            title: text('trends.value'),
            cell: (point) => valueText({ kind: 'number', text: point.text, unit: trend.unit }, words),
          },
        ]}
      />
      {rows.length < points.length ? (
        <p className="secondary">{text('trends.newest', { count: rows.length, all: points.length })}</p>
      ) : null}
    </div>
  );
}
