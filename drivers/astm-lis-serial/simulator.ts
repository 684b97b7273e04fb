import type { ContentFault, SimulatedDriver } from '@onebox/driver-sdk/simulated/faults.js';
import { seededRandom } from '@onebox/driver-sdk/simulated/values.js';
import type { SerialUsb } from '@onebox/driver-sdk/simulator.js';
import { AstmSenderSimulator, type Framing, type SenderFaults } from './simulated-sender.js';

/** Made-up instruments that upload over ASTM. Their values depend on the seed alone, their times on the clock. */

export interface UploadOptions {
  readonly seed?: number;
  /** What is wrong with the content. */
  readonly fault?: ContentFault;
  readonly usb?: SerialUsb;
  readonly faults?: SenderFaults;
  /** Minutes that the instrument's clock shows more than UTC. */
  readonly clockMinutes?: number;
  readonly startMs?: number;
  readonly againMs?: number;
  readonly replyMs?: number;
}

export interface MeterOptions extends UploadOptions {
  readonly results?: number;
  readonly unit?: 'mg/dL' | 'mmol/L';
}

export interface AnalyserOptions extends UploadOptions {
  readonly framing?: Exclude<Framing, 'burst'>;
}

const LINE = { baudRate: 9_600 } as const;
const HOUR_MS = 3_600_000;
const WIRE_FAULTS: Readonly<Partial<Record<ContentFault, SenderFaults>>> = {
  'wrong-checksum': { wrongChecksum: { frame: 4, times: 1_000 } },
  'ends-early': { endBefore: 6 },
};

/** A blood glucose meter in the manner of the Contour family: results of the last days, one of them a control. */
export function glucoseMeterSimulator(options: MeterOptions = {}): AstmSenderSimulator {
  const { results = 12, unit = 'mg/dL', fault } = options;
  const unset = fault === 'clock-unset';
  const records = (now: number): readonly string[] => {
    const random = seededRandom(options.seed ?? 1);
    const clock = now + (options.clockMinutes ?? (fault === 'clock-off' ? 40 : 0)) * 60_000;
    const lines = Array.from({ length: results }, (_, index) => {
      const mgDl = 70 + Math.floor(random() * 130);
      const control = index === 1;
      const high = index === 2;
      const value = high ? 600 : control ? 122 : mgDl;
      const printed = unit === 'mg/dL' ? String(value) : (value / 18).toFixed(1);
      const shown = fault === 'never-measured' ? '' : fault === 'not-a-number' ? '----' : printed;
      const stated = fault === 'wrong-unit' ? 'mg/xL' : unit;
      const marker = control ? 'C' : high ? '>/A' : (['B', 'A', 'D', ''] as const)[index % 4]!;
      const at = unset ? '' : stamp(clock - (results - index) * 7 * HOUR_MS);
      return `R|${index + 1}|^^^Glucose|${shown}|${stated}^P||${marker}||${at}`;
    });
    const config = `A=1^C=63^G=1^I=0200^R=0^S=1^U=${unit === 'mg/dL' ? 0 : 1}^V=20600^X=070070070070180130150250^Z=1`;
    const newer = fault === 'newer-firmware';
    const version = newer ? '99.00' : '01.00';
    const product = `PracticeMeter^${version}\\${version}\\01.00.00^PRACTICE-0001^0000-`;
    const header = `H|\\^&||******|${product}|${config}|${results}||||||1|${unset ? '' : stamp(clock)}`;
    return [header, 'P|1', ...(newer ? ['X|1|UNKNOWN^RECORD'] : []), ...lines, 'L|1|N'];
  };
  const faults = options.faults ?? (fault && WIRE_FAULTS[fault]) ?? {};
  return new AstmSenderSimulator({ ...options, faults, line: LINE, framing: 'burst', records });
}

/** A point-of-care analyser: one patient, four tests, one of them below its range, and a unit without a UCUM code. */
export function analyserSimulator(options: AnalyserOptions = {}): AstmSenderSimulator {
  const records = (now: number): readonly string[] => {
    const random = seededRandom(options.seed ?? 1);
    const clock = now + (options.clockMinutes ?? 0) * 60_000;
    const at = stamp(clock - 12 * 60_000, true);
    const hba1c = (5 + random() * 4).toFixed(1);
    const creatinine = (40 + random() * 180).toFixed(1);
    return [
      `H|\\^&|||PRACTICE ANALYSER^1.0.0^PRACTICE-0002|||||||P||${stamp(clock, true)}`,
      'P|1|PRACTICE-PATIENT',
      `O|1|PRACTICE-SAMPLE|||||${at}`,
      `R|1|^^^HbA1c|${hba1c}|%||N||F|||${at}`,
      `R|2|^^^Crt|${creatinine}|mg/dL||N||F|||${at}`,
      `R|3|^^^CRP|<5.0|mg/L||L||F|||${at}`,
      `R|4|^^^Score|2|points||N||F|||${at}`,
      'C|1|I|Practice sample|G',
      'L|1|N',
    ];
  };
  return new AstmSenderSimulator({ ...options, line: LINE, framing: options.framing ?? 'message', records });
}

/** `20190922130400`, without seconds unless asked for; the clock is read as if it were UTC. */
function stamp(ms: number, seconds = false): string {
  return new Date(ms)
    .toISOString()
    .replace(/[-T:]/g, '')
    .slice(0, seconds ? 14 : 12);
}

const simulated: SimulatedDriver = {
  devices: {
    astm: { transport: 'serial', make: (options) => glucoseMeterSimulator(options) },
  },
  without: { 'battery-low': 'the protocol does not tell' },
};
export default simulated;
