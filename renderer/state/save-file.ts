/**
 * Hands a file to the person: the window asks where to save it, a browser downloads it. The page never learns where
 * it went.
 */
export function saveFile(name: string, content: string | Uint8Array<ArrayBuffer>): void {
  const url = URL.createObjectURL(new Blob([content], { type: 'application/octet-stream' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // Long after it was taken over.
  setTimeout(() => URL.revokeObjectURL(url), SAVED_MS);
}

const SAVED_MS = 60_000;

/** Base64, as bytes come from the gateway. */
export function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
}
