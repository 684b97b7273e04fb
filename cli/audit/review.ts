import { REVIEW_DECISIONS, type ReviewDecision, type ReviewItem, type ReviewList } from '@onebox/gateway/api.js';
import type { Gateway } from '@onebox/gateway/gateway.js';
import { OneBoxError } from '@onebox/protocol/errors.js';
import type { Arguments } from '../arguments.js';
import type { Command } from '../commands/command.js';
import { NO_RADIOS, openEngine } from '../engine.js';
import { EXIT, UsageError } from '../exit-codes.js';
import type { Output } from '../output.js';
import { unlock } from '../person.js';
import { PERSON_OPTIONS } from '../second-factor.js';
import { itemLines, listLines } from './review-text.js';

const ACTIONS = ['list', 'show', 'decide'] as const;

/** The review of accesses, for the privacy officer: what stands out, and the decision on it. */
export const auditReview: Command = {
  name: 'review',
  usage: `audit review list|show ITEM|decide ITEM ${REVIEW_DECISIONS.join('|')} --person NAME [--pin-stdin] [--data DIR] [--json]`,
  summary: 'review accesses by risk: list, show one, decide; for the privacy officer',
  options: PERSON_OPTIONS,
  async run(args, output) {
    const [, , action = 'list', name, decision, ...more] = args.words;
    const words = args.words.length - 2;
    const isKnown = (ACTIONS as readonly string[]).includes(action);
    const wanted = action === 'list' ? 1 : action === 'show' ? 2 : 3;
    if (!isKnown || more.length > 0 || (words !== wanted && !(action === 'list' && words === 0)))
      throw new UsageError('audit review takes list, show ITEM, or decide ITEM DECISION.');
    if (action === 'decide' && !REVIEW_DECISIONS.includes(decision as ReviewDecision))
      throw new UsageError(`A decision is one of ${REVIEW_DECISIONS.join(', ')}.`);
    return withGateway(args, output, async (gateway) => {
      const list = await gateway.call('reviews');
      if (action === 'list') output.result(list, listLines(list, Date.now()));
      else if (action === 'show') await show(gateway, itemOf(list, name), output);
      else await decide(gateway, itemOf(list, name), decision as ReviewDecision, output);
      return list.intact && list.forged === 0 ? EXIT.ok : EXIT.integrity;
    });
  },
};

async function show(gateway: Gateway, item: ReviewItem, output: Output): Promise<void> {
  const { rows } = await gateway.call('auditOfAccess', { accessId: item.accessId });
  output.result({ ...item, rows }, itemLines(item, rows));
}

async function decide(gateway: Gateway, item: ReviewItem, decision: ReviewDecision, output: Output): Promise<void> {
  const after = await gateway.call('decideReview', { accessId: item.accessId, decision });
  const decided = itemOf(after, item.accessId);
  output.result(decided, [`${decided.reference}  ${decided.state}  ${after.pending} to decide`]);
}

/** By its reference, or the id of the access. Throws REVIEW_UNKNOWN. */
function itemOf(list: ReviewList, name: string | undefined): ReviewItem {
  const item = list.items.find(({ reference, accessId }) => reference === name || accessId === name);
  if (!item) throw new OneBoxError('REVIEW_UNKNOWN', name ?? '');
  return item;
}

async function withGateway<T>(args: Arguments, output: Output, work: (gateway: Gateway) => Promise<T>): Promise<T> {
  const engine = await openEngine(args, {}, true, NO_RADIOS);
  try {
    await unlock(engine.gateway, args, output);
    return await work(engine.gateway);
  } finally {
    await engine.close();
  }
}
