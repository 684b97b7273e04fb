import { useEffect } from 'react';
import { fetchLate, late } from './components/late.js';
import { Lock } from './screens/Lock.js';
import { Offline } from './screens/Offline.js';
import { useApp, useSession } from './state/app.js';
import { useHardwareKeys } from './state/keys.js';
import { usePresence } from './state/presence.js';

// The lock screen comes with the page, what follows it a moment later.
const Access = late(async () => (await import('./screens/Access.js')).Access);
const BreakGlass = late(async () => (await import('./screens/BreakGlass.js')).BreakGlass);
const Closed = late(async () => (await import('./screens/Closed.js')).Closed);
const Devices = late(async () => (await import('./screens/Devices.js')).Devices);
const FirstRun = late(async () => (await import('./screens/FirstRun.js')).FirstRun);
const Over = late(async () => (await import('./screens/keep/Over.js')).Over);
const Reviews = late(async () => (await import('./screens/Reviews.js')).Reviews);
const Unknown = late(async () => (await import('./screens/Unknown.js')).Unknown);

/** Chooses the screen from the state. */
export function App() {
  const { contact, status, setup, faults, over } = useApp();
  const session = useSession();
  useHardwareKeys(session);
  usePresence(session);
  useEffect(fetchLate, []);
  if (over) return <Over ended={over} />;
  if (contact !== 'up' || !status) return <Offline contact={contact} fault={faults[0]} />;
  if (status.stage !== 'unlocked' && !setup) return <Lock />;
  return setup ? <FirstRun /> : <Unlocked />;
}

function Unlocked() {
  const { view, asking } = useApp();
  return (
    <>
      {view.kind === 'devices' ? <Devices /> : null}
      {view.kind === 'reviews' ? <Reviews /> : null}
      {view.kind === 'unknown' ? <Unknown key={view.deviceId} deviceId={view.deviceId} /> : null}
      {view.kind === 'access' ? <Access key={view.accessId} accessId={view.accessId} /> : null}
      {view.kind === 'closed' ? <Closed closed={view.closed} /> : null}
      {asking ? <BreakGlass key={asking.id} device={asking} /> : null}
    </>
  );
}
