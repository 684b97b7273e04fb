import type { ReadState } from '@onebox/gateway/card/model.js';
import { ProgressBar } from 'react-aria-components';
import { hasText, humanised, text } from '../messages/i18n.js';

/** How far the read is, in words. */
function readText(read: ReadState): string {
  const { state, expected, refused, failed, percent, attempt } = read;
  const done = { read: read.read, expected };
  if (read.link === 'lost') return text('read.lost', { attempt });
  if (state === 'reading') return text('read.reading', { phase: phaseText(read.phase), percent: Math.round(percent) });
  const missing = missingText(read);
  if (missing) return text(state === 'stopped' ? 'read.stopped.missing' : 'read.missing', { read: read.read, missing });
  if (state !== 'partial') return text(`read.${state}`, done);
  const gaps = [
    refused > 0 ? text('read.gaps.refused', { count: refused }) : '',
    failed > 0 ? text('read.gaps.failed', { count: failed }) : '',
  ];
  return text('read.partial', { ...done, gaps: gaps.filter(Boolean).join(' ') }).trim();
}

/** Parts of the read that were wanted and did not come; empty while it runs. */
export const missingText = ({ missing }: ReadState): string => missing.map((phase) => phaseText(phase)).join(', ');

function phaseText(phase: string | undefined): string {
  if (!phase) return '';
  return hasText(`phase.${phase}`) ? text(`phase.${phase}`) : humanised(phase).toLowerCase();
}

export function ProgressLine({ read }: { readonly read: ReadState }) {
  return (
    <ProgressBar
      aria-label={text('read.name')}
      className={`progress ${read.state}`}
      value={read.percent}
      valueLabel={readText(read)}
    >
      {({ percentage = 0 }) => (
        <>
          <span>{readText(read)}</span>
          <div className="track">
            <div style={{ inlineSize: `${percentage}%` }} />
          </div>
        </>
      )}
    </ProgressBar>
  );
}
