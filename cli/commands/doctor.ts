import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { keyStoreOf } from '@onebox/gateway/access/key-store/mark.js';
import { nodeLauncher } from '@onebox/gateway/driver-host/launcher.js';
import { defaultDataFolder } from '@onebox/gateway/files/data-folder.js';
import { Disk } from '@onebox/gateway/files/disk.js';
import { storeFolders } from '@onebox/gateway/store.js';
import { ERRORS, errorLabel, isOneBoxError, toOneBoxError } from '@onebox/protocol/errors.js';
import type { Arguments } from '../arguments.js';
import { openRadios } from '../engine.js';
import { EXIT } from '../exit-codes.js';
import { dataFolder, installedDrivers } from '../installed.js';
import type { Command } from './command.js';

interface Check {
  readonly name: string;
  readonly ok: boolean;
  /** Number of the error. */
  readonly error?: string;
  readonly what?: string;
  /** One command or setting. */
  readonly mend?: string;
}

/** What works on this machine, and the one thing that mends what does not. */
export const doctor: Command = {
  name: 'doctor',
  usage: 'doctor [--practice] [--json]',
  summary: 'check radios, ports, sandbox, drivers and store',
  options: [],
  async run(args, output) {
    const checks = [
      node(),
      store(args),
      await keyStore(args),
      ...(await drivers(args)),
      await sandbox(),
      ...(await radios(args)),
    ];
    const failed = checks.filter(({ ok }) => !ok).length;
    output.result(
      { checks, failed },
      checks.flatMap(({ name, ok, error, what, mend }) => [
        `${ok ? 'ok  ' : 'FAIL'}  ${name}${what ? `  ${what}` : ''}${error ? `  ${error}` : ''}`,
        ...(mend ? [`      ${mend}`] : []),
      ]),
    );
    return failed > 0 ? EXIT.failed : EXIT.ok;
  },
};

function node(): Check {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const ok = major > 20 || (major === 20 && minor >= 18);
  return { name: 'node', ok, what: process.version, ...(ok ? {} : { mend: 'Install Node 20.18 or newer.' }) };
}

function store(args: Arguments): Check {
  const folder = dataFolder(args);
  try {
    const nearest = existing(folder);
    mkdirSync(nearest, { recursive: true });
    accessSync(nearest, constants.R_OK | constants.W_OK);
    return { name: 'store', ok: true, what: folder };
  } catch {
    return {
      name: 'store',
      ok: false,
      what: folder,
      error: 'OB-621',
      mend: `Make ${folder} writable, or name another folder with --data.`,
    };
  }
}

/** Which of the two holds the keys: both are in order, but the command opens only one. */
async function keyStore(args: Arguments): Promise<Check> {
  const folder = args.text('data') ?? defaultDataFolder(args.flag('practice'));
  try {
    const sealedBy = await keyStoreOf(new Disk(), storeFolders(folder).vault);
    return sealedBy === undefined
      ? { name: 'keys', ok: true, what: 'opened by people, without a secret store of the system' }
      : { name: 'keys', ok: true, what: `sealed by ${sealedBy}: this store opens in the window only` };
  } catch (error) {
    return { name: 'keys', ok: false, error: errorLabel(toOneBoxError(error).code), mend: 'onebox keys unseal' };
  }
}

function existing(folder: string): string {
  let at = folder;
  while (!existsSync(at) && dirname(at) !== at) at = dirname(at);
  return at;
}

/** Those that run, and every package that is there and does not. */
async function drivers(args: Arguments): Promise<Check[]> {
  try {
    const { drivers, refused } = await installedDrivers(args);
    const count = drivers.all.length;
    const packages = drivers.all.filter(({ signedBy }) => signedBy !== undefined);
    const names = packages.map(({ manifest, signedBy }) => {
      const by = signedBy === 'nobody' || !signedBy ? 'unsigned' : `${signedBy.vendor}, ${signedBy.reviewer}`;
      return `${manifest.id} ${manifest.version} (${by})`;
    });
    const what = [`${count} installed`, ...(names.length > 0 ? [`as packages: ${names.join(', ')}`] : [])].join('; ');
    return [
      { name: 'drivers', ok: count > 0, what, ...(count > 0 ? {} : { mend: 'npm run build' }) },
      ...refused.map(({ id, version, error }) => ({
        name: 'driver',
        ok: false,
        what: `${id} ${version}`,
        error: errorLabel(error.code),
        mend: `${ERRORS[error.kind].summary} ${ERRORS[error.kind].remedy}`,
      })),
    ];
  } catch (error) {
    return [{ name: 'drivers', ok: false, error: errorLabel(toOneBoxError(error).code), mend: 'npm run build' }];
  }
}

/** A sandbox process can be started and ended. */
async function sandbox(): Promise<Check> {
  try {
    const process = nodeLauncher().launch();
    const early = await Promise.race([process.exited.then(() => true), sleep(500, false)]);
    process.kill();
    await process.exited;
    return early
      ? { name: 'sandbox', ok: false, error: 'OB-317', mend: 'npm run build' }
      : { name: 'sandbox', ok: true };
  } catch (error) {
    return {
      name: 'sandbox',
      ok: false,
      error: isOneBoxError(error) ? errorLabel(error.code) : 'OB-317',
      mend: 'npm run build',
    };
  }
}

async function radios(args: Arguments): Promise<Check[]> {
  const { providers, stop } = await openRadios(args);
  try {
    const found = await Promise.all(providers.map((provider) => provider.preflight()));
    return found.flat().map(({ transport, name, usable, error, mend }) => ({
      name: transport,
      ok: usable,
      what: name,
      ...(error ? { error: errorLabel(error.code) } : {}),
      ...(mend ? { mend } : {}),
    }));
  } finally {
    await Promise.all(providers.map((provider) => provider.dispose()));
    await stop();
  }
}
