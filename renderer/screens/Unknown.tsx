import { useState } from 'react';
import { Button } from '../components/Button.js';
import { classText, companyText } from '../components/DeviceList.js';
import { errorNotice, NoticeLine } from '../components/Notice.js';
import { Screen } from '../components/Screen.js';
import { SeverityTag } from '../components/SeverityTag.js';
import { clockText } from '../format/time.js';
import { text } from '../messages/i18n.js';
import { announcer } from '../state/announce.js';
import { useApp, useSession } from '../state/app.js';
import { useWords } from '../state/clock.js';

const STEPS = ['unknown.step1', 'unknown.step2', 'unknown.step3', 'unknown.step4'] as const;

/** A device that no driver reads: what else can be done, and a record that it was seen. */
export function Unknown({ deviceId }: { readonly deviceId: string }) {
  const session = useSession();
  const { devices, faults } = useApp();
  const words = useWords();
  const device = devices?.devices.find((row) => row.id === deviceId);
  const [first] = useState(device);
  const shown = device ?? first;
  const [recorded, setRecorded] = useState(false);
  const facts = [
    shown?.needsMaker ? classText(shown.deviceClass) : '',
    text(`preflight.${shown?.transport ?? 'ble'}`),
    shown?.companyId === undefined ? '' : text('device.company', { company: companyText(shown.companyId) }),
    shown?.name ? `\u201c${shown.name}\u201d` : text('device.noName'),
    shown ? text('unknown.heard', { time: clockText(shown.firstHeard, words, true) }) : '',
  ];
  const record = async (): Promise<void> => {
    if (!(await session.did('recordSeen', { deviceId }))) return;
    setRecorded(true);
    announcer.say(text('unknown.recorded'));
  };
  return (
    <Screen
      title={text('unknown.title')}
      className="unknown"
      actions={
        <>
          <Button onPress={() => void record()} disabled={recorded}>
            {text(recorded ? 'unknown.recorded' : 'unknown.record')}
          </Button>
          <Button kind="pri" onPress={() => session.showDevices()}>
            {text('unknown.back')}
          </Button>
        </>
      }
    >
      {faults.length > 0 ? <NoticeLine notices={faults.map(errorNotice)} /> : null}
      <p className="facts">{facts.filter(Boolean).join(' · ')}</p>
      {shown?.needsMaker ? (
        <div className="notice check">
          <SeverityTag severity="check" />
          <p>
            <b>{text('device.needsMaker')}.</b> {text('unknown.needsMaker')}
          </p>
        </div>
      ) : null}
      <h2>{text('unknown.do')}</h2>
      <ol className="steps">
        {STEPS.map((step) => (
          <li key={step}>{text(step)}</li>
        ))}
      </ol>
      {shown && shown.why.length > 0 ? (
        <>
          <h2>{text(shown.needsMaker ? 'unknown.why.maker' : 'unknown.why')}</h2>
          <ul className="why">
            {shown.why.map((why) => (
              <li key={why.id + JSON.stringify(why.params)}>{text(why.id, why.params)}</li>
            ))}
          </ul>
        </>
      ) : null}
    </Screen>
  );
}
