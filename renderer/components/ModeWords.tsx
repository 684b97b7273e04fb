import { text } from '../messages/i18n.js';
import { useApp } from '../state/app.js';

/** A way to run in which a screen must not be taken for a usual one; ids of the catalogue. */
interface Mode {
  readonly word: string;
  readonly body: string;
}

const PRACTICE: Mode = { word: 'app.practice', body: 'app.practice.body' };
const DEVELOPER: Mode = { word: 'app.developer', body: 'app.developer.body' };

export function useModes(): readonly Mode[] {
  const { status, view, card } = useApp();
  // A file of a simulated device can be opened anywhere.
  const simulated = view.kind === 'access' && card?.practice === true;
  return [...(status?.practice || simulated ? [PRACTICE] : []), ...(status?.developer ? [DEVELOPER] : [])];
}

/** PRACTICE, DEVELOPER, or both: in the bar of every screen and at the head of every sheet. OVERRIDE joins them. */
export function ModeWords({ override = false }: { readonly override?: boolean | undefined }) {
  const modes = useModes();
  if (modes.length === 0 && !override) return null;
  return (
    <span className="mode-words">
      {modes.map(({ word, body }) => (
        <strong key={word} className="practice-word" title={text(body)}>
          {text(word)}
        </strong>
      ))}
      {override ? <strong className="override-word">{text('access.override')}</strong> : null}
    </span>
  );
}
