import { matchWords } from './match-words.js';
import type { Card, Phrase, Tile, TimeValue, Value } from './model.js';
import { absentText, codeText, phraseText, readable, unitText } from './plain-words.js';

/** The card as plain lines for a terminal. */
export function cardLines(card: Card): string[] {
  const { identity, lead, tiles, read } = card;
  const name = [identity.manufacturer, identity.model, identity.serial].filter(Boolean).join(' ');
  const details = lead.details.length > 0 ? `  (${lead.details.map(phrase).join(', ')})` : '';
  const more = lead.more > 0 ? `  and ${lead.more} more` : '';
  const width = Math.max(...tiles.map(({ label }) => phrase(label).length));
  return [
    `${card.practice ? 'PRACTICE  ' : ''}${readable(identity.deviceClass).toUpperCase()}  ${name}`.trimEnd(),
    matchWords(card.patientMatch),
    `${lead.severity === 'none' ? '' : `${lead.severity.toUpperCase()}  `}${phrase(lead.title)}${details}${more}`,
    ...tiles.map((tile) => `${phrase(tile.label).padEnd(width)}  ${tileText(tile)}`),
    ...(card.clock ? [`${card.clock.severity.toUpperCase()}  ${phrase(card.clock.phrase)}`] : []),
    `${read.state}: ${read.read} values, ${read.refused} refused, ${read.failed} failed${read.error === undefined ? '' : `, OB-${read.error}`}`,
  ];
}

function tileText(tile: Tile): string {
  const main = tile.value ? [tile.value, ...tile.also].map(valueText).join(' ') : absentText(tile.absent ?? 'unknown');
  const evidence = tile.evidence.map(phrase).join(', ');
  const time = tile.time === undefined ? '' : timeText(tile.time);
  const severity = tile.severity === 'none' ? '' : `[${tile.severity.toUpperCase()}] `;
  const said = main.includes(time) || evidence.includes(time);
  return `${severity}${[main, evidence, said ? '' : time].filter(Boolean).join('  ')}`;
}

function phrase({ id, params }: Phrase): string {
  return phraseText(
    id,
    Object.fromEntries(Object.entries(params ?? {}).map(([name, value]) => [name, valueText(value)])),
  );
}

function valueText(value: Value): string {
  switch (value.kind) {
    case 'number':
      return withUnit(`${value.comparator ?? ''}${value.text}`, value.unit);
    case 'pair':
      return `${value.first}/${value.second} ${unitText(value.unit)}`.trim();
    case 'range':
      return withUnit([value.low ?? '', value.high ?? ''].join(' to ').trim(), value.unit);
    case 'word':
      return readable(value.id);
    case 'device-text':
      return `"${printable(value.text)}"`;
    case 'code':
      return printable(value.display) || codeText(value.refId) || value.code;
    case 'time':
      return timeText(value.time);
    case 'count':
      return String(value.count);
    case 'phrase':
      return phrase(value.phrase);
  }
}

/** `85 /min` loses its blank: the number counts per minute. */
function withUnit(number: string, ucum: string): string {
  const unit = unitText(ucum);
  return unit === '' || unit.startsWith('/') ? `${number}${unit}` : `${number} ${unit}`;
}

/** `2026-11-22 14:32:07Z`, of milliseconds since 1970. */
export function utcText(unixMs: number): string {
  return `${new Date(unixMs).toISOString().slice(0, 19).replace('T', ' ')}Z`;
}

/** By the tablet's clock in UTC; where only the order is known, the order. */
function timeText({ at, order, quality }: TimeValue): string {
  if (at === undefined) return order === undefined ? '' : `order ${order}`;
  const text = utcText(at);
  return quality === 'device' ? `${text} by device clock` : text;
}

/** Words of a device must not steer the terminal. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, '');
}
