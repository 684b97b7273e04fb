import type { ReviewDecision, ReviewItem, ReviewList } from '@onebox/gateway/api.js';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { Button, IconButton } from '../components/Button.js';
import { errorNotice, Notice, NoticeLine, type NoticeModel, RANK } from '../components/Notice.js';
import { noticeOf } from '../components/notice-of.js';
import { Screen } from '../components/Screen.js';
import { text } from '../messages/i18n.js';
import { announcer } from '../state/announce.js';
import { useApp, useSession } from '../state/app.js';
import { ReviewDetails } from './review/ReviewDetails.js';
import { ReviewRow } from './review/ReviewRow.js';

/** One letter for each step; they count while the list has the focus. */
const KEYS: Readonly<Record<string, ReviewDecision>> = { j: 'justified', q: 'questioned', e: 'escalated', c: 'closed' };
const letterOf = (decision: ReviewDecision): string =>
  Object.keys(KEYS)
    .find((key) => KEYS[key] === decision)
    ?.toUpperCase() ?? '';

function useNotices(reviews: ReviewList | undefined, problem: NoticeModel | undefined): readonly NoticeModel[] {
  const { status, faults } = useApp();
  const notices = faults.map(errorNotice);
  if (problem) notices.push(problem);
  if (status?.audit.error) notices.push(errorNotice(status.audit.error));
  if (reviews && reviews.forged > 0)
    notices.push({
      key: 'forged',
      rank: RANK.critical,
      severity: 'critical',
      title: text('review.forged', { count: reviews.forged }),
      body: text('review.forged.body'),
    });
  return notices;
}

/** What the privacy officer decides, by risk; all of it by keyboard, a few keys an item. */
export function Reviews() {
  const session = useSession();
  const { reviews } = useApp();
  const [chosen, setChosen] = useState<string | undefined>(undefined);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<NoticeModel | undefined>(undefined);
  const list = useRef<HTMLDivElement>(null);
  const items = reviews?.items ?? [];
  const place = Math.max(
    0,
    items.findIndex(({ accessId }) => accessId === chosen),
  );
  const item = items[place];
  const notices = useNotices(reviews, problem);
  const waiting = reviews === undefined;
  useEffect(() => {
    if (!waiting) list.current?.focus();
  }, [waiting]);
  useEffect(() => {
    const option = item && document.getElementById(`review-${item.accessId}`);
    option?.scrollIntoView({ block: 'nearest' });
  }, [item]);

  const decide = async (one: ReviewItem, decision: ReviewDecision): Promise<void> => {
    if (busy || !one.next.includes(decision) || one.own) return;
    setBusy(true);
    setProblem(undefined);
    try {
      const after = await session.decideReview(one.accessId, decision);
      // What was only asked about waits for an answer: the next one is new.
      const next = after.items.find(
        ({ state, own, accessId }) => state === 'open' && !own && accessId !== one.accessId,
      );
      setChosen((next ?? one).accessId);
      announcer.say(
        text('review.done', {
          reference: one.reference,
          state: text(`review.state.${decision}`).toLowerCase(),
          count: after.pending,
        }),
        'polite',
      );
    } catch (error) {
      setProblem(noticeOf(error));
    } finally {
      setBusy(false);
    }
  };
  const move = (by: number): void => setChosen(items[Math.min(items.length - 1, Math.max(0, place + by))]?.accessId);
  const onKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const decision = KEYS[event.key.toLowerCase()];
    if (event.key === 'ArrowDown' || event.key === 'n') move(1);
    else if (event.key === 'ArrowUp' || event.key === 'p') move(-1);
    else if (event.key === 'Home') move(-items.length);
    else if (event.key === 'End') move(items.length);
    else if (decision && item) void decide(item, decision);
    else return;
    event.preventDefault();
  };

  return (
    <Screen
      title={text('review.title')}
      className="reviews"
      chips={
        reviews ? text('review.counts', { pending: reviews.pending, overdue: reviews.overdue }) : text('review.loading')
      }
      tools={<IconButton icon="lock" label={text('action.lock')} onPress={() => void session.lock()} />}
      actions={
        <>
          <Button onPress={() => session.showDevices()}>{text('closed.devices')}</Button>
          {(item?.next ?? []).map((decision) => (
            <Button
              key={decision}
              disabled={busy || item?.own === true}
              onPress={() => item && void decide(item, decision)}
            >
              {text(`review.do.${decision}`)} <kbd>{letterOf(decision)}</kbd>
            </Button>
          ))}
        </>
      }
    >
      {notices.length > 0 ? <NoticeLine notices={notices} /> : null}
      {reviews ? (
        <p className="summary">
          {text('review.summary', {
            accesses: reviews.accesses,
            overrides: reviews.overrides,
            ordinary: reviews.ordinary,
          })}
        </p>
      ) : null}
      {item ? (
        <div className="review-panes">
          <div
            ref={list}
            role="listbox"
            tabIndex={0}
            aria-label={text('review.list')}
            aria-activedescendant={`review-${item.accessId}`}
            className="review-list"
            onKeyDown={onKey}
          >
            {items.map((one) => (
              <ReviewRow
                key={one.accessId}
                item={one}
                selected={one === item}
                onSelect={() => setChosen(one.accessId)}
              />
            ))}
          </div>
          <ReviewDetails key={item.accessId} item={item} version={item.state} />
        </div>
      ) : (
        <p className="empty">{text(reviews ? 'review.empty' : 'review.loading')}</p>
      )}
      {problem ? <Notice notice={problem} live /> : null}
    </Screen>
  );
}
