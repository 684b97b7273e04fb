import { OneBoxError } from '@onebox/protocol/errors.js';
import type { CommandName, Commands, HandedOver, Status } from './api.js';
import { waitingRecords } from './audit/waiting.js';
import type { DeviceTracker } from './discovery/device-list.js';
import type { DriverIndex } from './driver-host/driver-index.js';
import type { Refused } from './driver-packages/packages.js';
import type { Encounters } from './encounters.js';
import type { KeepCommand } from './keep-commands.js';
import type { OpenedFiles } from './opened-files.js';
import type { Store } from './store.js';
import { accessSummary, driverRows, identityList } from './views.js';

export type Handlers = {
  readonly [N in CommandName]: (input: Commands[N]['in']) => Promise<Commands[N]['out']> | Commands[N]['out'];
};

export interface CommandParts {
  readonly store: Store;
  readonly tracker: DeviceTracker;
  readonly encounters: Encounters;
  readonly files: OpenedFiles;
  readonly drivers: DriverIndex;
  /** Packages that do not run. */
  readonly refusedDrivers: () => readonly Refused[];
  readonly practice: boolean;
  readonly status: () => Status;
  /** Something of the status changed. */
  readonly changed: () => void;
  readonly checkRadios: () => void;
  readonly handOver: (accessId: string) => Promise<HandedOver>;
}

/** What each command does, once it is allowed. */
export function commands({
  store,
  tracker,
  encounters,
  files,
  drivers,
  refusedDrivers,
  practice,
  status,
  changed,
  checkRadios,
  handOver,
}: CommandParts): Omit<Handlers, KeepCommand> {
  const { access, audit } = store;
  const stopScan = async (): Promise<void> => {
    const { devices, hidden, scanning } = tracker.list();
    if (!scanning) return;
    await tracker.stop();
    await audit.append('scanStopped', { numbers: { devices: devices.length, hidden } });
  };
  const endTierZero = async (): Promise<void> => {
    if (!access.tierZero.isOpen && !access.tierZero.isOver) return;
    await tracker.stop();
    await access.tierZero.close(tracker.list().devices.length);
  };
  const lock = async (): Promise<void> => {
    await endTierZero();
    await encounters.suspend();
    await stopScan();
    files.forgetAll();
    await access.lock();
  };
  const changedStatus = (): Status => {
    changed();
    return status();
  };
  return {
    status,
    enrol: async (input) => {
      const enrolled = await access.enrol(input);
      changed();
      return enrolled;
    },
    unlock: async ({ personId, factor, second }) => {
      await access.unlock(personId, factor, second);
      await endTierZero();
      return changedStatus();
    },
    offerFactor: ({ kind, factor }) => access.offerFactor(kind, factor),
    challengeFactor: ({ personId }) => access.challengeFactor(personId),
    addFactor: async ({ proof }) => {
      await access.addFactor(proof);
      return changedStatus();
    },
    dispatcherCodes: async ({ factor }) => {
      const codes = await access.makeDispatcherCodes(factor);
      changed();
      return { codes };
    },
    lock: async () => {
      await lock();
      return changedStatus();
    },
    recover: async ({ personId, words, pin }) => {
      await access.recover(words, personId, pin);
      await endTierZero();
      return changedStatus();
    },
    endShift: async () => {
      await access.endShift();
      await encounters.closeAll();
      await lock();
      return changedStatus();
    },
    openTierZero: async (request) => {
      await access.tierZero.open(request);
      await tracker.start();
      checkRadios();
      return identityList(tracker.list(), access.tierZero.endsAt);
    },
    closeTierZero: async () => {
      await endTierZero();
      return undefined;
    },
    drivers: () => driverRows(drivers.all, refusedDrivers()),
    startScan: async () => {
      await audit.append('scanStarted');
      await tracker.start();
      checkRadios();
      return tracker.list();
    },
    stopScan: async () => {
      await stopScan();
      return tracker.list();
    },
    openFile: ({ name, content }) => {
      if (practice) throw new OneBoxError('FILE_IN_PRACTICE');
      return files.open(name, content);
    },
    breakGlass: (input) => encounters.breakGlass(input),
    cancelBreakGlass: async ({ deviceId }) => {
      await access.cancel(deviceId);
      return undefined;
    },
    extendAccess: async ({ accessId, factor }) => accessSummary(await access.extend(accessId, factor)),
    stopReading: ({ accessId }) => {
      encounters.opened(accessId).stop();
      return undefined;
    },
    readAgain: ({ accessId }) => encounters.readAgain(accessId),
    confirmMatch: ({ accessId, serialEnd }) => encounters.opened(accessId).confirmMatch(serialEnd),
    card: ({ accessId }) => encounters.opened(accessId).card(),
    values: ({ accessId }) => encounters.opened(accessId).values(),
    episodes: ({ accessId }) => encounters.opened(accessId).episodes(),
    strips: ({ accessId }) => encounters.opened(accessId).strips(),
    trends: ({ accessId }) => encounters.opened(accessId).trends(),
    strip: ({ accessId, stripId }) => {
      const found = encounters.opened(accessId).strip(stripId);
      if (!found) throw new OneBoxError('INPUT_INVALID', 'strip.stripId');
      return found;
    },
    access: ({ accessId }) => accessSummary(access.get(accessId)),
    auditOfAccess: async ({ accessId }) => {
      const { entries, intact } = audit.status;
      return { rows: await audit.rows({ accessId }), intact, entries };
    },
    waitingRecords: () => waitingRecords(audit),
    reviews: () => store.reviews.list(practice),
    decideReview: ({ accessId, decision }) => store.reviews.decide(accessId, decision, practice),
    setIdle: async ({ minutes, factor }) => {
      await access.idleTime.set(minutes, factor);
      return changedStatus();
    },
    handOver: ({ accessId }) => handOver(accessId),
    recordSeen: async ({ deviceId }) => {
      const row = tracker.row(deviceId);
      if (!row) throw new OneBoxError('DEVICE_UNKNOWN');
      await access.noteSeen(deviceId, { transport: row.transport, practice });
      return undefined;
    },
    close: ({ accessId }) => encounters.close(accessId),
  };
}
