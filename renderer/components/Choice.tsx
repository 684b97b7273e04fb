import type { ReactNode } from 'react';
import { Label, Radio, RadioGroup } from 'react-aria-components';
import { Icon } from './Icon.js';

export interface Option<T extends string> {
  readonly id: T;
  readonly text: ReactNode;
}

/** Large radio buttons, one of which is chosen. `columns` of equal width; fewer on narrow screens. */
export function Choice<T extends string>({
  label,
  options,
  value,
  onChange,
  error,
  columns = 2,
  autoFocus = false,
  hideLabel = false,
}: {
  readonly label: string;
  readonly options: readonly Option<T>[];
  readonly value: T | null;
  readonly onChange: (id: T) => void;
  readonly error?: string;
  readonly columns?: 1 | 2 | 3;
  readonly autoFocus?: boolean;
  readonly hideLabel?: boolean;
}) {
  return (
    <RadioGroup className={`choice columns-${columns}`} value={value} onChange={(id) => onChange(id as T)}>
      <Label className={hideLabel ? 'hidden' : 'choice-label'}>
        {label} {error ? <strong className="choice-error">{error}</strong> : null}
      </Label>
      {options.map((option, index) => (
        <Radio
          key={option.id}
          value={option.id}
          className="radio"
          autoFocus={autoFocus && (value === option.id || (value === null && index === 0))}
        >
          {({ isSelected }) => (
            <>
              <Icon name={isSelected ? 'radioOn' : 'radioOff'} />
              <span>{option.text}</span>
            </>
          )}
        </Radio>
      ))}
    </RadioGroup>
  );
}
