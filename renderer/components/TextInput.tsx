import { FieldError, Input, Label, TextField } from 'react-aria-components';

export function TextInput({
  label,
  value,
  onChange,
  error,
  maxLength = 60,
}: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly error?: string;
  readonly maxLength?: number;
}) {
  return (
    <TextField
      className="text-field"
      value={value}
      onChange={onChange}
      isInvalid={error !== undefined}
      autoComplete="off"
      maxLength={maxLength}
    >
      <Label>{label}</Label>
      <Input />
      <FieldError>{error}</FieldError>
    </TextField>
  );
}
