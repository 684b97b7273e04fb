import { Matcher } from '@onebox/gateway/discovery/match.js';
import { manyManifests } from './lib/many-drivers.mjs';
import { median, ratios } from './lib/statistics.mjs';

const ROUNDS = 9;
const SIGHTINGS = 20_000;
const FEW = 10;
const MANY = 500;
const LIMIT_US = 50;

/** One advertisement against the rules of 500 drivers, found by index, and against the same rules one by one. */
export async function measure() {
  const manifests = manyManifests(MANY);
  const sightings = advertisements(manifests, SIGHTINGS);
  const [indexed, few] = [new Matcher(manifests), new Matcher(manifests.slice(0, FEW))];
  const alone = manifests.map((manifest) => new Matcher([manifest]));
  const plain = { match: (sighting) => alone.map((matcher) => matcher.match(sighting)) };
  const sample = sightings.filter((_, at) => at % 40 === 0);
  const [many, small, loop] = [[], [], []];
  for (let round = -2; round < ROUNDS; round += 1) {
    const figures = [time(indexed, sightings), time(few, sightings), time(plain, sample)];
    if (round < 0) continue; // warm-up
    for (const [at, list] of [many, small, loop].entries()) list.push(figures[at]);
  }
  const row = (figure, baseline, limit = {}) => ({
    figure,
    product: median(many),
    baseline: median(baseline),
    ratios: ratios(many, baseline),
    ...limit,
  });
  return {
    title: 'Matching',
    rows: [
      row(
        `one advertisement against ${MANY} manifests, µs; baseline: the limit`,
        many.map(() => LIMIT_US),
        { atMost: 1 },
      ),
      row(`the same; baseline: against ${FEW} manifests, µs`, small),
      row(`the same; baseline: against ${MANY} manifests one by one, µs`, loop),
    ],
    notes: [
      `Mean over ${SIGHTINGS} advertisements, in turn: one that a driver fits, by service, company or name, and two that none does, with a name or without (the neighbours' headphones). Median of ${ROUNDS} rounds.`,
      `The manifests are those installed and, up to ${MANY}, copies of them with ids and rules of their own: a third by service, a third by company and name, a third by name.`,
    ],
  };
}

/** Microseconds for each. */
function time(matcher, sightings) {
  const started = performance.now();
  for (const sighting of sightings) matcher.match(sighting);
  return ((performance.now() - started) * 1000) / sightings.length;
}

function advertisements(manifests, count) {
  const rules = manifests.flatMap(({ match }) => match.ble);
  return Array.from({ length: count }, (_, at) => ({
    id: `ble:${at}`,
    transport: 'ble',
    firstHeard: 0,
    lastHeard: 0,
    ble: { services: [], serviceData: [], connectable: true, rssi: -60, ...heard(rules, at) },
  }));
}

function heard(rules, at) {
  if (at % 3 === 1) return { services: ['FE2C', '110B'], companyId: 0x4c, name: `Buds ${at}` };
  if (at % 3 === 2) return { companyId: 0x6 + (at % 200), manufacturerData: Uint8Array.of(at & 255, 1, 2, 3) };
  const { services = [], companyId, name } = rules[Math.floor(at / 3) % rules.length];
  const called = name?.replaceAll('*', ' 42').replaceAll('#', '7').replaceAll('?', 'x');
  return { services, ...(companyId === undefined ? {} : { companyId }), ...(called ? { name: called } : {}) };
}
