import type { Role, Status } from '@onebox/gateway/api.js';
import { useState } from 'react';
import { text } from '../messages/i18n.js';
import { useApp, useSession } from '../state/app.js';
import { helpOpen } from '../state/help.js';
import { HANDS, prefer, soundOn, TEXT_SIZES, usePreferences } from '../state/preferences.js';
import { Button } from './Button.js';
import { late } from './late.js';
import { Segments } from './Segments.js';
import { Sheet } from './Sheet.js';

// The first screen does not wait for them.
const DriversSheet = late(async () => (await import('./DriversSheet.js')).DriversSheet);
const IdleSheet = late(async () => (await import('./IdleSheet.js')).IdleSheet);
const KeepSheet = late(async () => (await import('../screens/keep/KeepSheet.js')).KeepSheet);
const PeopleSheet = late(async () => (await import('./PeopleSheet.js')).PeopleSheet);

/** They look after the tablet, and see of its records only that they are there. */
const KEEPERS: readonly (Role | undefined)[] = ['privacy-officer', 'device-manager'];

const KEYS = ['f1', 'f2', 'f3', 'f4', 'f5', 'f6', 'esc'] as const;
const ON_OFF = ['on', 'off'] as const;
const onOff = (value: boolean): 'on' | 'off' => (value ? 'on' : 'off');

/** What holds the keys of the tablet, in a line. */
const keyStore = ({ sealedBy, none }: Status['keyStore']): string =>
  sealedBy === undefined ? text(`vault.${none ?? 'none'}`) : text('vault.sealed', { store: sealedBy });

/** Keys, and how this tablet is used. Opens by F1 over any screen. */
export function HelpSheet() {
  const session = useSession();
  const { status } = useApp();
  const chosen = usePreferences();
  const [sheet, setSheet] = useState<'drivers' | 'people' | 'keep' | 'idle' | undefined>(undefined);
  const close = (): void => helpOpen.set(false);
  const back = (): void => setSheet(undefined);
  if (sheet)
    return (
      <>
        {sheet === 'drivers' ? <DriversSheet onClose={back} /> : null}
        {sheet === 'people' ? <PeopleSheet onClose={back} /> : null}
        {sheet === 'idle' ? <IdleSheet onClose={back} /> : null}
        {sheet === 'keep' ? <KeepSheet onClose={back} /> : null}
      </>
    );
  const onOffs = ON_OFF.map((id) => ({ id, text: text(`help.onoff.${id}`) }));
  return (
    <Sheet title={text('help.title')} onClose={close}>
      <div className="two help">
        <div className="left">
          <h3>{text('help.keys')}</h3>
          <ul className="keys">
            {KEYS.map((key) => (
              <li key={key}>{text(`help.${key}`)}</li>
            ))}
          </ul>
          <p>{text('help.monitor')}</p>
          {status ? (
            <>
              <p className="secondary">
                {text('help.about', { version: status.version, count: status.drivers, entries: status.audit.entries })}
              </p>
              <p className="secondary">{keyStore(status.keyStore)}</p>
            </>
          ) : null}
        </div>
        <div className="right">
          <Segments
            label={text('help.text')}
            options={TEXT_SIZES.map((id) => ({ id, text: text(`help.text.${id}`) }))}
            value={chosen.textSize}
            onChange={(textSize) => prefer({ textSize })}
          />
          <Segments
            label={text('help.hand')}
            options={HANDS.map((id) => ({ id, text: text(`help.hand.${id}`) }))}
            value={chosen.hand}
            onChange={(hand) => prefer({ hand })}
          />
          <Segments
            label={text('help.sound')}
            options={onOffs}
            value={onOff(soundOn(chosen))}
            onChange={(id) => prefer({ sound: id === 'on' })}
          />
          <Segments
            label={text('help.rain')}
            options={onOffs}
            value={onOff(chosen.rain)}
            onChange={(id) => prefer({ rain: id === 'on' })}
          />
        </div>
      </div>
      <div className="sheet-actions">
        {status?.stage === 'unlocked' ? (
          <>
            <Button
              onPress={() => {
                close();
                void session.endShift();
              }}
            >
              {text('help.endShift')}
            </Button>
            <Button onPress={() => setSheet('people')}>{text('people.title')}</Button>
            <Button onPress={() => setSheet('drivers')}>{text('drivers.title')}</Button>
            {status.person?.role === 'device-manager' ? (
              <Button onPress={() => setSheet('idle')}>{text('idle.title')}</Button>
            ) : null}
            {KEEPERS.includes(status.person?.role) ? (
              <Button onPress={() => setSheet('keep')}>{text('keep.title')}</Button>
            ) : null}
          </>
        ) : null}
        <Button onPress={close}>{text('action.close')}</Button>
      </div>
    </Sheet>
  );
}
