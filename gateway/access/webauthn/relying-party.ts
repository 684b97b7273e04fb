/**
 * Who asks a security key: the window's own origin, on a host that is reserved and never resolves (RFC 2606). Keys
 * answer to this name and no other. The loopback page has none: WebAuthn knows no names that are IP addresses, and
 * every program on the machine could ask in the name of `localhost`.
 */
export const RP_ID = 'onebox.invalid';
export const APP_ORIGIN = `https://${RP_ID}`;
