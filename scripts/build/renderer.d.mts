export function buildRenderer(options?: { readonly gallery?: boolean }): Promise<readonly string[]>;
