import { lazy, Suspense, useEffect } from 'react';
import { Devices } from './screens/Devices.js';
import { Lock } from './screens/Lock.js';
import { Offline } from './screens/Offline.js';
import { useApp, useSession } from './state/app.js';
import { useHardwareKeys } from './state/keys.js';
import { usePresence } from './state/presence.js';

// The lock screen and the list of devices come with the page, what follows them a moment later.
const access = () => import('./screens/Access.js');
const breakGlass = () => import('./screens/BreakGlass.js');
const Access = lazy(async () => ({ default: (await access()).Access }));
const BreakGlass = lazy(async () => ({ default: (await breakGlass()).BreakGlass }));
const Closed = lazy(async () => ({ default: (await import('./screens/Closed.js')).Closed }));
const FirstRun = lazy(async () => ({ default: (await import('./screens/FirstRun.js')).FirstRun }));
const Over = lazy(async () => ({ default: (await import('./screens/keep/Over.js')).Over }));
const Reviews = lazy(async () => ({ default: (await import('./screens/Reviews.js')).Reviews }));
const Unknown = lazy(async () => ({ default: (await import('./screens/Unknown.js')).Unknown }));

/** Chooses the screen from the state. */
export function App() {
  const { contact, status, setup, faults, over } = useApp();
  const session = useSession();
  useHardwareKeys(session);
  usePresence(session);
  if (over)
    return (
      <Suspense>
        <Over ended={over} />
      </Suspense>
    );
  if (contact !== 'up' || !status) return <Offline contact={contact} fault={faults[0]} />;
  if (status.stage !== 'unlocked' && !setup) return <Lock />;
  return <Suspense>{setup ? <FirstRun /> : <Unlocked />}</Suspense>;
}

function Unlocked() {
  const { view, asking } = useApp();
  // Both are there before a finger is.
  useEffect(() => {
    const idle = requestIdleCallback(() => void Promise.all([breakGlass(), access()]));
    return () => cancelIdleCallback(idle);
  }, []);
  return (
    <>
      {view.kind === 'devices' ? <Devices /> : null}
      {view.kind === 'reviews' ? <Reviews /> : null}
      {view.kind === 'unknown' ? <Unknown key={view.deviceId} deviceId={view.deviceId} /> : null}
      {view.kind === 'access' ? <Access key={view.accessId} accessId={view.accessId} /> : null}
      {view.kind === 'closed' ? <Closed closed={view.closed} /> : null}
      {asking ? (
        <Suspense>
          <BreakGlass key={asking.id} device={asking} />
        </Suspense>
      ) : null}
    </>
  );
}
