import type { Trend } from '@onebox/gateway/card/model.js';
import { useRef, useState } from 'react';
import { Button } from '../../components/Button.js';
import { PageKeys } from '../../components/PageKeys.js';
import { TrendView } from '../../components/TrendView.js';
import { text } from '../../messages/i18n.js';
import { useNow } from '../../state/clock.js';
import { within } from '../../trend/geometry.js';

const HOUR = 3_600_000;
const SPANS = [undefined, 24 * HOUR, 3 * HOUR] as const;
type Span = (typeof SPANS)[number];

const lengthOf = ({ points }: Trend): number => (points.at(-1)?.at ?? 0) - (points[0]?.at ?? 0);

/** All trends below each other, over the whole time or the last hours. */
export function TrendsTab({ trends, reading }: { readonly trends: readonly Trend[]; readonly reading: boolean }) {
  const frame = useRef<HTMLElement>(null);
  const [span, setSpan] = useState<Span>(undefined);
  const now = useNow();
  // Only what would show less: a trend of days has no last 3 h to look at.
  const spans = SPANS.filter(
    (one) => one === undefined || trends.some((trend) => lengthOf(trend) > one && within(trend, one, now).length > 1),
  );
  if (trends.length === 0) return <p className="empty">{text(reading ? 'trends.empty.reading' : 'trends.empty')}</p>;
  return (
    <>
      {spans.length > 1 ? (
        // biome-ignore lint/a11y/useSemanticElements: buttons, not fields of a form.
        <div className="filters" role="group" aria-label={text('trends.span')}>
          {spans.map((one) => (
            <Button key={String(one)} onPress={() => setSpan(one)} pressed={span === one} className="filter">
              {one === undefined ? text('trends.all') : text('trends.hours', { hours: one / HOUR })}
            </Button>
          ))}
        </div>
      ) : null}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard. */}
      <section ref={frame} className="scroll" tabIndex={0} aria-label={text('tab.trends')}>
        {trends.map((trend) => (
          <TrendView key={trend.id} trend={trend} points={within(trend, span, now)} />
        ))}
      </section>
      <PageKeys of={frame} />
    </>
  );
}
