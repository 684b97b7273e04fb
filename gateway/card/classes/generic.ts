import { mdc, own } from '../keys.js';
import type { Tile } from '../model.js';
import { phraseTile, type TileSpec, tileOf } from '../tile.js';
import { codeValue } from '../values.js';
import type { ClassCard } from './class-card.js';
import { timed } from './phrases.js';
import { firmwareTile, makerTile } from './vitals.js';

/** The n-th value that is neither an alert nor a battery: whatever the device has. */
function anyTile(id: string, kind: 'observation' | 'setting', place: number): TileSpec {
  return {
    id,
    from: [],
    build: (facts): Tile | undefined => {
      const fact = facts.all.filter(({ value, kind: its }) => its === kind && !value.samples && !value.absent)[place];
      return fact ? { ...tileOf(id, fact, facts), label: labelOf(id, fact.value.code) } : undefined;
    },
  };
}

/** The term's own name where the device gives one, so that a value never stands without saying what it is. */
function labelOf(id: string, code: Parameters<typeof codeValue>[0] | null | undefined): Tile['label'] {
  return code ? { id: 'tile.named', params: { what: codeValue(code) } } : { id: `tile.${id}` };
}

/** Everything that has no card of its own (UX specification, section 7). */
export const genericCard: ClassCard = {
  lead: [],
  tiles: [
    makerTile,
    {
      id: 'alerts',
      from: [],
      build: (facts) => {
        const [first] = facts.activeAlerts;
        return first
          ? phraseTile('alerts', codeValue(first.code ?? {}), {
              severity: 'check',
              evidence: timed('ev.since', first.since),
            })
          : undefined;
      },
    },
    {
      id: 'last-event',
      from: [],
      build: (facts) => {
        const last = facts.episodes.toSorted((a, b) => (b.time?.unixMs ?? 0) - (a.time?.unixMs ?? 0))[0];
        return last?.type
          ? phraseTile('last-event', codeValue(last.type), { evidence: timed('ev.at', last.time) })
          : undefined;
      },
    },
    anyTile('measured-1', 'observation', 0),
    anyTile('setting-1', 'setting', 0),
    { id: 'battery', from: [mdc('ATTR_VAL_BATT_CHARGE'), own('battery.percent'), mdc('IDC_MSMT_BATTERY_STATUS')] },
    firmwareTile,
    anyTile('measured-2', 'observation', 1),
  ],
};
