import type { EpisodeRow, Strip } from '@onebox/gateway/card/model.js';
import { useEffect, useState } from 'react';
import { Button } from '../../components/Button.js';
import { StripView } from '../../components/StripView.js';
import { text } from '../../messages/i18n.js';
import { useSession } from '../../state/app.js';

export type StripEntry = Pick<Strip, 'id' | 'episodeId' | 'live' | 'time'>;

/** One strip at a time: the live signal, then the stored ones, newest first. It opens on the newest episode. */
export function StripsTab({
  accessId,
  entries,
  live,
  episodes,
  episodeId,
  onEpisode,
  reading,
}: {
  readonly accessId: string;
  readonly entries: readonly StripEntry[];
  readonly live: Strip | undefined;
  readonly episodes: readonly EpisodeRow[];
  readonly episodeId: string | undefined;
  readonly onEpisode: (episodeId: string | undefined) => void;
  readonly reading: boolean;
}) {
  const session = useSession();
  const [chosen, setChosen] = useState<string | undefined>(undefined);
  const [stored, setStored] = useState<Strip | undefined>(undefined);
  const sorted = entries.filter((entry) => !entry.live).sort((a, b) => (b.time.at ?? 0) - (a.time.at ?? 0));
  const list: readonly StripEntry[] = live ? [live, ...sorted] : sorted;
  const asked =
    episodeId === undefined
      ? list.findIndex((entry) => entry.id === chosen)
      : list.findIndex((entry) => entry.episodeId === episodeId);
  const newest = list.findIndex((entry) => entry.episodeId !== undefined);
  const place = asked >= 0 ? asked : Math.max(0, newest);
  const entry = list[place];
  const wantedId = entry && !entry.live ? entry.id : undefined;

  useEffect(() => {
    let current = true;
    if (wantedId !== undefined)
      void session.run('strip', { accessId, stripId: wantedId }).then((strip) => current && strip && setStored(strip));
    return () => {
      current = false;
    };
  }, [session, accessId, wantedId]);

  const go = (to: number): void => {
    onEpisode(undefined);
    setChosen(list[to]?.id);
  };
  const strip = entry?.live ? live : stored?.id === wantedId ? stored : undefined;
  const number = episodes.find((episode) => episode.id === entry?.episodeId)?.number;
  if (!entry) return <p className="empty">{text(reading ? 'strips.empty.reading' : 'strips.empty')}</p>;
  const pager =
    list.length > 1 ? (
      <>
        <Button onPress={() => go(place + 1)} disabled={place >= list.length - 1}>
          {text('strips.older')}
        </Button>
        <Button onPress={() => go(place - 1)} disabled={place <= 0}>
          {text('strips.newer')}
        </Button>
      </>
    ) : null;
  return strip ? (
    <StripView strip={strip} pager={pager} {...(number === undefined ? {} : { episode: number })} />
  ) : (
    <p className="empty">{text('absent.temp-unknown')}</p>
  );
}
