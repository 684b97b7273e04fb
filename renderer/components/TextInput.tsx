import { FieldError, Input, Label, TextField } from 'react-aria-components';

export function TextInput({
  label,
  value,
  onChange,
  error,
  maxLength = 60,
  secret = false,
  onEnter,
}: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly error?: string;
  readonly maxLength?: number;
  /** Not shown while it is typed. */
  readonly secret?: boolean;
  readonly onEnter?: () => void;
}) {
  return (
    <TextField
      className="text-field"
      value={value}
      onChange={onChange}
      isInvalid={error !== undefined}
      autoComplete="off"
      maxLength={maxLength}
      {...(onEnter ? { onKeyDown: (event) => event.key === 'Enter' && onEnter() } : {})}
      type={secret ? 'password' : 'text'}
    >
      <Label>{label}</Label>
      <Input />
      <FieldError>{error}</FieldError>
    </TextField>
  );
}
