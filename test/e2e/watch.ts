import type { BrowserContext, Page } from 'playwright-core';

/** What is seen of a page from its first moment on. */
export interface Seen {
  /** Directives of the policy that were broken. */
  readonly violations: readonly string[];
  /** Layout shifts: ms since the page began, and the classes of what moved and all around it, one text for each. */
  readonly shifts: readonly { readonly at: number; readonly value: number; readonly where: readonly string[] }[];
}

type Watched = {
  readonly oneboxTest: { violations: string[]; shifts: { at: number; value: number; where: readonly string[] }[] };
};

/** Watches every page that the context loads from now on. */
export async function watch(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const seen: Watched['oneboxTest'] = { violations: [], shifts: [] };
    Object.defineProperty(window, 'oneboxTest', { value: seen });
    document.addEventListener('securitypolicyviolation', (event) =>
      seen.violations.push(`${event.effectiveDirective} ${event.blockedURI}`),
    );
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const { value, sources } = entry as unknown as { value: number; sources: readonly { node: Node | null }[] };
        const where = sources.map(({ node }) => {
          const around: string[] = [];
          for (let one = node; one; one = one.parentNode)
            around.push(one instanceof Element ? one.className : (one.nodeValue ?? ''));
          return around.join(' < ');
        });
        seen.shifts.push({ at: entry.startTime, value, where });
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
}

export const seen = (page: Page): Promise<Seen> => page.evaluate(() => (window as unknown as Watched).oneboxTest);

/** The policy also forbids features that only other versions of Chromium know. */
const EXPECTED = /^Error with Permissions-Policy header: Unrecognized feature/;

/** What the page wrote as an error or a warning, and what it threw. */
export function complaints(page: Page): readonly string[] {
  const heard: string[] = [];
  page.on('pageerror', (error) => heard.push(error.message));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()) && !EXPECTED.test(message.text())) heard.push(message.text());
  });
  return heard;
}
