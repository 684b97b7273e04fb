import type { Known } from '@onebox/gateway/api.js';
import type { Gateway } from '@onebox/gateway/gateway.js';
import { OneBoxError } from '@onebox/protocol/errors.js';
import type { Arguments } from './arguments.js';
import type { Output } from './output.js';
import { badgeOf, cardOf } from './second-factor.js';
import { ask, nextLine } from './terminal.js';

/**
 * Enrols an authenticator app for the person who has unlocked: shows the key, and takes the code of the app from the
 * terminal or the next line of standard input. Throws FACTOR_MISSING, FACTOR_WRONG, READ_STOPPED.
 */
export async function addCode(gateway: Gateway, output: Output, fresh: Known): Promise<void> {
  const offer = await gateway.call('offerFactor', { kind: 'one-time-code', factor: fresh });
  if (offer.kind !== 'one-time-code') throw new OneBoxError('INTERNAL', offer.kind);
  const grouped = (offer.secret.match(/.{1,4}/g) ?? []).join(' ');
  output.ask(`Key for the authenticator app: ${grouped}\n${offer.uri}\n`);
  const prompt = 'Code that the app shows: ';
  const code = process.stdin.isTTY ? await ask(output, prompt) : await nextLine();
  if (code === undefined) throw new OneBoxError('FACTOR_MISSING', 'the code of the app, on standard input');
  await gateway.call('addFactor', { proof: { kind: 'one-time-code', code: code.replaceAll(' ', '') } });
}

/** Enrols the smart card that is plugged in, with its PIN as `cardOf` takes it. Throws as the factor, FACTOR_MISSING. */
export async function addCard(gateway: Gateway, output: Output, fresh: Known, args: Arguments): Promise<void> {
  const offer = await gateway.call('offerFactor', { kind: 'smart-card', factor: fresh });
  if (offer.kind === 'smart-card') output.say(`Card: ${offer.label}`);
  await gateway.call('addFactor', { proof: await cardOf(args, output) });
}

/** Enrols the badge that is held to the reader of `--badge-port`. Throws as the factor. */
export async function addBadge(gateway: Gateway, output: Output, fresh: Known): Promise<void> {
  await gateway.call('offerFactor', { kind: 'badge', factor: fresh });
  await gateway.call('addFactor', { proof: badgeOf(output) });
}

/** Enrols a passphrase beside the PIN, from the terminal or the next line of standard input. */
export async function addPassphrase(gateway: Gateway, output: Output, fresh: Known): Promise<void> {
  await gateway.call('offerFactor', { kind: 'passphrase', factor: fresh });
  const prompt = 'New passphrase, at least 12 characters: ';
  const passphrase = process.stdin.isTTY ? await ask(output, prompt) : await nextLine();
  if (passphrase === undefined) throw new OneBoxError('FACTOR_MISSING', 'the passphrase, on standard input');
  await gateway.call('addFactor', { proof: { kind: 'passphrase', passphrase } });
}
