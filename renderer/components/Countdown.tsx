import { countdownText, spanText } from '../format/time.js';
import { text } from '../messages/i18n.js';
import { useWords } from '../state/clock.js';

/** Time that is left of an access, `14:12`. */
export function Countdown({ endsAt }: { readonly endsAt: number }) {
  const words = useWords();
  const left = Math.max(0, endsAt - words.now);
  return (
    <div
      className={`timer ${left < 120_000 ? 'soon' : ''}`}
      role="timer"
      aria-label={text('access.left.name', { span: spanText(left, words) })}
    >
      {text('access.left', { time: countdownText(left) })}
    </div>
  );
}
