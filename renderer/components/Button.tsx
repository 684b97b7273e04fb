import type { ReactNode, Ref } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { Icon, type IconName } from './Icon.js';

export interface ButtonProps {
  /** One primary action on a screen; F3 presses it. */
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
  return (
    <AriaButton
      {...(ref ? { ref } : {})}
      className={`button ${kind} ${className}`}
      isDisabled={disabled}
      autoFocus={autoFocus}
      {...(name === undefined ? {} : { 'aria-label': name })}
      {...(pressed === undefined ? {} : { 'aria-pressed': pressed })}
      {...(kind === 'pri' ? { 'data-primary': '' } : {})}
      {...(onPress ? { onPress } : {})}
    >
      {icon ? <Icon name={icon} /> : null}
      <span>{children}</span>
    </AriaButton>
  );
}

/** A small button of the status bar: a picture with its word below. */
export function IconButton({
  icon,
  label,
  onPress,
  name,
}: {
  readonly icon: IconName;
  readonly label: string;
  readonly onPress: () => void;
  readonly name?: string;
}) {
  return (
    <AriaButton className="icon-button" onPress={onPress} {...(name === undefined ? {} : { 'aria-label': name })}>
      <Icon name={icon} />
      <span>{label}</span>
    </AriaButton>
  );
}
