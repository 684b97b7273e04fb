import { useState } from 'react';
import type { NoticeModel } from './Notice.js';
import { noticeOf } from './notice-of.js';

export interface Attempt<T> {
  readonly busy: boolean;
  /** Why the last one failed, or what `fail` was told. */
  readonly problem: NoticeModel | undefined;
  /** Once at a time; resolves when it is over, whatever came of it. */
  readonly attempt: (given: T) => Promise<void>;
  readonly fail: (problem: NoticeModel) => void;
}

/** One try at a time of what a person entered; an error of it is shown. */
export function useAttempt<T>(work: (given: T) => Promise<void>): Attempt<T> {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<NoticeModel | undefined>(undefined);
  const attempt = async (given: T): Promise<void> => {
    if (busy) return;
    setBusy(true);
    setProblem(undefined);
    try {
      await work(given);
    } catch (error) {
      setProblem(noticeOf(error));
    } finally {
      setBusy(false);
    }
  };
  return { busy, problem, attempt, fail: setProblem };
}
