import { spawn } from 'node:child_process';
import { access, constants, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { OneBoxError } from '@onebox/protocol/errors.js';
import type { Card, CardPin, SmartCards } from './smart-cards.js';

export interface Pkcs11ToolOptions {
  /** Path of a PKCS#11 module; the one of OpenSC when not given. */
  readonly module?: string | undefined;
  readonly command?: string;
  readonly deadlineMs?: number;
}

const COMMAND = 'pkcs11-tool';
/** PIV authentication, slot 9A, as OpenSC numbers it. */
const PIV_AUTHENTICATION = '01';
/** A card takes seconds for RSA; a module that hangs takes for ever. */
const DEADLINE_MS = 15_000;
const PIN_VARIABLE = 'ONEBOX_CARD_PIN';
/** DigestInfo of a SHA-256 hash (RFC 8017, section 9.2, note 1). */
const SHA256_INFO = Buffer.from('3031300d060960864801650304020105000420', 'hex');
const MOST_OUTPUT = 1 << 20;

interface Answer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/**
 * Smart cards through `pkcs11-tool` of OpenSC, in a process for each step: a module is the maker's native code, and
 * one that hangs or crashes takes nothing of ours with it. The PIN goes by the environment of that process, which
 * only this user can read, never by its arguments.
 */
export class Pkcs11Tool implements SmartCards {
  constructor(private readonly options: Pkcs11ToolOptions = {}) {}

  async isThere(): Promise<boolean> {
    const { module, command = COMMAND } = this.options;
    if (module !== undefined && !(await may(module, constants.R_OK))) return false;
    const folders = command.includes('/') ? [''] : (process.env.PATH ?? '').split(delimiter);
    const names = process.platform === 'win32' ? [`${command}.exe`, command] : [command];
    for (const folder of folders)
      for (const name of names) if (await may(join(folder, name), constants.X_OK)) return true;
    return false;
  }

  async list(): Promise<readonly Card[]> {
    const { code, out, err } = await this.run(['--list-token-slots']);
    if (code !== 0) throw failure(err);
    return cardsOf(out);
  }

  async certificate({ slot }: Card): Promise<Uint8Array | undefined> {
    return this.withFolder(async (folder) => {
      const file = join(folder, 'certificate');
      const read = ['--read-object', '--type', 'cert', '--id', PIV_AUTHENTICATION, '--output-file', file];
      const { code, err } = await this.run(['--slot', slot, ...read]);
      if (code === 0) return await readFile(file);
      if (/object not found/i.test(err)) return undefined;
      throw failure(err);
    });
  }

  async sign({ slot }: Card, hash: Uint8Array, algorithm: 'rsa' | 'ec', pin: string): Promise<Uint8Array | undefined> {
    return this.withFolder(async (folder) => {
      const [input, output] = [join(folder, 'hash'), join(folder, 'signature')];
      await writeFile(input, algorithm === 'rsa' ? Buffer.concat([SHA256_INFO, hash]) : hash);
      const how = algorithm === 'rsa' ? ['RSA-PKCS'] : ['ECDSA', '--signature-format', 'openssl'];
      const files = ['--input-file', input, '--output-file', output];
      const sign = ['--login', '--pin', `env:${PIN_VARIABLE}`, '--sign', '--id', PIV_AUTHENTICATION];
      const { code, err } = await this.run(['--slot', slot, ...sign, '--mechanism', ...how, ...files], pin);
      if (code === 0) return await readFile(output);
      if (/CKR_PIN_(INCORRECT|LEN_RANGE|INVALID)/.test(err)) return undefined;
      throw failure(err);
    });
  }

  private async withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
    const folder = await mkdtemp(join(tmpdir(), 'onebox-card-'));
    try {
      return await work(folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  private run(args: readonly string[], pin?: string): Promise<Answer> {
    const { module, command = COMMAND, deadlineMs = DEADLINE_MS } = this.options;
    return new Promise((resolve, reject) => {
      const env = { ...process.env, LC_ALL: 'C', ...(pin === undefined ? {} : { [PIN_VARIABLE]: pin }) };
      const child = spawn(command, [...(module === undefined ? [] : ['--module', module]), ...args], {
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let [out, err] = ['', ''];
      let late = false;
      const deadline = setTimeout(() => {
        late = true;
        child.kill('SIGKILL');
      }, deadlineMs);
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        if (out.length < MOST_OUTPUT) out += text;
      });
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        if (err.length < MOST_OUTPUT) err += text;
      });
      child.once('error', (error) => {
        clearTimeout(deadline);
        reject(new OneBoxError('CARD_MODULE', 'pkcs11-tool', {}, { cause: error }));
      });
      child.once('close', (code) => {
        clearTimeout(deadline);
        if (late) reject(new OneBoxError('CARD_SILENT'));
        else resolve({ code: code ?? -1, out, err });
      });
    });
  }
}

const may = (path: string, mode: number): Promise<boolean> =>
  access(path, mode).then(
    () => true,
    () => false,
  );

/** What pkcs11-tool says becomes a code; its words may hold names of the card's owner. */
function failure(err: string): OneBoxError {
  const code = /CKR_[A-Z_]+/.exec(err)?.[0];
  if (/Failed to load pkcs11 module/i.test(err)) return new OneBoxError('CARD_MODULE');
  if (code === 'CKR_PIN_LOCKED') return new OneBoxError('CARD_LOCKED');
  if (/CKR_(DEVICE_REMOVED|TOKEN_NOT_PRESENT|SLOT_ID_INVALID|SESSION_HANDLE_INVALID)/.test(code ?? ''))
    return new OneBoxError('CARD_ABSENT', code);
  if (/no slot with|no token|token not present/i.test(err)) return new OneBoxError('CARD_ABSENT');
  return new OneBoxError('CARD_SILENT', code ?? '');
}

/** The listing of `pkcs11-tool --list-token-slots`: a block a slot, `name : value` a line. */
export function cardsOf(text: string): readonly Card[] {
  return text.split(/^(?=Slot \d)/m).flatMap((block) => {
    const slot = /^Slot \d+ \((0x[0-9a-f]+)\)/.exec(block)?.[1];
    const value = (name: string): string => new RegExp(`^ +${name} *: *(.*)$`, 'm').exec(block)?.[1]?.trim() ?? '';
    const serial = value('serial num');
    if (slot === undefined || serial === '' || /token state:\s+uninitialized/.test(block)) return [];
    return [{ slot, serial, label: value('token label'), pin: pinOf(value('token flags')) }];
  });
}

function pinOf(flags: string): CardPin {
  const has = (flag: string): boolean => flags.split(/, */).includes(flag);
  if (has('user PIN locked')) return 'locked';
  if (has('final user PIN try')) return 'last';
  return has('user PIN count low') ? 'low' : 'free';
}
