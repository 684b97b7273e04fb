import { type ExecFileSyncOptions, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../e2e/lanes.js';

const MODULES = [
  '/usr/lib/softhsm/libsofthsm2.so',
  '/usr/lib64/pkcs11/libsofthsm2.so',
  '/usr/local/lib/softhsm/libsofthsm2.so',
];
const SOFTHSM = process.env.ONEBOX_CAN_SOFTHSM ?? '';
const TOOL = process.env.ONEBOX_CAN_PKCS11 ?? '';
const GCC = process.env.ONEBOX_CAN_GCC ?? '';
export const MODULE = MODULES.find((path) => existsSync(path)) ?? '';

/** Why there are no cards here, or undefined. */
export const noCards =
  SOFTHSM === '' || MODULE === ''
    ? 'no SoftHSM'
    : TOOL === ''
      ? 'no pkcs11-tool'
      : GCC === ''
        ? 'no C compiler'
        : undefined;

export const CARD_PIN = '482910';
type KeyKind = 'rsa' | 'ec' | 'none';

/** Cards of SoftHSM, each with a key and a certificate where PIV has those of authentication. */
export class SoftCards {
  readonly folder = mkdtempSync(join(tmpdir(), 'onebox-cards-'));
  readonly faulty = join(this.folder, 'faulty.so');

  constructor() {
    const source = join(ROOT, 'test/access/faulty-module.c');
    execFileSync(GCC, ['-shared', '-fPIC', '-o', this.faulty, source, '-ldl']);
    this.setEnvironment();
  }

  /** For this process and the tools that it starts: the cards that are plugged in, and what they do wrong. */
  setEnvironment(fault = ''): void {
    const conf = join(this.folder, 'softhsm2.conf');
    const tokens = join(this.folder, 'plugged');
    mkdirSync(tokens, { recursive: true });
    writeFileSync(conf, `directories.tokendir = ${tokens}\nobjectstore.backend = file\nlog.level = ERROR\n`);
    Object.assign(process.env, { SOFTHSM2_CONF: conf, REAL_MODULE: MODULE, FAULT: fault });
  }

  make(label: string, kind: KeyKind): void {
    const quiet: ExecFileSyncOptions = { stdio: ['ignore', 'ignore', 'pipe'] };
    execFileSync(
      SOFTHSM,
      ['--init-token', '--free', '--label', label, '--pin', CARD_PIN, '--so-pin', '12345678'],
      quiet,
    );
    if (kind === 'none') return;
    const at = (name: string): string => join(this.folder, `${label}-${name}`);
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
    const algorithm = kind === 'ec' ? curve : ['-newkey', 'rsa:2048'];
    const subject = ['-nodes', '-subj', `/CN=${label}`, '-days', '3650'];
    execFileSync('openssl', ['req', '-x509', ...algorithm, ...subject, '-keyout', at('key'), '-out', at('pem')], quiet);
    execFileSync(
      'openssl',
      ['pkcs8', '-topk8', '-nocrypt', '-in', at('key'), '-outform', 'DER', '-out', at('p8')],
      quiet,
    );
    execFileSync('openssl', ['x509', '-in', at('pem'), '-outform', 'DER', '-out', at('der')], quiet);
    const into = ['--module', MODULE, '--token-label', label, '--login', '--pin', CARD_PIN, '--id', '01'];
    for (const [type, file] of [
      ['privkey', 'p8'],
      ['cert', 'der'],
    ] as const)
      execFileSync(TOOL, [...into, '--write-object', at(file), '--type', type], quiet);
  }

  /** Pulls all cards out. */
  unplug(): void {
    rmSync(join(this.folder, 'plugged'), { recursive: true, force: true });
    this.setEnvironment();
  }

  remove(): void {
    for (const name of ['SOFTHSM2_CONF', 'REAL_MODULE', 'FAULT']) delete process.env[name];
    rmSync(this.folder, { recursive: true, force: true });
  }
}
