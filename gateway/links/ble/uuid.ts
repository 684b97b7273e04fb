const BASE = '00001000800000805F9B34FB';

/** A UUID of noble as in `ChannelId`: 4 upper-case hex digits for Bluetooth SIG UUIDs, otherwise 32. */
export function channelUuid(uuid: string): string {
  const hex = uuid.replaceAll('-', '').toUpperCase();
  if (hex.length <= 4) return hex.padStart(4, '0');
  if (hex.length <= 8) return channelUuid(hex.padStart(8, '0') + BASE);
  return hex.startsWith('0000') && hex.slice(8) === BASE ? hex.slice(4, 8) : hex;
}
