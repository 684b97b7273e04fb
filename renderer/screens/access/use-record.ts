import type { CommandName, Commands, ValueGroup } from '@onebox/gateway/api.js';
import type { EpisodeRow, Trend } from '@onebox/gateway/card/model.js';
import { useEffect, useRef, useState } from 'react';
import { useApp, useSession } from '../../state/app.js';
import type { AuditOfAccess } from './AuditTab.js';
import type { StripEntry } from './StripsTab.js';

/** Not more often than this while a read goes on. */
const AGAIN_MS = 1_000;

type OfAccess = 'values' | 'episodes' | 'strips' | 'trends' | 'auditOfAccess';

/** Asks for something of the open access when it is wanted, and again when the read has brought more. */
function useAnswer<N extends OfAccess>(
  name: N,
  accessId: string,
  wanted: boolean,
  version: string,
): Commands[N]['out'] | undefined {
  const session = useSession();
  const [answer, setAnswer] = useState<Commands[N]['out'] | undefined>(undefined);
  const last = useRef(Number.NEGATIVE_INFINITY);
  useEffect(() => {
    if (!wanted) return;
    let current = true;
    const ask = async (): Promise<void> => {
      last.current = performance.now();
      const given = await session.run(name as CommandName, { accessId } as never);
      if (current && given !== undefined) setAnswer(given as Commands[N]['out']);
    };
    const wait = Math.max(0, AGAIN_MS - (performance.now() - last.current));
    const timer = setTimeout(() => void ask(), wait);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [session, name, accessId, wanted, version]);
  return answer;
}

export interface RecordParts {
  readonly values: readonly ValueGroup[];
  readonly episodes: readonly EpisodeRow[];
  readonly strips: readonly StripEntry[];
  readonly trends: readonly Trend[];
  readonly audit: AuditOfAccess | undefined;
}

/** What the tabs show, asked for when a tab is opened. */
export function useRecord(accessId: string, tab: string): RecordParts {
  const { card } = useApp();
  const version = card ? `${card.read.state} ${card.read.read} ${card.episodes} ${card.strips}` : '';
  return {
    values: useAnswer('values', accessId, tab === 'values', version) ?? [],
    episodes: useAnswer('episodes', accessId, tab === 'episodes' || tab === 'strips', version) ?? [],
    strips: useAnswer('strips', accessId, tab === 'strips', version) ?? [],
    trends: useAnswer('trends', accessId, tab === 'trends', version) ?? [],
    audit: useAnswer('auditOfAccess', accessId, tab === 'audit', version),
  };
}
