import { type Fact, type Facts, keyOf } from '../facts.js';
import { mdc, own } from '../keys.js';
import type { CandidateRule } from '../lead.js';
import type { Tile } from '../model.js';
import { phraseTile, type TileSpec, tileOf } from '../tile.js';
import { numberValue } from '../values.js';
import type { ClassCard } from './class-card.js';
import { timed } from './phrases.js';
import { ageTile, firmwareTile, makerTile } from './vitals.js';

const GLUCOSE = (
  [
    'CONC_GLU_CAPILLARY_WHOLEBLOOD',
    'CONC_GLU_CAPILLARY_PLASMA',
    'CONC_GLU_VENOUS_WHOLEBLOOD',
    'CONC_GLU_VENOUS_PLASMA',
    'CONC_GLU_ARTERIAL_WHOLEBLOOD',
    'CONC_GLU_ARTERIAL_PLASMA',
    'CONC_GLU_UNDETERMINED_WHOLEBLOOD',
    'CONC_GLU_UNDETERMINED_PLASMA',
    'CONC_GLU_ISF',
  ] as const
).map(mdc);

/** All results of a person, newest first. Control solution has a code of its own and is not among them. */
function results(facts: Facts): readonly Fact[] {
  const when = ({ value, sequence }: Fact) => value.time?.unixMs || value.time?.order || sequence;
  return GLUCOSE.flatMap((key) => facts.every(key))
    .filter(({ value }) => !value.samples)
    .toSorted((a, b) => when(b) - when(a));
}

function resultTile(id: string, place: number): TileSpec {
  return {
    id,
    from: [],
    build: (facts): Tile | undefined => {
      const fact = results(facts)[place];
      if (!fact) return undefined;
      const tile = tileOf(id, fact, facts);
      return { ...tile, evidence: [...timed('ev.at', fact.value.time), ...tile.evidence] };
    },
  };
}

const lastResult: CandidateRule = (facts) => {
  const last = results(facts)[0];
  if (!last?.value.numeric?.value) return undefined;
  return {
    severity: 'none',
    title: { id: 'lead.last-result', params: { value: numberValue(last.value.numeric) } },
    details: timed('ev.at', last.value.time),
  };
};

/** Blood glucose meters and analysers that store results. */
export const glucoseMeterCard: ClassCard = {
  lead: [lastResult],
  tiles: [
    resultTile('last-result', 0),
    resultTile('previous-result', 1),
    ageTile(...GLUCOSE),
    {
      id: 'record-count',
      from: [],
      build: (facts) => {
        const all = results(facts);
        return all.length > 0 ? phraseTile('record-count', { kind: 'count', count: all.length }) : undefined;
      },
    },
    {
      id: 'sample',
      from: [own('glucose.sample-type')],
      build: (facts) => {
        const last = results(facts)[0];
        const code = last?.value.qualifier?.find(
          (qualifier) =>
            keyOf(qualifier).startsWith(own('glucose.sample-type')) ||
            keyOf(qualifier).startsWith(own('glucose.sample-location')),
        );
        const word = code?.coding?.[0]?.code;
        return last && word
          ? phraseTile('sample', { kind: 'word', id: `word.${word}` }, { receivedAt: last.receivedAt })
          : undefined;
      },
    },
    { id: 'meal', from: [own('meal-marker'), own('carbohydrate')] },
    makerTile,
    firmwareTile,
  ],
};
