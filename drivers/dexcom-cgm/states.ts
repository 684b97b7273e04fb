import type { OneBoxTerm } from '@onebox/protocol/nomenclature/onebox-terms.js';

/**
 * States that a Dexcom transmitter or sensor gives with each value. Sources: CGMBLEKit (LoopKit at 4eb3c94, MIT
 * licence) for G5 and G6, values asserted in the tests of G7SensorKit (LoopKit at ee064dd) for G7 and ONE+.
 */
export interface SensorState {
  readonly name: string;
  readonly term: OneBoxTerm;
  /** Whether a number that comes with it is a glucose value; `warning`: with a reservation. */
  readonly reliable: 'yes' | 'warning' | 'no';
  readonly calibration?: true;
}

export type Generation = 'g5' | 'g7';

const state = (name: string, term: SensorState['term'], more: Partial<SensorState> = {}): SensorState => ({
  name,
  term,
  reliable: 'no',
  ...more,
});

const failed = (name: string) => state(name, 'cgm.sensor-state.failed');
const disturbed = (name: string) => state(name, 'cgm.sensor-state.disturbed');
const waiting = (name: string) => state(name, 'cgm.sensor-state.not-calibrated', { calibration: true });
const active = (name: string, reliable: SensorState['reliable'], calibration?: true) =>
  state(name, 'cgm.sensor-state.active', { reliable, ...(calibration ? { calibration } : {}) });

const BOTH: Readonly<Record<number, SensorState>> = {
  1: state('stopped', 'cgm.sensor-state.stopped'),
  2: state('warmup', 'cgm.sensor-state.warming-up'),
  4: waiting('firstBloodGlucoseNeeded'),
  5: waiting('secondBloodGlucoseNeeded'),
  6: active('ok', 'yes'),
  7: active('needsCalibration', 'warning', true),
  8: active('calibrationError8', 'no', true),
  9: active('calibrationError9', 'no', true),
  10: active('calibrationError10', 'no', true),
  11: failed('sensorFailed11'),
  12: failed('sensorFailed12'),
  13: active('calibrationError13', 'no', true),
  14: active('needsCalibration14', 'warning', true),
  15: failed('sessionFailed15'),
  16: failed('sessionFailed16'),
  17: failed('sessionFailed17'),
  18: disturbed('questionable'),
};

const G7_ONLY: Readonly<Record<number, SensorState>> = {
  3: disturbed('excessNoise'),
  19: failed('sensorFailed19'),
  20: failed('sensorFailed20'),
  21: failed('sensorFailed21'),
  22: failed('sensorFailed22'),
  24: state('expired', 'cgm.sensor-state.expired'),
  25: failed('sensorFailed25'),
  26: state('sessionEnded', 'cgm.sensor-state.stopped'),
};

/** Undefined for a number that is not known: a value with it is not reliable. G7 has one reliable state, 6. */
export function sensorState(generation: Generation, number: number): SensorState | undefined {
  const known = own(BOTH, number) ?? (generation === 'g7' ? own(G7_ONLY, number) : undefined);
  return generation === 'g7' && known?.reliable === 'warning' ? { ...known, reliable: 'no' } : known;
}

function own(table: Readonly<Record<number, SensorState>>, number: number): SensorState | undefined {
  return Object.hasOwn(table, number) ? table[number] : undefined;
}
