/**
 * Words of a device or of a file, for other systems: one line, without what steers a screen or breaks a message. The
 * joiners of Persian and Indic scripts stay.
 */
export function plain(text: string | null | undefined): string {
  return harmless(text ?? '')
    .replace(/ {2,}/g, ' ')
    .trim();
}

/** As `plain`, for lines whose blanks are columns. */
export function harmless(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').replace(/(?![\u200c\u200d])[\p{Cf}\p{Cs}]/gu, '');
}
