import { Button } from './Button.js';

/** A few choices beside each other, of which one holds; a touch changes it at once. */
export function Segments<T extends string | number>({
  label,
  options,
  value,
  onChange,
}: {
  readonly label: string;
  readonly options: readonly { readonly id: T; readonly text: string }[];
  readonly value: T;
  readonly onChange: (id: T) => void;
}) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: buttons that act at once, not fields of a form.
    <div className="segments" role="group" aria-label={label}>
      <span className="segments-label" aria-hidden="true">
        {label}
      </span>
      {options.map((option) => (
        <Button
          key={option.id}
          kind="quiet"
          onPress={() => onChange(option.id)}
          pressed={option.id === value}
          name={`${label}: ${option.text}`}
        >
          {option.text}
        </Button>
      ))}
    </div>
  );
}
