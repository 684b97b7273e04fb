import { OneBoxError } from '@onebox/protocol/errors.js';
import type { Device, RequestParameters } from '../device.js';
import { type IddProfile, parseReaderAnswer, type ReaderAnswer } from './insulin-delivery.js';
import { type Protect, u16Bytes } from './insulin-record-access.js';

/** Status Reader Control Point 2B24: asks one thing and waits for its answer. Nothing here changes the pump. */

/** Op codes of the requests of the manifest, and of what answers them. */
const REQUESTS = {
  activeBolusIds: [0x0330, 0x033f],
  activeBolusDelivery: [0x0356, 0x0359],
  activeBasalRate: [0x0365, 0x036a],
  totalDailyInsulin: [0x0395, 0x039a],
  deliveredInsulin: [0x03c0, 0x03cf],
  insulinOnBoard: [0x03f3, 0x03fc],
} as const;
export type ReaderRequest = keyof typeof REQUESTS;

const WAIT_MS = 10_000;
const NOT_APPLICABLE = ['procedure-not-applicable', 'op-code-not-supported'];

/**
 * @returns the answer; undefined when the pump says that it has no such thing
 * @throws OneBoxError LINK_REFUSED when the pump refuses, LINK_TIMEOUT when it says nothing
 */
export async function askStatus(
  device: Device,
  profile: IddProfile,
  protect: Protect,
  name: ReaderRequest,
  operands: { readonly bolus?: number; readonly selection?: number } = {},
): Promise<ReaderAnswer | undefined> {
  const [op, due] = REQUESTS[name];
  const bytes = [...u16Bytes(op), ...(operands.bolus === undefined ? [] : u16Bytes(operands.bolus))];
  if (operands.selection !== undefined) bytes.push(operands.selection);
  const stream = await device.packets('2B24');
  try {
    await device.request(...protect(name, operands as RequestParameters, bytes));
    for (let packet = await stream.next(WAIT_MS); packet; packet = await stream.next(WAIT_MS)) {
      const answer = parseReaderAnswer(packet.bytes, profile);
      if (answer.op === due) return answer;
      if (answer.op !== 0x0303 || answer.values.requestOp !== op) continue;
      if (NOT_APPLICABLE.includes(answer.values.response ?? '')) return undefined;
      throw new OneBoxError('LINK_REFUSED', `2B24: ${answer.values.response}`);
    }
    throw new OneBoxError('LINK_TIMEOUT', '2B24: no answer');
  } finally {
    await stream.close().catch(() => undefined);
  }
}
