import { I18nProvider as LinguiProvider } from '@lingui/react';
import type { ReactNode } from 'react';
import { I18nProvider } from 'react-aria-components';
import { i18n } from '../messages/i18n.js';
import { SessionContext } from '../state/app.js';
import type { Session } from '../state/session.js';
import { LiveRegions } from './LiveRegions.js';

/** What every screen stands on: catalogue, locale, session, live regions. */
export function Root({ session, children }: { readonly session: Session; readonly children: ReactNode }) {
  return (
    <LinguiProvider i18n={i18n}>
      <I18nProvider locale="en-GB">
        <SessionContext value={session}>
          {children}
          <LiveRegions />
        </SessionContext>
      </I18nProvider>
    </LinguiProvider>
  );
}
