import type { BleSimulator, SerialSimulator } from '@onebox/driver-sdk/simulator.js';
import { glucoseMeterSimulator } from '@onebox/drivers/astm-lis-serial/simulator.js';
import { PracticeGlucoseMeter } from '@onebox/drivers/ble-glucose-racp/simulator.js';
import {
  PracticeBloodPressureMonitor,
  PracticeHeartRateStrap,
  PracticeOximeter,
  PracticeThermometer,
} from '@onebox/drivers/ble-vitals-gatt/simulator.js';
import { PracticeGlucoseSensor } from '@onebox/drivers/bluetooth-cgm/simulator.js';
import { PracticeInsulinPump } from '@onebox/drivers/bluetooth-insulin-delivery/simulator.js';
import { Cms50Simulator } from '@onebox/drivers/contec-cms50-v7-serial/simulator.js';
import { G6Simulator, G7Simulator } from '@onebox/drivers/dexcom-cgm/simulator.js';
import { PracticeUnknownDevice } from '@onebox/drivers/generic/simulator.js';
import { ProgrammerSimulator } from '@onebox/drivers/hl7-idco/simulator.js';
import { oximeterAgent, scaleAgent } from '@onebox/drivers/ieee11073-phd/simulator.js';
import { minimedBridge } from '@onebox/drivers/medtronic-minimed/simulator.js';
import { omnipodBridge } from '@onebox/drivers/omnipod/simulator.js';
import type { PracticePatient } from '@onebox/drivers/onebox-native/practice/patient.js';
import { PATIENTS, SECOND_ICD } from '@onebox/drivers/onebox-native/practice/patients.js';
import { NativeBleSimulator, NativeSerialSimulator } from '@onebox/drivers/onebox-native/simulator.js';
import { PracticeTandemPump } from '@onebox/drivers/tandem-x2/simulator.js';

/** What stands around the tablet in practice mode. Keys are those of `onebox read --practice --device KEY`. */
export interface BlePlan {
  readonly key: string;
  /** Driver that reads it; undefined where there is none. */
  readonly driver?: string;
  /** Signal strength at the tablet, dBm. */
  readonly rssi: number;
  readonly make: () => BleSimulator;
}

export interface SerialPlan {
  readonly key: string;
  readonly driver: string;
  readonly make: () => SerialSimulator;
}

const NATIVE_RSSI: Readonly<Record<string, number>> = { icd: -52, pacemaker: -61, pump: -58, dbs: -67, 'icd-2': -63 };

const native = (patient: PracticePatient): BlePlan => ({
  key: patient.key,
  driver: 'onebox-native',
  rssi: NATIVE_RSSI[patient.key] ?? -60,
  make: () => new NativeBleSimulator(patient),
});

export const BLE_DEVICES: readonly BlePlan[] = [
  ...PATIENTS.map(native),
  { key: 'oximeter', driver: 'ble-vitals-gatt', rssi: -55, make: () => new PracticeOximeter({ seed: 11 }) },
  { key: 'heart-rate', driver: 'ble-vitals-gatt', rssi: -64, make: () => new PracticeHeartRateStrap({ seed: 12 }) },
  {
    key: 'blood-pressure',
    driver: 'ble-vitals-gatt',
    rssi: -70,
    make: () => new PracticeBloodPressureMonitor({ seed: 13 }),
  },
  { key: 'thermometer', driver: 'ble-vitals-gatt', rssi: -73, make: () => new PracticeThermometer({ seed: 14 }) },
  { key: 'glucose', driver: 'ble-glucose-racp', rssi: -66, make: () => new PracticeGlucoseMeter({ seed: 15 }) },
  { key: 'generic', driver: 'generic', rssi: -76, make: () => new PracticeUnknownDevice({ seed: 16 }) },
  { key: 'tandem', driver: 'tandem-x2', rssi: -62, make: () => new PracticeTandemPump({ seed: 31 }) },
  { key: 'cgm', driver: 'bluetooth-cgm', rssi: -57, make: () => new PracticeGlucoseSensor({ seed: 32 }) },
  { key: 'ids', driver: 'bluetooth-insulin-delivery', rssi: -59, make: () => new PracticeInsulinPump({ seed: 33 }) },
  { key: 'dexcom', driver: 'dexcom-cgm', rssi: -68, make: () => new G7Simulator({ seed: 41 }) },
  { key: 'dexcom-g6', driver: 'dexcom-cgm', rssi: -71, make: () => new G6Simulator({ seed: 42 }) },
  { key: 'unknown', rssi: -79, make: () => new SilentImplant() },
];

/** For practising with two devices that look alike. */
export const TWIN: BlePlan = native(SECOND_ICD);

export const SERIAL_DEVICES: readonly SerialPlan[] = [
  {
    key: 'cms50',
    driver: 'contec-cms50-v7-serial',
    make: () =>
      new Cms50Simulator({
        seed: 21,
        usb: { vendorId: '10c4', productId: 'ea60', manufacturer: 'Practice', product: 'Oximeter Cable' },
      }),
  },
  {
    key: 'astm',
    driver: 'astm-lis-serial',
    make: () =>
      glucoseMeterSimulator({
        seed: 22,
        usb: { vendorId: '1209', productId: '0002', manufacturer: 'Practice', product: 'Meter Cable' },
      }),
  },
  {
    key: 'idco',
    driver: 'hl7-idco',
    make: () =>
      new ProgrammerSimulator({
        seed: 23,
        usb: { vendorId: '1209', productId: '0003', manufacturer: 'Practice', product: 'Programmer Cable' },
      }),
  },
  {
    key: 'wand',
    driver: 'onebox-native',
    make: () =>
      new NativeSerialSimulator(SECOND_ICD, {
        usb: {
          vendorId: '1209',
          productId: '0001',
          serialNumber: 'PRACTICE-WAND',
          manufacturer: 'Practice',
          product: 'Wand',
        },
      }),
  },
  {
    key: 'phd-oximeter',
    driver: 'ieee11073-phd',
    make: () =>
      oximeterAgent({
        seed: 23,
        usb: { vendorId: '1209', productId: '0003', manufacturer: 'Practice', product: 'Oximeter (11073)' },
      }),
  },
  {
    key: 'phd-scale',
    driver: 'ieee11073-phd',
    make: () =>
      scaleAgent({
        seed: 24,
        usb: { vendorId: '1209', productId: '0004', manufacturer: 'Practice', product: 'Scale (11073)' },
      }),
  },
  { key: 'omnipod', driver: 'omnipod', make: () => omnipodBridge({ seed: 43 }) },
  { key: 'minimed', driver: 'medtronic-minimed', make: () => minimedBridge({ seed: 44 }) },
];

/** An implant of a maker without a driver here: says whose it is, and nothing else. */
class SilentImplant implements BleSimulator {
  /** Company identifier of a maker of neurostimulators; the data after it mean nothing. */
  readonly advertisement = {
    services: [],
    companyId: 2609,
    manufacturerData: Uint8Array.of(0x01, 0x00),
    intervalMs: 1000,
  };
  readonly services = [];

  start(): void {}

  stop(): void {}
}
