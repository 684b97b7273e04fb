import { Access } from './screens/Access.js';
import { BreakGlass } from './screens/BreakGlass.js';
import { Closed } from './screens/Closed.js';
import { Devices } from './screens/Devices.js';
import { FirstRun } from './screens/FirstRun.js';
import { Lock } from './screens/Lock.js';
import { Offline } from './screens/Offline.js';
import { Unknown } from './screens/Unknown.js';
import { useApp, useSession } from './state/app.js';
import { useHardwareKeys } from './state/keys.js';

/** Chooses the screen from the state. */
export function App() {
  const { contact, status, setup, view, asking } = useApp();
  useHardwareKeys(useSession());
  if (contact !== 'up' || !status) return <Offline lost={contact === 'lost'} />;
  if (setup) return <FirstRun />;
  if (status.stage !== 'unlocked') return <Lock />;
  return (
    <>
      {view.kind === 'devices' ? <Devices /> : null}
      {view.kind === 'unknown' ? <Unknown key={view.deviceId} deviceId={view.deviceId} /> : null}
      {view.kind === 'access' ? <Access key={view.accessId} accessId={view.accessId} /> : null}
      {view.kind === 'closed' ? <Closed closed={view.closed} /> : null}
      {asking ? <BreakGlass key={asking.id} device={asking} /> : null}
    </>
  );
}
