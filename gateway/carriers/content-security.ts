/**
 * Content Security Policy of the user interface, the same in Electron and on the loopback server
 * (security design, section 6). `connect` is the only part that differs: nothing in Electron, the
 * server's own origin for its WebSocket.
 */
export function contentSecurityPolicy(connect: 'none' | 'self'): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src '${connect}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join('; ');
}

/** The header that only a browser needs, where pages of others can open ours; no page opens a window of the app. */
export const OPENER_HEADER: Readonly<Record<string, string>> = { 'Cross-Origin-Opener-Policy': 'same-origin' };

/** The other headers of every file of the user interface. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'bluetooth=(), serial=(), usb=(), hid=(), camera=(), microphone=(), geolocation=()',
  'Cache-Control': 'no-store',
};
