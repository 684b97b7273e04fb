import { highBitFraming } from '@onebox/driver-sdk/parts/high-bit-framing.js';
import { layout } from '@onebox/driver-sdk/parts/layout.js';
import { type KindsOf, type Message, packetTable } from '@onebox/driver-sdk/parts/packet-table.js';

/** Packets of the Contec CMS50D+/CMS50E serial protocol V7: 3 to 9 bytes, of which the first alone has bit 7 clear. */
export const framing = highBitFraming({ least: 3, most: 9 });

export const SAMPLES_PER_SECOND = 60;

/** "No value" are a pulse rate of 255, an SpO2 of 127 and a perfusion index of FFFF; its scale is not published. */
export const packets = packetTable({
  live: {
    type: 0x01,
    fields: [
      'signalStrength:u4 searchingTooLong:flag lowSpo2:flag pulseBeep:flag probeError:flag',
      'pleth:u7 searchingPulse:flag',
      'barGraph:u4 perfusionIndexValid:flag _:u3',
      'pulseRate:u8?255 spo2:u8?127 perfusionIndexRaw:u16?65535',
    ],
  },
  stored: { type: 0x09, fields: ['spo2:u8?127 pulseRate:u8?255 perfusionIndexRaw:u16?65535'] },
  storedPairs: { type: 0x0f, fields: ['first:bytes2 second:bytes2 third:bytes2'] },
  sessionEnd: { type: 0x0d, fields: ['reason:u8 more:rest'] },
});
export type Packets = KindsOf<typeof packets>;

const pair = layout('stored pair', 'spo2:u8?127 pulseRate:u8?255');

/** What a storage packet holds, one second each. A pair of zeros is padding. */
export function storedPoints(message: Message<Packets, 'stored' | 'storedPairs'>) {
  if (message.kind === 'stored') return [message.fields];
  const { first, second, third } = message.fields;
  return [first, second, third].filter((bytes) => bytes.some((byte) => byte !== 0)).map((bytes) => pair.read(bytes));
}

/** Reasons above are no normal end of a session. */
export const NORMAL_END = 1;
