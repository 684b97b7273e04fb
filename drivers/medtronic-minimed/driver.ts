import { defineDriver } from '@onebox/driver-sdk/define.js';
import { fault } from '@onebox/driver-sdk/findings.js';
import { behindBridge, bridgedPump } from '@onebox/driver-sdk/parts/bridge.js';
import { DeviceTimeline } from '@onebox/driver-sdk/parts/gatt-clock.js';
import { localFault, phase } from '@onebox/driver-sdk/parts/gatt-findings.js';
import type { PhaseName } from '@onebox/driver-sdk/phases.js';
import { OneBoxError } from '@onebox/protocol/errors.js';
import type { Finding } from '@onebox/protocol/messages.js';
import { pumpModel } from './event-types.js';
import { criticalFindings, eventFindings, presentFindings } from './findings.js';
import { type DatedRecord, dated, GlucoseTimes, newestGlucose, pageFindings } from './glucose-findings.js';
import { parseGlucosePage } from './glucose-page.js';
import { parseHistoryPage } from './history-page.js';
import manifest from './manifest.json' with { type: 'json' };
import { recordTime } from './pump-time.js';
import { type PumpState, pumpState } from './state.js';
import { type DatedEvent, PumpHistory } from './timeline.js';

/** MiniMed pumps (x15 to x54) behind the maker's bridge: history and glucose pages. */

const KIND = { history: 0x11, glucose: 0x12, clock: 0x13 } as const;
const MOST_HISTORY = 36;
const MOST_GLUCOSE = 32;

interface Newest {
  /** Found while it was read. */
  readonly held: readonly Finding[];
  readonly events: readonly DatedEvent[];
  readonly glucose: readonly DatedRecord[];
  readonly state: PumpState;
}

export default defineDriver(manifest, (device) =>
  behindBridge(device, 'minimed', async function* (bridge, hello) {
    const model = pumpModel(hello.get('model') ?? '');
    yield* phase(device, 'identity', async function* () {
      yield bridgedPump(hello, 'Medtronic', 'MiniMed');
    });
    // Lengths of records depend on the model: without it a page cannot be read rightly.
    if (model === undefined) throw new OneBoxError('LINK_REFUSED', 'records of this model are not known');

    const timeline = new DeviceTimeline(device);
    const history = new PumpHistory(timeline, device.now());
    const pages = {
      history: count(hello.get('history'), MOST_HISTORY),
      glucose: count(hello.get('glucose'), MOST_GLUCOSE),
    };
    let times: GlucoseTimes | undefined;
    /** The events of a page, newest first; what cannot be read of it is a fault. */
    async function* historyPage(during: PhaseName, page: number): AsyncGenerator<Finding, readonly DatedEvent[], void> {
      try {
        const asked = { request: 'historyPage', parameters: { page }, kind: KIND.history, item: page };
        const { events, problem } = parseHistoryPage(await bridge.ask(asked), model!);
        if (problem)
          yield fault(new OneBoxError('LINK_MALFORMED'), during, { detail: `history page ${page}: ${problem}` });
        return history.older(events);
      } catch (error) {
        yield localFault(error, during, `history page ${page}`);
        // What lies behind a page that is missing has lost its place in time.
        history.gap();
        return [];
      }
    }
    async function* glucosePage(
      during: PhaseName,
      page: number,
    ): AsyncGenerator<Finding, readonly DatedRecord[], void> {
      try {
        const asked = { request: 'glucosePage', parameters: { page }, kind: KIND.glucose, item: page };
        const { records, needsTimestamp, cut } = parseGlucosePage(await bridge.ask(asked));
        const why = needsTimestamp ? 'nothing says when its readings were made' : cut ? 'its last record is cut' : '';
        if (why) yield fault(new OneBoxError('LINK_MALFORMED'), during, { detail: `glucose page ${page}: ${why}` });
        times ??= new GlucoseTimes(timeline, device.now(), history.trustedFrom);
        return dated(records, page, times);
      } catch (error) {
        yield localFault(error, during, `glucose page ${page}`);
        return [];
      }
    }

    // Later phases rest on the clock and the newest pages: they are read once on every link.
    let first: Promise<Newest> | undefined;
    const read = async (): Promise<Newest> => {
      const held: Finding[] = [];
      try {
        const clock = await bridge.ask({ request: 'clock', kind: KIND.clock, item: 0 });
        held.push(timeline.learn(clock.length === 5 ? recordTime(clock) : undefined, device.now()));
      } catch (error) {
        held.push(timeline.unset(device.now()), localFault(error, 'critical', 'clock'));
      }
      const events = await keep(held, historyPage('critical', 0));
      const glucose = pages.glucose > 0 ? await keep(held, glucosePage('critical', 0)) : [];
      return { held, events, glucose, state: pumpState(events, model, device.now()) };
    };
    const newest = () => {
      first ??= read();
      return first;
    };
    yield* phase(device, 'critical', async function* () {
      const { held, glucose, state } = await newest();
      yield* held;
      yield* criticalFindings(state, model, device.now());
      yield* newestGlucose(glucose);
    });
    yield* phase(device, 'present', async function* () {
      yield* presentFindings((await newest()).state, model, device.now());
    });
    yield* phase(device, 'trends', async function* () {
      yield* pageFindings((await newest()).glucose, 0);
      for (let page = 1; page < pages.glucose; page += 1) yield* pageFindings(yield* glucosePage('trends', page), page);
    });
    yield* phase(device, 'episodes', async function* () {
      for (const event of (await newest()).events) yield* eventFindings(event, model);
    });
    yield* phase(device, 'memory', async function* () {
      await newest();
      for (let page = 1; page < pages.history; page += 1) {
        const events = yield* historyPage('memory', page);
        for (const event of events) yield* eventFindings(event, model);
      }
    });
  }),
);

/** Holds what was found until its phase begins. */
async function keep<T>(held: Finding[], source: AsyncGenerator<Finding, T, void>): Promise<T> {
  let step = await source.next();
  for (; !step.done; step = await source.next()) held.push(step.value);
  return step.value;
}

/** How many pages there are, as the bridge states; one when it does not say. */
function count(text: string | undefined, most: number): number {
  return text !== undefined && /^\d{1,3}$/.test(text) ? Math.min(Number(text), most) : 1;
}
