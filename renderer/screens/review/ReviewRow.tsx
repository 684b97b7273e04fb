import type { ReviewItem } from '@onebox/gateway/api.js';
import { spanText } from '../../format/time.js';
import { text } from '../../messages/i18n.js';
import { useWords } from '../../state/clock.js';

/** Name of who did it, or the end of the pseudonym of one who is no longer enrolled. */
export const whoText = ({ person, personTail }: ReviewItem): string =>
  person ?? text('device.tail', { tail: personTail });

/** What stands out, heaviest first; of a sampled one, that it is of the sample. */
export const signalsText = ({ signals, why }: ReviewItem): string =>
  signals.length > 0 ? signals.map((signal) => text(`review.signal.${signal}`)).join(', ') : text(`review.why.${why}`);

function dueText({ dueAt, overdue, state, next }: ReviewItem, words: ReturnType<typeof useWords>): string {
  if (next.length === 0) return text(`review.state.${state}`);
  const span = spanText(Math.abs(dueAt - words.now), words);
  return text(overdue ? 'review.late' : 'review.due', { span });
}

/** An item of the queue: when it is due, who, what stands out. */
export function ReviewRow({
  item,
  selected,
  onSelect,
}: {
  readonly item: ReviewItem;
  readonly selected: boolean;
  readonly onSelect: () => void;
}) {
  const words = useWords();
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list has the focus and moves by its keys.
    // biome-ignore lint/a11y/useFocusableInteractive: the list holds the focus, and names the option by its id.
    <div
      id={`review-${item.accessId}`}
      role="option"
      aria-selected={selected}
      className={`review-row ${item.overdue ? 'overdue' : ''}`}
      onClick={onSelect}
    >
      <b>{whoText(item)}</b>
      <span className="review-due">{dueText(item, words)}</span>
      <span className="review-signals">{signalsText(item)}</span>
    </div>
  );
}
