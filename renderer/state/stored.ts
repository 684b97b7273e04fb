/** What this page keeps between its starts. Without storage it holds until the window closes: nothing here may fail. */
export function readStored(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

export function writeStored(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // It holds until the window closes.
  }
}
