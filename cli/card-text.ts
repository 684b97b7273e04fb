import type { Card, Phrase, Tile, Value } from '@onebox/gateway/card/model.js';

/** The card as plain lines for a terminal. The words are ids made readable; the window has the reviewed wording. */
export function cardLines(card: Card): string[] {
  const { identity, lead, tiles, read } = card;
  const name = [identity.manufacturer, identity.model, identity.serial].filter(Boolean).join(' ');
  const width = Math.max(...tiles.map(({ label }) => phrase(label).length));
  return [
    `${card.practice ? 'PRACTICE  ' : ''}${identity.deviceClass.toUpperCase()}  ${name}`,
    `${lead.severity === 'none' ? '' : `${lead.severity.toUpperCase()}  `}${phrase(lead.title)}${lead.details.length > 0 ? `  (${lead.details.map(phrase).join(', ')})` : ''}`,
    ...tiles.map((tile) => `${phrase(tile.label).padEnd(width)}  ${tileText(tile)}`),
    ...(card.clock ? [phrase(card.clock.phrase)] : []),
    `${read.state}: ${read.read} values, ${read.refused} refused, ${read.failed} failed${read.error === undefined ? '' : `, OB-${read.error}`}`,
  ];
}

function tileText(tile: Tile): string {
  const main = tile.value ? [tile.value, ...tile.also].map(valueText).join(' ') : words(tile.absent ?? 'unknown');
  const evidence = tile.evidence.map(phrase).join(', ');
  const time = tile.time?.at === undefined ? '' : new Date(tile.time.at).toISOString();
  const severity = tile.severity === 'none' ? '' : `[${tile.severity.toUpperCase()}] `;
  return `${severity}${[main, evidence, time].filter(Boolean).join('  ')}`;
}

function phrase({ id, params }: Phrase): string {
  const values = Object.values(params ?? {}).map(valueText);
  const text = words(id.slice(id.indexOf('.') + 1));
  return values.length > 0 ? `${text} ${values.join(' ')}` : text;
}

function valueText(value: Value): string {
  switch (value.kind) {
    case 'number':
      return `${value.comparator ?? ''}${value.text}${value.unit === '1' ? '' : ` ${value.unit}`}`;
    case 'range':
      return `${value.low ?? ''} to ${value.high ?? ''} ${value.unit}`;
    case 'word':
      return words(value.id.slice('word.'.length));
    case 'device-text':
      return `"${value.text}"`;
    case 'code':
      return value.display || value.refId || value.code;
    case 'time':
      return value.time.at === undefined ? `order ${value.time.order ?? 0}` : new Date(value.time.at).toISOString();
    case 'count':
      return String(value.count);
    case 'phrase':
      return phrase(value.phrase);
  }
}

/** `insulin.delivery.suspended` -> `suspended`, `rv-lead` -> `rv lead`. */
function words(id: string): string {
  return (id.split('.').at(-1) ?? id).replaceAll('-', ' ');
}
