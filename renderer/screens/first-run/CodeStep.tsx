import type { FactorOffer } from '@onebox/gateway/api.js';
import { Notice } from '../../components/Notice.js';
import { PinPad } from '../../components/PinPad.js';
import { TabletTime } from '../../components/TabletTime.js';
import { useAttempt } from '../../components/use-attempt.js';
import { useDigits } from '../../components/use-digits.js';
import { text } from '../../messages/i18n.js';
import { useApp } from '../../state/app.js';

export type CodeOffer = Extract<FactorOffer, { kind: 'one-time-code' }>;

/** The key for an authenticator app, and one code of it that shows that it works. */
export function CodeStep({
  offer,
  confirmed,
  confirm,
}: {
  readonly offer: CodeOffer | undefined;
  readonly confirmed: boolean;
  readonly confirm: (code: string) => Promise<void>;
}) {
  const digits = useApp().status?.codeDigits['one-time-code'] ?? 0;
  const { busy, problem, attempt } = useAttempt(confirm);
  const code = useDigits(digits, busy, (entered) => void attempt(entered).finally(code.clear));
  if (!offer) return <p>{text('setup.code.none')}</p>;
  if (confirmed) return <p role="status">{text('setup.code.done')}</p>;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: digits typed on a keyboard count anywhere in this step.
    <div className="two" onKeyDown={code.keys}>
      <div className="left">
        <p>{text('setup.code.body')}</p>
        <p className="code-key">
          <span className="secondary">{text('setup.code.key')}</span> <code>{grouped(offer.secret)}</code>
        </p>
        <TabletTime message="setup.code.time" />
        {problem ? <Notice notice={problem} live /> : null}
      </div>
      <div className="right">
        <p className="pin-prompt">{text('setup.code.enter')}</p>
        <PinPad
          value={code.value}
          digits={digits}
          onChange={code.enter}
          label={text('setup.code.enter')}
          disabled={busy}
        />
      </div>
    </div>
  );
}

/** In fours, as apps show it. */
function grouped(secret: string): string {
  return (secret.match(/.{1,4}/g) ?? []).join(' ');
}
