/**
 * The threat table of the product: who attacks what, what stands against it, and which test plays the attack. The
 * numbers are those of the threat model; a letter tells attacks on the same row apart. The attacks of this folder take
 * their titles from here, and `docs/security/threats.md` is made of it.
 */
export interface Threat {
  readonly id: `T${number}${Letter}`;
  /** Spoofing, tampering, repudiation, information, denial of service, elevation. */
  readonly stride: string;
  /** Who does what. */
  readonly attack: string;
  readonly defence: string;
  /** Open: no test shows the defence, or there is none. Process: people see to it, not a test. */
  readonly status: 'tested' | 'open' | 'process';
  readonly tests: readonly TestPlace[];
  /** What is still possible. */
  readonly left?: string;
}

interface TestPlace {
  /** From the root of the repository. */
  readonly file: string;
  /** Of the test, or a part of it. */
  readonly title: string;
}

type Letter = '' | 'a' | 'b' | 'c' | 'd' | 'e' | 'f' | 'g' | 'h' | 'i';

const here = (name: string, title: string): readonly TestPlace[] => [{ file: `test/red-team/${name}.test.ts`, title }];
const SESSION = 'the secure session with devices is designed only; identities are shown as declared';

export const THREATS: readonly Threat[] = [
  {
    id: 'T1',
    stride: 'D',
    attack: 'a bystander pings an implant until its battery is empty',
    defence: 'a wake gate and budgets in the device, before any costly check',
    status: 'open',
    tests: [],
    left: SESSION,
  },
  {
    id: 'T2a',
    stride: 'D',
    attack: 'a driver wears down the battery of the device that it reads',
    defence: 'the host counts connections, time on air and bytes; a driver cannot move its budgets',
    status: 'tested',
    tests: [
      { file: 'gateway/driver-host/hostile.test.ts', title: 'too many bytes sent: the budget ends it' },
      { file: 'gateway/driver-host/host.test.ts', title: 'a device that floods is held by the byte budget' },
    ],
  },
  {
    id: 'T3',
    stride: 'S, I',
    attack: 'a false reader goes through a crowd and asks for implants',
    defence: 'the reader proves its right before the device says who it is',
    status: 'open',
    tests: [],
    left: SESSION,
  },
  {
    id: 'T4',
    stride: 'S',
    attack: 'a false device is read in place of the real one',
    defence: 'a certificate of the maker, bound to the session',
    status: 'open',
    tests: [],
    left: SESSION,
  },
  {
    id: 'T5',
    stride: 'T',
    attack: 'somebody between reader and device changes, replays or reorders what they say',
    defence: 'authenticated frames with counters',
    status: 'open',
    tests: [],
    left: SESSION,
  },
  {
    id: 'T6',
    stride: 'T',
    attack: 'somebody between them talks both into a weaker cipher',
    defence: 'the offer of ciphers is part of what is authenticated',
    status: 'open',
    tests: [],
    left: SESSION,
  },
  {
    id: 'T7',
    stride: 'I',
    attack: 'recorded radio traffic is opened by a later computer',
    defence: 'a hybrid key exchange',
    status: 'open',
    tests: [],
    left: SESSION,
  },
  {
    id: 'T8a',
    stride: 'E',
    attack: 'a thief with the unlocked tablet wants to read a device',
    defence: 'each read needs a reason and a factor shown for it; wrong ones wait, and each refusal is a record',
    status: 'tested',
    tests: here('unlocked-tablet', 'reads nothing without a reason and the PIN, opens no link, and is in the log'),
  },
  {
    id: 'T8b',
    stride: 'E',
    attack: 'a thief takes the tablet while an access is open',
    defence: 'an access ends after 15 minutes and is extended by a fresh factor only',
    status: 'tested',
    tests: here('unlocked-tablet', 'sees it end, and cannot lengthen it without the PIN'),
  },
  {
    id: 'T8c',
    stride: 'E',
    attack: 'a thief finds the tablet lying about unlocked',
    defence: 'it locks by itself when nobody uses it, and when the shift is over; not in the middle of a read',
    status: 'tested',
    tests: here('two-factors', 'is locked out when nobody has used it, and no read is cut short'),
    left: 'the ten minutes until then; T8a and T8b hold all the same',
  },
  {
    id: 'T8d',
    stride: 'E',
    attack: 'somebody sends the number of an access again that is over',
    defence: 'an access is known to the running program alone, and is gone with close, lock and restart',
    status: 'tested',
    tests: here('replay', 'opens nothing after close, after a restart, and on another tablet'),
  },
  {
    id: 'T8e',
    stride: 'E',
    attack: 'a thief has watched the PIN being entered',
    defence:
      'a shift begins with a second factor of another kind; a code counts once, and no answer says which was wrong',
    status: 'tested',
    tests: here('two-factors', 'cannot begin a shift with the PIN alone, or with a code that was seen'),
    left: 'within a shift, of at most twelve hours and until the program ends, the PIN is enough',
  },
  {
    id: 'T9',
    stride: 'E',
    attack: 'a forged, replayed or widened grant is shown to a device',
    defence: 'signed grants, bound to the key of the reader, that end with the shift',
    status: 'open',
    tests: [],
    left: SESSION,
  },
  {
    id: 'T10',
    stride: 'S',
    attack: 'a relay makes a far reader look near',
    defence: 'a secret that only contact gives, later a measured distance',
    status: 'open',
    tests: [],
    left: SESSION,
  },
  {
    id: 'T11a',
    stride: 'E, R',
    attack: 'staff who look after the tablet, or after its log, are curious about a patient',
    defence: 'one table of roles, asked before any command; what is not listed is denied, and each refusal is a record',
    status: 'tested',
    tests: [
      ...here('colleague', 'of another role reads no device and no screen, and each attempt is a record'),
      { file: 'test/interrogation/roles.test.ts', title: 'roles, at the door of the gateway' },
    ],
  },
  {
    id: 'T11b',
    stride: 'I',
    attack: 'a colleague takes the tablet over while a patient is open',
    defence: 'what was read is erased when somebody else unlocks',
    status: 'tested',
    tests: here('colleague', 'of the same role inherits nothing of it, on the screen or on the disk'),
  },
  {
    id: 'T11c',
    stride: 'E',
    attack: 'a colleague gives himself, or a friend, a stronger role',
    defence: 'only a device manager enrols officers, managers and service',
    status: 'tested',
    tests: here('colleague', 'cannot enrol an officer, a second manager or service'),
  },
  {
    id: 'T11d',
    stride: 'R',
    attack: 'somebody breaks the glass for a patient who is not his, and nobody asks',
    defence:
      'each access has a reason, a person and a record; all that override or fail, and a sample of the rest, are reviewed by somebody else',
    status: 'tested',
    tests: [
      ...here('reviewer', 'is in the queue of the officer, and cannot be taken out of it by whoever did it'),
      { file: 'gateway/review/reviews.test.ts', title: 'has every override and every failure' },
    ],
    left: 'the log of the device is not compared; ordinary accesses beyond the sample',
  },
  {
    id: 'T11e',
    stride: 'S, R',
    attack: 'somebody writes the decision of a reviewer into the log',
    defence: 'each decision is sealed with the keys of the tablet, for this item, this officer and this step',
    status: 'tested',
    tests: here('reviewer', 'does not count, and the officer is told'),
    left: 'an officer who is not honest; a second one sees each decision in the log',
  },
  {
    id: 'T12a',
    stride: 'T',
    attack: 'somebody changes bytes of the log',
    defence: 'checksums, a hash tree and signed checkpoints',
    status: 'tested',
    tests: here('log-editor', 'is found at every place that was flipped'),
  },
  {
    id: 'T12b',
    stride: 'T',
    attack: 'somebody who knows the format changes, takes out, doubles or swaps records and mends the checksums',
    defence: 'the root of the tree is in the signed checkpoints',
    status: 'tested',
    tests: here('log-editor', 'is found for every record, though all checksums fit'),
  },
  {
    id: 'T12c',
    stride: 'T',
    attack: 'somebody cuts off the end of the log',
    defence: 'the newest checkpoint and a chain of seals are kept apart from the log',
    status: 'tested',
    tests: here('log-editor', 'is found after every frame that the log is cut at'),
  },
  {
    id: 'T12d',
    stride: 'T',
    attack: 'somebody cuts the log and removes all that the tablet keeps of it',
    defence: 'a receipt or a checkpoint that is kept elsewhere',
    status: 'tested',
    tests: here('log-editor', 'is found by a receipt that was handed out'),
    left: 'accesses of which nothing was handed out',
  },
  {
    id: 'T12e',
    stride: 'T',
    attack: 'somebody puts an older copy of the whole data folder back',
    defence: 'a receipt or a checkpoint that is kept elsewhere',
    status: 'tested',
    tests: here('log-editor', 'is found by a checkpoint kept elsewhere, and by a receipt'),
    left: 'the tablet alone cannot tell; a copy that is older than all that was handed out',
  },
  {
    id: 'T12f',
    stride: 'T',
    attack: 'somebody who has taken the tablet changes what is newer than its last seal',
    defence: 'seals every 64 records, at each close and at each lock',
    status: 'open',
    tests: [],
    left: 'records behind the last seal can be written anew',
  },
  {
    id: 'T13',
    stride: 'T, D',
    attack: 'the power fails while the log is written',
    defence: 'one write, one sync; a recovery that is itself a record',
    status: 'tested',
    tests: [
      {
        file: 'gateway/audit/power-loss.test.ts',
        title: 'has every acknowledged record and no other, at every step and in every way a disk forgets',
      },
      {
        file: 'gateway/records/power-loss.test.ts',
        title: 'are those before a change or after it, whenever power goes, and what was destroyed stays so',
      },
    ],
  },
  {
    id: 'T14a',
    stride: 'I',
    attack: 'a thief copies the data folder while a patient is open, and searches it',
    defence: 'what is read is sealed before it is written; the log holds codes and pseudonyms',
    status: 'tested',
    tests: here('stolen-disk', 'finds no patient, serial number, file name, PIN or recovery word in it'),
    left: 'names of staff, where the system has no secret store: the lock screen lists them, so they can be read',
  },
  {
    id: 'T14b',
    stride: 'I',
    attack: 'a thief runs the program on the copied folder',
    defence: 'the keys are sealed in the vault; wrong PINs wait, over a restart too',
    status: 'tested',
    tests: here('stolen-disk', 'meets the lock screen, and has to wait after five wrong PINs, also after a restart'),
  },
  {
    id: 'T14c',
    stride: 'I',
    attack: 'a thief puts a vault of his own, whose PIN he knows, into the copied folder',
    defence: 'the key of each record is wrapped by the vault that made it',
    status: 'tested',
    tests: here('stolen-disk', 'opens no record with the vault of another tablet'),
  },
  {
    id: 'T14d',
    stride: 'I',
    attack: 'a thief tries PINs on a copy with a program of his own',
    defence: 'argon2id with a salt for each person',
    status: 'tested',
    tests: here('stolen-disk', 'pays argon2id with 64 MiB for each guess, for each person anew'),
    left: 'six digits are a million guesses: ten hours of one core of the machine here, where the system has no secret store (T14f)',
  },
  {
    id: 'T14e',
    stride: 'I',
    attack: 'a thief looks for patients who were read before',
    defence: 'close destroys the key, then the file',
    status: 'tested',
    tests: [
      ...here('stolen-disk', 'finds no record and no key after close'),
      {
        file: 'gateway/records/records.test.ts',
        title: 'is gone after it is destroyed, also for who kept a copy of the folder but for the key',
      },
    ],
    left: 'whoever copied the folder before close and has the PIN',
  },
  {
    id: 'T14f',
    stride: 'I',
    attack: 'a thief with the disk of a tablet whose system has a secret store looks for staff, and for PINs to try',
    defence: 'vault and people are sealed by a key of that store, which is not in the data folder',
    status: 'tested',
    tests: here('stolen-disk', 'finds no name of staff and nothing that a PIN opens, and the copy opens nowhere else'),
    left: 'who is signed in to the system as its user reaches the store too; files from before the seal may be left in free blocks of the disk',
  },
  {
    id: 'T14g',
    stride: 'I, T',
    attack: 'somebody waits for what a crash left on the tablet, and sets its clock to have longer',
    defence: 'a record is gone after 24 hours of whichever clock ran furthest, at a start before anything else',
    status: 'tested',
    tests: [
      {
        file: 'gateway/records/lifetime.test.ts',
        title: 'never are more, whatever is done to the clocks and the power',
      },
      {
        file: 'gateway/records/erasure-power-loss.test.ts',
        title: 'is whole and said once, or not begun, whenever power goes',
      },
      {
        file: 'gateway/records/erased.test.ts',
        title: 'neither words nor keys are found on the disk, and the tree verifies',
      },
    ],
    left: 'a tablet that is switched off, and whose clock is then set back to just after its last look',
  },
  {
    id: 'T14h',
    stride: 'I, R',
    attack: 'somebody gets a tablet that was given away, and looks for people, patients and keys',
    defence: 'decommissioning destroys all but the log, whenever the power fails, and hands out a receipt',
    status: 'tested',
    tests: [
      {
        file: 'gateway/decommissioning/power-loss.test.ts',
        title: 'is not begun or whole, whenever power goes, and the log says which',
      },
      {
        file: 'test/cli/decommission.test.ts',
        title: 'destroys all but the log, hands out a receipt that one file verifies',
      },
    ],
    left: 'a flash memory may keep what was written over; what was copied before',
  },
  {
    id: 'T14i',
    stride: 'I, T, E',
    attack: 'somebody finds, changes or swaps a back-up of the configuration to get a role or trusted keys',
    defence:
      'sealed with a passphrase, signed by the key of the log, never older than the last; no key and no PIN in it',
    status: 'tested',
    tests: [
      {
        file: 'gateway/backup/bundle.test.ts',
        title: 'is refused with any bit changed, cut anywhere, or with anything behind it',
      },
      {
        file: 'test/exports/backup.test.ts',
        title:
          'older than the last restored, of a tablet that was not named, changed or with another passphrase: refused',
      },
    ],
    left: 'a device manager who restores an older back-up of the own tablet before any other was restored',
  },
  {
    id: 'T15',
    stride: 'I',
    attack: 'somebody reads logs, exports and lists for names',
    defence: 'events have typed fields: codes, numbers, keyed pseudonyms',
    status: 'tested',
    tests: [
      { file: 'test/exports/canaries.test.ts', title: 'none is in the export %s, nor is a member of the staff' },
      {
        file: 'gateway/records/canary.test.ts',
        title: 'plants names, serial numbers and addresses in every input and finds them nowhere on the disk',
      },
    ],
    left: 'the crash files of Chromium are not searched',
  },
  {
    id: 'T16a',
    stride: 'T, E',
    attack: 'somebody forges a signature of the vendor or of the reviewer under a driver',
    defence: 'two signatures by keys of the tablet, one of a vendor for its own drivers, one of a reviewer',
    status: 'tested',
    tests: here('forged-driver', 'is refused, kept nowhere and in the log, however it was forged'),
  },
  {
    id: 'T16b',
    stride: 'T, E',
    attack: 'somebody changes an installed driver on the disk',
    defence: 'hash and signatures are checked again at each start',
    status: 'tested',
    tests: here('forged-driver', 'does not run at the next start, and the log says so'),
  },
  {
    id: 'T16c',
    stride: 'T, E',
    attack: 'a driver that both have signed is hostile',
    defence: 'a sandbox in a process of its own, with no way to send bytes that the manifest does not name',
    status: 'tested',
    tests: [
      { file: 'test/interrogation/hostile.test.ts', title: 'hostile drivers under the whole gateway' },
      {
        file: 'gateway/driver-host/hostile.test.ts',
        title: 'a hostile driver is stopped, and what it found before is kept',
      },
    ],
  },
  {
    id: 'T16d',
    stride: 'T, E',
    attack: 'somebody replaces the list of trusted keys, the state and the packages on the disk together',
    defence: 'the change of the list is in the log at the next start',
    status: 'open',
    tests: [],
    left: 'nothing stops it; sealing by the secret store of the system comes',
  },
  {
    id: 'T17a',
    stride: 'T',
    attack: 'an older driver with a known fault is installed again',
    defence: 'versions go forward; minimum versions never sink',
    status: 'tested',
    tests: [
      {
        file: 'gateway/driver-packages/packages.test.ts',
        title: 'is refused by hand: below the active one, the built-in one, and another package of the same version',
      },
      {
        file: 'gateway/driver-packages/packages.test.ts',
        title: 'never goes below the minimum version of the trust file, not even to the built-in driver',
      },
    ],
  },
  {
    id: 'T17b',
    stride: 'T',
    attack: 'somebody keeps a new driver, or the news that a key is lost, from the tablet',
    defence: 'a signed list of the fleet that expires',
    status: 'open',
    tests: [],
    left: 'keys are trusted on each tablet, without an end',
  },
  {
    id: 'T18',
    stride: 'D',
    attack: 'the power fails while a driver is installed',
    defence: 'the version before is kept until the new one is whole and has passed its self-test',
    status: 'tested',
    tests: [
      {
        file: 'gateway/driver-packages/power-loss.test.ts',
        title: 'a loss of power while a package is installed leaves the version before or the new one, whole',
      },
    ],
  },
  {
    id: 'T19a',
    stride: 'E, S',
    attack: 'a device, a cable or a file has a name that turns text around, moves the cursor or holds markup',
    defence: 'names leave the gateway as short text without control and direction characters',
    status: 'tested',
    tests: here('hostile-names', 'shows short text without control or direction characters, whatever the name is'),
  },
  {
    id: 'T19b',
    stride: 'E',
    attack: 'a text of a device becomes code in the window',
    defence: 'React text only, a strict content security policy with Trusted Types',
    status: 'tested',
    tests: [
      { file: 'electron/hardening.test.ts', title: 'allows our own files and no network in Electron' },
      { file: 'test/carriers/loopback.test.ts', title: 'serves the page under its policy' },
    ],
    left: 'no test draws hostile texts in the real window',
  },
  {
    id: 'T19c',
    stride: 'S',
    attack: 'a name breaks its line or covers the lines beside it',
    defence:
      'line separators, control and format characters and piles of marks are taken out; names are cut between characters',
    status: 'tested',
    tests: here('hostile-names', 'has a name of one line that covers no other'),
  },
  {
    id: 'T20a',
    stride: 'E',
    attack: 'another window, a foreign page or an embedded frame calls the application',
    defence: 'one channel, whose sender is checked for each call',
    status: 'tested',
    tests: here('evil-renderer', 'gets nothing done by any command from a frame that is not ours'),
  },
  {
    id: 'T20b',
    stride: 'E',
    attack: 'our own page, taken over, sends what no page of ours would',
    defence: 'a strict schema for the input of each command; errors repeat nothing of it',
    status: 'tested',
    tests: here('evil-renderer', 'is refused by every command for input of another shape, and changes nothing'),
  },
  {
    id: 'T20c',
    stride: 'E',
    attack: 'our own page, taken over, guesses names and numbers',
    defence: 'what does not exist is an error; no name is a path and none reaches a prototype',
    status: 'tested',
    tests: here('evil-renderer', 'finds no hidden command, no path and no prototype behind a name'),
  },
  {
    id: 'T20d',
    stride: 'E',
    attack: 'our own page, taken over, goes on behind the lock screen',
    defence: 'the gateway asks who is there before each command',
    status: 'tested',
    tests: here('evil-renderer', 'gets nothing of a patient out of a locked tablet'),
  },
  {
    id: 'T21',
    stride: 'E',
    attack: 'somebody changes the files of the application',
    defence: 'fuses: no Node options, only the packed application, integrity checked',
    status: 'open',
    tests: [{ file: 'electron/hardening.test.ts', title: 'close every way of running other code in the application' }],
    left: 'the map of fuses is tested; that a changed package does not start is not, as there is no installer yet',
  },
  {
    id: 'T22',
    stride: 'T, D',
    attack: 'a device sends frames that are cut, endless or nonsense',
    defence: 'bounded parsers, in the sandbox of the driver; what does not hold gives no finding',
    status: 'tested',
    tests: [{ file: 'test/faults/every-driver.test.ts', title: 'with %s' }],
    left: 'no fuzzing over days',
  },
  {
    id: 'T23',
    stride: 'I',
    attack: 'a stick with an export is lost',
    defence:
      'what was read leaves as one file that age has encrypted for eight words of ours (64 bits, scrypt 2^18); no command gives any of it in clear, and the words are kept nowhere',
    status: 'tested',
    tests: [
      {
        file: 'test/red-team/lost-stick.test.ts',
        title: 'no name, number or word of the patient is found in it or on the tablet',
      },
      { file: 'gateway/handover/container.test.ts', title: 'refuses other words' },
      { file: 'gateway/handover/container.test.ts', title: 'any bit that is flipped, and any cut, is noticed' },
      { file: 'gateway/handover/container.test.ts', title: 'eight words of 256 are 64 bits' },
      { file: 'test/handover/gateway.test.ts', title: 'is on the disk before the file leaves' },
    ],
    left: 'whoever gets file and words has the data; words that travel with the file protect nothing. Media are not blocked',
  },
  {
    id: 'T24',
    stride: 'E',
    attack: 'a stick that is plugged in brings programs or drivers',
    defence: 'nothing is taken from a medium by itself; drivers need two signatures',
    status: 'open',
    tests: [],
    left: 'the second person for removable media is not there yet',
  },
  {
    id: 'T25',
    stride: 'S, E',
    attack: 'a false server gives orders to the tablet',
    defence: 'there is no server and no remote order; the page server answers this machine and one page',
    status: 'tested',
    tests: [
      {
        file: 'test/carriers/loopback.test.ts',
        title: 'answers only to its own name, so that no other name can be pointed at it',
      },
      {
        file: 'test/carriers/loopback.test.ts',
        title: 'refuses pages of another origin before they can say anything',
      },
    ],
  },
  {
    id: 'T26a',
    stride: 'D',
    attack: 'somebody enters wrong PINs until nobody can help any more',
    defence: 'waits of at most 15 minutes; nothing is erased, nobody is locked out for good',
    status: 'tested',
    tests: [
      {
        file: 'gateway/access/access.test.ts',
        title: 'wait 60, 120, 240 ... 900 s after five, over a restart, and never for good',
      },
    ],
  },
  {
    id: 'T26b',
    stride: 'D',
    attack: 'somebody makes all responders wait in an emergency',
    defence: 'class and maker of the devices around stay open to a reason and a witness, without a factor',
    status: 'tested',
    tests: here(
      'two-factors',
      'cannot close the way to class and maker, on which nothing is sent and no name is shown',
    ),
    left: 'the witness is named, not proven; more than class and maker waits at most 15 minutes',
  },
  {
    id: 'T27a',
    stride: 'T',
    attack: 'somebody sets the clock of the tablet to keep an access open',
    defence: 'the time of an access is the clock that ran furthest, in every step',
    status: 'tested',
    tests: here('clock-setter', 'has no access for longer than 15 minutes, however the clock is set'),
  },
  {
    id: 'T27b',
    stride: 'T',
    attack: 'somebody sets the clock back and starts the tablet anew',
    defence: 'no access outlives the program; each has its end in the log',
    status: 'tested',
    tests: here('clock-setter', 'has no access again after a restart, and the log stays whole and in order'),
  },
  {
    id: 'T27c',
    stride: 'T',
    attack: 'somebody sets the clock forward to be allowed to try PINs',
    defence: 'the waits run on a clock that cannot be set',
    status: 'tested',
    tests: here('clock-setter', 'waits as long after wrong PINs as without'),
  },
  {
    id: 'T27d',
    stride: 'T',
    attack: 'somebody sets the clock forward and starts the tablet anew, to be allowed to try PINs',
    defence: 'after a restart only the time that the machine has been on counts for a wait',
    status: 'tested',
    tests: here('clock-setter', 'gains nothing by starting the tablet anew'),
  },
  {
    id: 'T27e',
    stride: 'D',
    attack: 'after wrong PINs somebody sets the clock back, or its battery is empty, and nobody can unlock any more',
    defence: 'the waits run on a clock that cannot be set, and after a restart for no longer than the wait itself',
    status: 'tested',
    tests: here('clock-setter', 'keeps nobody out longer than the wait, over a restart too'),
  },
  {
    id: 'T28',
    stride: 'I',
    attack: 'somebody learns of PINs and keys by how long an answer takes',
    defence: 'the PIN opens a seal and is compared with nothing; hashes are compared in constant time',
    status: 'open',
    tests: [],
    left: 'the time of a wrong PIN against that of a right one is a figure of `npm run bench`, no test',
  },
  {
    id: 'T29',
    stride: 'T',
    attack: 'a package that we depend on is taken over',
    defence: 'exact versions and hashes in the lock file, few dependencies, no scripts when installing',
    status: 'process',
    tests: [],
    left: 'whoever changes a dependency reads the difference',
  },
  {
    id: 'T30',
    stride: 'T',
    attack: 'the data of one patient are taken for those of another',
    defence: 'each access has its own reading; screens and events carry its number',
    status: 'tested',
    tests: here('colleague', 'shows nothing of one patient with the other, while both are open'),
  },
];
