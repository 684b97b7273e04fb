import type { Episode } from '@onebox/protocol/messages.js';
import type { Facts } from './facts.js';
import type { EpisodeRow, Value } from './model.js';
import { codeValue, numberValue, timeValue } from './values.js';

/** Stored events, newest first; where clocks mean nothing, by the device's own order. */
export function episodeRows(facts: Facts): readonly EpisodeRow[] {
  const order = ({ time, number }: Episode) => time?.unixMs || time?.order || number || 0;
  return facts.episodes.toSorted((a, b) => order(b) - order(a)).map(row);
}

function row(episode: Episode): EpisodeRow {
  const therapy = (episode.therapy ?? []).flatMap(({ code, energy }): Value[] => [
    ...(code ? [codeValue(code)] : []),
    ...(energy?.value ? [numberValue(energy)] : []),
  ]);
  return {
    id: episode.id ?? '',
    number: episode.number ?? 0,
    time: timeValue(episode.time) ?? { quality: 'order-only', order: episode.number ?? 0 },
    type: episode.type?.coding?.length
      ? codeValue(episode.type)
      : { kind: 'device-text', text: episode.vendorType ?? '' },
    ...(episode.rate?.value ? { rate: numberValue(episode.rate) } : {}),
    ...(episode.duration?.value ? { duration: numberValue(episode.duration) } : {}),
    therapy,
    ...(episode.outcome?.coding?.length ? { outcome: codeValue(episode.outcome) } : {}),
    hasStrip: episode.hasStrip ?? false,
  };
}
