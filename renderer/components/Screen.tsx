import { type ReactNode, useEffect, useSyncExternalStore } from 'react';
import { clockText, offsetText } from '../format/time.js';
import { text } from '../messages/i18n.js';
import { useApp } from '../state/app.js';
import { useWords } from '../state/clock.js';
import { helpOpen } from '../state/help.js';
import { prefer, soundOn, usePreferences } from '../state/preferences.js';
import { nextTheme, subscribeTheme, theme } from '../state/theme.js';
import { IconButton } from './Button.js';
import { LogFault } from './LogFault.js';
import { ModeWords, useModes } from './ModeWords.js';

function Clock() {
  const words = useWords();
  return (
    <bdi dir="ltr" className="clock">
      {clockText(words.now, words, true)} {offsetText(words.now, words)}
    </bdi>
  );
}

function ThemeButton() {
  const current = useSyncExternalStore(subscribeTheme, theme);
  return (
    <IconButton
      icon="half"
      label={text('action.theme')}
      name={`${text('action.theme')}: ${text(`theme.${current}`)}`}
      onPress={nextTheme}
    />
  );
}

/** Off the screens of an access: there is no room, and it is one touch further, in the help. */
function MuteButton() {
  useSyncExternalStore(subscribeTheme, theme);
  const on = soundOn(usePreferences());
  return (
    <IconButton
      icon={on ? 'sound' : 'mute'}
      label={text(on ? 'action.sound' : 'action.muted')}
      name={text(on ? 'action.mute.name' : 'action.unmute.name')}
      onPress={() => prefer({ sound: !on })}
      className="mute"
    />
  );
}

/** The frame of every screen: status bar with title, mode words and clock; content; action bar. */
export function Screen({
  title,
  heading = title,
  chips,
  tools,
  children,
  actions,
  className = '',
  override,
}: {
  /** Of the window. */
  readonly title: string;
  readonly heading?: ReactNode;
  readonly chips?: ReactNode;
  readonly tools?: ReactNode;
  readonly children: ReactNode;
  readonly actions?: ReactNode;
  readonly className?: string;
  /** An access by an override of the role. */
  readonly override?: boolean | undefined;
}) {
  const words = useModes().map(({ word }) => text(word));
  const heads = [...words, title, text('app.name')].filter(Boolean).join(' · ');
  useEffect(() => {
    document.title = heads;
  }, [heads]);
  const marked = words.length > 0;
  const unwritten = (useApp().status?.audit.waiting ?? 0) > 0;
  return (
    <div
      className={`screen ${marked ? 'practice' : ''} ${unwritten ? 'unwritten' : ''} ${override ? 'override' : ''} ${className}`}
    >
      <header className="bar">
        <h1>{heading}</h1>
        <ModeWords override={override} />
        <div className="chips">
          <Clock />
          {chips ? <span className="chip-line">{chips}</span> : null}
        </div>
        {tools}
        <LogFault />
        <MuteButton />
        <ThemeButton />
        <IconButton
          icon="help"
          label={text('action.help')}
          name={text('action.help.name')}
          onPress={() => helpOpen.set(true)}
        />
      </header>
      <main>{children}</main>
      {actions ? (
        <footer className="actions" data-region="actions">
          {actions}
        </footer>
      ) : null}
      {marked ? <div className="practice-frame" aria-hidden="true" /> : null}
    </div>
  );
}
