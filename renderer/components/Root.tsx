import { I18nProvider as LinguiProvider } from '@lingui/react';
import { type ReactNode, useState } from 'react';
import { I18nProvider } from 'react-aria-components';
import { i18n } from '../messages/i18n.js';
import { SessionContext } from '../state/app.js';
import { helpOpen } from '../state/help.js';
import { loadPreferences } from '../state/preferences.js';
import type { Session } from '../state/session.js';
import { useStore } from '../state/store.js';
import { LiveRegions } from './LiveRegions.js';
import { late } from './late.js';
import { RainOffer } from './RainOffer.js';
import { TonePulse } from './TonePulse.js';

const HelpSheet = late(async () => (await import('./HelpSheet.js')).HelpSheet);

/** What every screen stands on: catalogue, locale, session, live regions. */
export function Root({ session, children }: { readonly session: Session; readonly children: ReactNode }) {
  // Once, before the first screen is drawn.
  useState(loadPreferences);
  const help = useStore(helpOpen);
  return (
    <LinguiProvider i18n={i18n}>
      <I18nProvider locale="en-GB">
        <SessionContext value={session}>
          {children}
          <RainOffer />
          {help ? <HelpSheet /> : null}
          <TonePulse />
          <LiveRegions />
        </SessionContext>
      </I18nProvider>
    </LinguiProvider>
  );
}
