import { Button as AriaButton } from 'react-aria-components';
import { countdownText, spanText } from '../format/time.js';
import { text } from '../messages/i18n.js';
import { useWords } from '../state/clock.js';

/** Time that is left of an access, `14:12`; a touch asks for its extension while there is one. */
export function Countdown({ endsAt, onExtend }: { readonly endsAt: number; readonly onExtend?: () => void }) {
  const words = useWords();
  const left = Math.max(0, endsAt - words.now);
  if (onExtend)
    return (
      <AriaButton className={`timer extend ${left < 120_000 ? 'soon' : ''}`} onPress={onExtend}>
        <span>{text('access.left', { time: countdownText(left) })}</span>{' '}
        <span className="extend-word">{text('access.extend')}</span>
      </AriaButton>
    );
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
