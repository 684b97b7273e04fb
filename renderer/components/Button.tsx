import { type ReactNode, type Ref, useState } from 'react';
import { Button as AriaButton, type PressEvent } from 'react-aria-components';
import { text } from '../messages/i18n.js';
import { preferences } from '../state/preferences.js';
import { holdTouches } from '../touch/install.js';
import { Icon, type IconName } from './Icon.js';

export interface ButtonProps {
  /** One primary action on a screen; F3 presses it. In rain mode it asks for a second touch elsewhere. */
  readonly kind?: 'pri' | 'sec' | 'quiet';
  readonly children: ReactNode;
  readonly onPress?: () => void;
  readonly disabled?: boolean;
  readonly name?: string;
  readonly className?: string;
  readonly icon?: IconName;
  readonly pressed?: boolean;
  readonly autoFocus?: boolean;
  readonly ref?: Ref<HTMLButtonElement>;
}

const byFinger = ({ pointerType }: PressEvent): boolean => pointerType === 'touch' || pointerType === 'pen';

export function Button({
  kind = 'sec',
  children,
  onPress,
  disabled = false,
  name,
  className = '',
  icon,
  pressed,
  autoFocus = false,
  ref,
}: ButtonProps) {
  const [asking, setAsking] = useState(false);
  const press = (event: PressEvent): void => {
    if (kind === 'pri' && preferences.get().rain && byFinger(event)) {
      holdTouches();
      setAsking(true);
    } else onPress?.();
  };
  return (
    <>
      <AriaButton
        {...(ref ? { ref } : {})}
        className={`button ${kind} ${className}`}
        isDisabled={disabled}
        autoFocus={autoFocus}
        {...(name === undefined ? {} : { 'aria-label': name })}
        {...(pressed === undefined ? {} : { 'aria-pressed': pressed })}
        {...(kind === 'pri' ? { 'data-primary': '' } : {})}
        onPress={press}
      >
        {icon ? <Icon name={icon} /> : null}
        <span>{children}</span>
      </AriaButton>
      {asking && !disabled ? (
        <SecondTouch
          onYes={() => {
            setAsking(false);
            onPress?.();
          }}
          onNo={() => setAsking(false)}
        >
          {children}
        </SecondTouch>
      ) : null}
    </>
  );
}

/** Where no finger rests: a drop of water presses one place, not two. */
function SecondTouch({
  children,
  onYes,
  onNo,
}: {
  readonly children: ReactNode;
  readonly onYes: () => void;
  readonly onNo: () => void;
}) {
  return (
    <span className="second-touch">
      <AriaButton className="button" onPress={onNo}>
        {text('action.cancel')}
      </AriaButton>
      <AriaButton className="button pri" onPress={onYes} autoFocus>
        <span>
          {text('rain.confirm')} {children}
        </span>
      </AriaButton>
    </span>
  );
}

/** A small button of the status bar: a picture with its word below. */
export function IconButton({
  icon,
  label,
  onPress,
  name,
  className = '',
}: {
  readonly icon: IconName;
  readonly label: string;
  readonly onPress: () => void;
  readonly name?: string;
  readonly className?: string;
}) {
  return (
    <AriaButton
      className={`icon-button ${className}`}
      onPress={onPress}
      {...(name === undefined ? {} : { 'aria-label': name })}
    >
      <Icon name={icon} />
      <span>{label}</span>
    </AriaButton>
  );
}
