import { FieldError, Input, Label, TextField } from 'react-aria-components';

export function TextInput({
  label,
  value,
  onChange,
  error,
  maxLength = 60,
  secret = false,
}: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly error?: string;
  readonly maxLength?: number;
  /** Not shown while it is typed. */
  readonly secret?: boolean;
}) {
  return (
    <TextField
      className="text-field"
      value={value}
      onChange={onChange}
      isInvalid={error !== undefined}
      autoComplete="off"
      maxLength={maxLength}
      type={secret ? 'password' : 'text'}
    >
      <Label>{label}</Label>
      <Input />
      <FieldError>{error}</FieldError>
    </TextField>
  );
}
