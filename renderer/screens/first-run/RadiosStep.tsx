import type { PreflightRow } from '@onebox/gateway/api.js';
import { Icon } from '../../components/Icon.js';
import { errorWords } from '../../components/Notice.js';
import { text } from '../../messages/i18n.js';
import { useApp } from '../../state/app.js';

function Check({ row }: { readonly row: PreflightRow }) {
  const problem = row.error ? errorWords(row.error) : undefined;
  return (
    <li className={row.usable ? 'usable' : 'unusable'}>
      <Icon name={row.usable ? 'tick' : 'cross'} />
      <div>
        <b>
          {text(`preflight.${row.transport}`)} {row.name}:{' '}
          {row.usable ? text('setup.radios.ok') : (problem?.title ?? text('setup.radios.fault'))}
        </b>
        {problem ? <span>{problem.body}</span> : null}
        {row.mend ? <code>{row.mend}</code> : null}
      </div>
    </li>
  );
}

/** What the tablet can use now, and the one step that mends what it cannot. */
export function RadiosStep() {
  const rows = useApp().status?.preflight ?? [];
  return (
    <>
      <p>{text(rows.length === 0 ? 'setup.radios.none' : 'setup.radios.body')}</p>
      <ul className="checks">
        {rows.map((row) => (
          <Check key={`${row.transport} ${row.name}`} row={row} />
        ))}
      </ul>
    </>
  );
}
