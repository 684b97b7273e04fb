import type { EpisodeRow, Value } from '@onebox/gateway/card/model.js';
import { Button } from '../../components/Button.js';
import { Table } from '../../components/Table.js';
import { ValueText } from '../../components/ValueText.js';
import { eventTimeText } from '../../format/time.js';
import { printValue } from '../../format/value.js';
import { text } from '../../messages/i18n.js';
import { useWords } from '../../state/clock.js';

/** Newest first by time, or by number where only the order is known. */
function newestFirst(a: EpisodeRow, b: EpisodeRow): number {
  if (a.time.at !== undefined && b.time.at !== undefined) return b.time.at - a.time.at;
  return b.number - a.number;
}

export function EpisodesTab({
  episodes,
  onStrip,
}: {
  readonly episodes: readonly EpisodeRow[];
  readonly onStrip: (episodeId: string) => void;
}) {
  const words = useWords();
  const show = (value: Value | undefined) =>
    value ? <ValueText value={printValue(value, words)} small /> : text('absent.unknown');
  return (
    <Table
      label={text('tab.episodes', { count: 0 })}
      rows={[...episodes].sort(newestFirst)}
      rowKey={(row) => row.id}
      empty={text('episodes.empty')}
      columns={[
        { id: 'time', title: text('episodes.time'), cell: (row) => eventTimeText(row.time, words), heading: true },
        { id: 'type', title: text('episodes.type'), cell: (row) => show(row.type) },
        { id: 'rate', title: text('episodes.rate'), cell: (row) => show(row.rate) },
        { id: 'duration', title: text('episodes.duration'), cell: (row) => show(row.duration) },
        {
          id: 'therapy',
          title: text('episodes.therapy'),
          cell: (row) =>
            row.therapy.length === 0
              ? text('episodes.noTherapy')
              : row.therapy.map((value, index) => <span key={index}>{show(value)} </span>),
        },
        { id: 'outcome', title: text('episodes.outcome'), cell: (row) => show(row.outcome) },
        {
          id: 'strip',
          title: text('episodes.strip'),
          cell: (row) =>
            row.hasStrip ? (
              <Button
                onPress={() => onStrip(row.id)}
                name={text('episodes.open.name', { number: row.number })}
                className="in-row"
              >
                {text('episodes.strip')}
              </Button>
            ) : (
              text('episodes.noStrip')
            ),
        },
      ]}
    />
  );
}
