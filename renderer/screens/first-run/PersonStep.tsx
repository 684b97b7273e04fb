import type { Role } from '@onebox/gateway/api.js';
import { Choice } from '../../components/Choice.js';
import { TextInput } from '../../components/TextInput.js';
import { text } from '../../messages/i18n.js';

export interface PersonDraft {
  readonly name: string;
  readonly role: Role | null;
}

const ROLES: readonly Role[] = ['responder', 'clinician', 'device-manager', 'privacy-officer', 'service'];

export function PersonStep({
  person,
  onChange,
  missing,
}: {
  readonly person: PersonDraft;
  readonly onChange: (person: PersonDraft) => void;
  readonly missing: boolean;
}) {
  const nameless = missing && person.name.trim() === '';
  return (
    <>
      <p>{text('setup.person.body')}</p>
      <TextInput
        label={text('setup.person.name')}
        value={person.name}
        onChange={(name) => onChange({ ...person, name })}
        {...(nameless ? { error: text('setup.person.nameMissing') } : {})}
      />
      <Choice
        label={text('setup.person.role')}
        options={ROLES.map((role) => ({ id: role, text: text(`role.${role}`) }))}
        value={person.role}
        onChange={(role) => onChange({ ...person, role })}
        columns={3}
        {...(missing && person.role === null ? { error: text('setup.person.roleMissing') } : {})}
      />
    </>
  );
}
