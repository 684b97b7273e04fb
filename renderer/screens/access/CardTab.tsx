import type { Card, Tile } from '@onebox/gateway/card/model.js';
import { useEffect, useRef } from 'react';
import { LeadLine, leadName } from '../../components/LeadLine.js';
import { TileGrid } from '../../components/TileGrid.js';
import { text } from '../../messages/i18n.js';
import { announcer } from '../../state/announce.js';
import { wordsNow } from '../../state/clock.js';
import { tone } from '../../state/tones.js';

/** What the card says by itself: the lead line once it stands, and that it is complete. */
function useSpoken(card: Card): void {
  const said = useRef('');
  const complete = useRef(false);
  const { lead, read } = card;
  useEffect(() => {
    const name = leadName(lead, wordsNow());
    const standing = lead.severity !== 'none' || read.state !== 'connecting';
    if (!standing || name === said.current || lead.title.id === 'lead.reading') return;
    said.current = name;
    announcer.say(name, lead.severity === 'critical' ? 'assertive' : 'polite');
    if (lead.severity === 'critical' || lead.severity === 'check') tone('look');
  }, [lead, read.state]);
  useEffect(() => {
    if (read.state !== 'complete' || complete.current) return;
    complete.current = true;
    announcer.say(text('card.complete', { read: read.read, expected: read.expected }));
    tone('ready');
  }, [read]);
}

/** The ten-second card: one lead line and eight tiles, in places that never change. */
export function CardTab({
  card,
  onOpen,
  onMore,
}: {
  readonly card: Card;
  readonly onOpen: (tile: Tile) => void;
  readonly onMore: () => void;
}) {
  useSpoken(card);
  return (
    <>
      <LeadLine lead={card.lead} onMore={onMore} />
      <TileGrid tiles={card.tiles} label={text('card.tiles')} onOpen={onOpen} />
    </>
  );
}
