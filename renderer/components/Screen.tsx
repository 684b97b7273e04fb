import { type ReactNode, useEffect, useSyncExternalStore } from 'react';
import { clockText, offsetText } from '../format/time.js';
import { text } from '../messages/i18n.js';
import { useApp } from '../state/app.js';
import { useWords } from '../state/clock.js';
import { nextTheme, subscribeTheme, theme } from '../state/theme.js';
import { IconButton } from './Button.js';

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

/** The frame of every screen: status bar with title, practice word and clock; content; action bar. */
export function Screen({
  title,
  heading = title,
  chips,
  tools,
  children,
  actions,
  className = '',
}: {
  /** Of the window. */
  readonly title: string;
  readonly heading?: ReactNode;
  readonly chips?: ReactNode;
  readonly tools?: ReactNode;
  readonly children: ReactNode;
  readonly actions?: ReactNode;
  readonly className?: string;
}) {
  const practice = useApp().status?.practice ?? false;
  useEffect(() => {
    document.title = [practice ? text('app.practice') : '', title, text('app.name')].filter(Boolean).join(' · ');
  }, [title, practice]);
  return (
    <div className={`screen ${practice ? 'practice' : ''} ${className}`}>
      <header className="bar">
        <h1>{heading}</h1>
        {practice ? (
          <strong className="practice-word" title={text('app.practice.body')}>
            {text('app.practice')}
          </strong>
        ) : null}
        <div className="chips">
          <Clock />
          {chips ? <span className="chip-line">{chips}</span> : null}
        </div>
        {tools}
        <ThemeButton />
      </header>
      <main>{children}</main>
      {actions ? (
        <footer className="actions" data-region="actions">
          {actions}
        </footer>
      ) : null}
      {practice ? <div className="practice-frame" aria-hidden="true" /> : null}
    </div>
  );
}
