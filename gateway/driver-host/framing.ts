export function frameMessage(framing: 'cobs-crc16' | 'gatt-fragments', message: Uint8Array, maxWrite: number): readonly Uint8Array[] {
  return [message, framing, maxWrite] as never;
}
