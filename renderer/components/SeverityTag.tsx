import type { SeverityLevel } from '@onebox/gateway/card/model.js';
import { text } from '../messages/i18n.js';
import { Icon, severityIcon } from './Icon.js';

/** Word, shape, border and colour together: none of them alone. */
export function SeverityTag({ severity }: { readonly severity: SeverityLevel }) {
  if (severity === 'none') return null;
  return (
    <span className={`severity ${severity}`}>
      <Icon name={severityIcon(severity)} />
      {text(`severity.${severity}`)}
    </span>
  );
}
