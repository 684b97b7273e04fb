import type { Tile as TileModel } from '@onebox/gateway/card/model.js';
import { Button as AriaButton } from 'react-aria-components';
import { tileText } from '../format/tile.js';
import { text } from '../messages/i18n.js';
import { useWords } from '../state/clock.js';
import { Icon } from './Icon.js';
import { SeverityTag } from './SeverityTag.js';
import { ValueText } from './ValueText.js';

/** Characters that fit in one line at the smallest size. */
const LINE = 19;

// Long words get a smaller size, by their length alone: the same value always looks the same.
const sizeOf = (length: number, several: boolean): string =>
  length <= 11 ? '' : length <= (several ? 19 : 15) ? 'long' : 'longer';

// The dot stays at the end of a line, never at the start of one.
const BETWEEN = '\u00a0· ';

/** The one way to show a value (UX specification 3.1): label, value with unit, evidence, age. */
export function Tile({ tile, onOpen }: { readonly tile: TileModel; readonly onOpen: (tile: TileModel) => void }) {
  const shown = tileText(tile, useWords());
  const missing = shown.absent !== undefined;
  const length = missing
    ? shown.absent.length
    : shown.values.reduce((sum, value) => sum + value.main.length + Math.ceil(value.unit.length * 0.7) + 1, -1);
  // What a device says in words of its own can be longer than a line.
  const isSentence = shown.values.length === 1 && shown.values[0]?.quoted === true && length > LINE;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is a part of a form; this is a group of facts.
    <div
      role="group"
      aria-label={shown.name}
      className={`tile ${tile.severity} ${missing ? 'missing' : ''} ${shown.old ? 'old' : ''}`}
      data-tile={tile.id}
    >
      <dl>
        <dt>
          <span className="label">{shown.label}</span>
          <SeverityTag severity={tile.severity} />
        </dt>
        <dd className={`tile-values ${isSentence ? 'sentence' : sizeOf(length, shown.values.length > 1)}`}>
          {missing ? (
            <span className="absent">
              <Icon name="absent" />
              {shown.absent}
            </span>
          ) : (
            shown.values.map((value, index) => <ValueText key={index} value={value} />)
          )}
        </dd>
        <dd className="evidence">
          {/* OLD comes first: it must never be what does not fit. */}
          {shown.old ? <span className="when old">{shown.when}</span> : null}
          {shown.old && shown.evidence.length > 0 ? BETWEEN : ''}
          {shown.evidence.join(BETWEEN)}
          {!shown.old && shown.evidence.length > 0 && shown.when !== '' ? BETWEEN : ''}
          {shown.old || shown.when === '' ? null : (
            // Behind other evidence it is another element: it appears in its place, none moves there.
            <span key={shown.evidence.join()} className="when">
              {shown.when}
            </span>
          )}
        </dd>
      </dl>
      <AriaButton
        className="tile-open"
        aria-label={text('action.details', { label: shown.label })}
        onPress={() => onOpen(tile)}
      />
    </div>
  );
}
