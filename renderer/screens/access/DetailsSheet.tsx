import type { Tile as TileModel } from '@onebox/gateway/card/model.js';
import { Button } from '../../components/Button.js';
import { SeverityTag } from '../../components/SeverityTag.js';
import { Sheet } from '../../components/Sheet.js';
import { ValueText } from '../../components/ValueText.js';
import { printNumber } from '../../format/number.js';
import { tileText } from '../../format/tile.js';
import { clockText, eventTimeText } from '../../format/time.js';
import { unitWords } from '../../format/unit.js';
import type { Words } from '../../format/words.js';
import { text } from '../../messages/i18n.js';
import { useWords } from '../../state/clock.js';

type Row = readonly [label: string, value: string];

const withUnit = (value: string, unit: string, words: Words): string =>
  [printNumber(value, words.locale), unitWords(unit).shown].filter(Boolean).join('\u00a0');

function rowsOf(tile: TileModel, evidence: readonly string[], words: Words): readonly Row[] {
  const { code, field, original, limits, deviceText } = tile.details;
  const rows: (Row | undefined)[] = [
    evidence.length > 0 ? [text('details.evidence'), evidence.join(' · ')] : undefined,
    tile.time ? [text('details.time'), eventTimeText(tile.time, words)] : undefined,
    tile.time?.deviceText ? [text('details.deviceTime'), `\u201c${tile.time.deviceText}\u201d`] : undefined,
    tile.receivedAt === undefined ? undefined : [text('details.received'), clockText(tile.receivedAt, words, true)],
    tile.origin ? [text('details.source'), text(`origin.${tile.origin}`)] : undefined,
    ...limits.map(
      (limit): Row => [
        text('details.limits'),
        text(`details.limit.${limit.kind}`, {
          value: withUnit(limit.text, limit.unit, words),
          owner: text(`details.owner.${limit.owner}`, { reference: limit.reference }),
        }),
      ],
    ),
    original ? [text('details.original'), withUnit(original.text, original.unit, words)] : undefined,
    deviceText ? [text('details.original'), `\u201c${deviceText}\u201d`] : undefined,
    field ? [text('details.field'), field] : undefined,
    code ? [text('details.code'), `${code.refId} (${code.system} ${code.code})`] : undefined,
    tile.validity.length > 0 ? [text('details.validity'), tile.validity.join(', ')] : undefined,
    tile.error === undefined ? undefined : [text('details.error'), `OB-${tile.error}`],
  ];
  return rows.filter((row) => row !== undefined);
}

/** Everything about one value: what the device said, when, and whose limit it was held against. */
export function DetailsSheet({ tile, onClose }: { readonly tile: TileModel; readonly onClose: () => void }) {
  const words = useWords();
  const shown = tileText(tile, words);
  return (
    <Sheet title={shown.label} onClose={onClose} aside={<SeverityTag severity={tile.severity} />}>
      <p className="details-value">
        {shown.absent ?? shown.values.map((value, index) => <ValueText key={index} value={value} />)}{' '}
        <span className={shown.old ? 'when old' : 'when'}>{shown.when}</span>
      </p>
      <dl className="details">
        {rowsOf(tile, shown.evidence, words).map(([label, value], index) => (
          <div key={index}>
            <dt>{label}</dt>
            <dd>
              <bdi>{value}</bdi>
            </dd>
          </div>
        ))}
      </dl>
      <div className="sheet-actions">
        <Button kind="pri" onPress={onClose}>
          {text('action.close')}
        </Button>
      </div>
    </Sheet>
  );
}
