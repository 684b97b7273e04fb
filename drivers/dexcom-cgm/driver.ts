import { defineDriver } from '@onebox/driver-sdk/define.js';
import { fault, identity } from '@onebox/driver-sdk/findings.js';
import { localFault, phase } from '@onebox/driver-sdk/parts/gatt-findings.js';
import { mdc } from '@onebox/protocol/codes.js';
import { OneBoxError } from '@onebox/protocol/errors.js';
import type { Finding } from '@onebox/protocol/messages.js';
import { criticalFindings, presentFindings, settingFindings, storedFindings } from './findings.js';
import { BACKFILL, CONTROL, Inbox } from './inbox.js';
import manifest from './manifest.json' with { type: 'json' };

/**
 * Dexcom G5, G6, G7 and ONE+: listens to what the sensor sends to a reader that its maker has authorised. It sends
 * nothing, and does not touch the characteristic of the authentication.
 */

/** A sensor that was authorised speaks at once. */
const FIRST_MS = 20_000;
/** Version and time come with the value; nobody waits longer for them. */
const WITH_VALUE_MS = 300;
/** Pause after which it has said what it had to say. */
const QUIET_MS = 1_500;
/** Longest pause within a transfer that was announced. */
const TRANSFER_MS = 6_000;
/** The next value comes after five minutes. */
const NEXT_MS = 330_000;

export default defineDriver(manifest, async function* (device) {
  const stream = await device.packets([CONTROL, BACKFILL]);
  try {
    const inbox = new Inbox(device, stream);
    await speak(inbox);
    const { heard } = inbox;
    yield* phase(device, 'identity', async function* () {
      yield identity({
        deviceClass: 'cgm',
        type: mdc('MDC_DEV_SPEC_PROFILE_CGM'),
        manufacturer: 'Dexcom',
        ...(inbox.generation ? { model: inbox.generation === 'g7' ? 'G7 / ONE+' : 'G5 / G6' } : {}),
        ...(inbox.firmware ? { firmware: inbox.firmware } : {}),
        ...(inbox.version ? { hardware: String(inbox.version.message.hardware) } : {}),
      });
    });
    yield* phase(device, 'critical', async function* () {
      for (const error of inbox.refused.splice(0)) yield localFault(error, 'critical', 'control 3534');
      if (heard) yield* criticalFindings(heard, inbox.clock);
      else
        yield fault(new OneBoxError('LINK_MALFORMED'), 'critical', {
          code: mdc('MDC_CONC_GLU_ISF'),
          detail: 'no value came',
        });
    });
    yield* phase(device, 'present', async function* () {
      while (await inbox.next(inbox.whole ? QUIET_MS : TRANSFER_MS));
      if (heard) yield* presentFindings(heard, inbox.session, inbox.clock);
    });
    yield* phase(device, 'settings', async function* () {
      if (inbox.version) yield* settingFindings(inbox.version.message, inbox.version.at);
    });
    yield* phase(device, 'trends', async function* () {
      while (await inbox.next(inbox.whole ? QUIET_MS : TRANSFER_MS));
      yield* stored(inbox);
    });
    while (device.live) {
      const before = inbox.heard;
      if (!(await inbox.next(NEXT_MS))) throw new OneBoxError('LINK_TIMEOUT', 'no further value came');
      for (const error of inbox.refused.splice(0)) yield localFault(error, 'critical', 'control 3534');
      if (inbox.heard && inbox.heard !== before) yield* criticalFindings(inbox.heard, inbox.clock);
    }
  } finally {
    await stream.close();
  }
});

/** Takes what comes until a value is there, and a little of what comes with it. LINK_TIMEOUT when nothing comes at all. */
async function speak(inbox: Inbox): Promise<void> {
  const until = inbox.now() + FIRST_MS;
  let any = false;
  while (!inbox.ready) {
    const left = until - inbox.now();
    if (left <= 0 || !(await inbox.next(Math.min(left, any ? TRANSFER_MS : FIRST_MS)))) break;
    any = true;
  }
  if (!any) throw new OneBoxError('LINK_TIMEOUT', 'the sensor says nothing');
  const more = inbox.now() + WITH_VALUE_MS;
  for (let left = WITH_VALUE_MS; left > 0 && (await inbox.next(left)); left = more - inbox.now());
}

async function* stored(inbox: Inbox): AsyncGenerator<Finding, void, void> {
  try {
    const { values, notGlucose } = inbox.stored();
    if (notGlucose) {
      yield fault(new OneBoxError('LINK_MALFORMED'), 'trends', {
        detail: 'backfill: the check sum is right, the content is no glucose',
      });
    }
    yield* storedFindings(values, inbox.generation ?? 'g7', inbox.clock);
  } catch (error) {
    yield localFault(error, 'trends', 'backfill 3536');
  }
  for (const error of inbox.refused.splice(0)) yield localFault(error, 'trends', 'backfill 3536');
}
