import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contentSecurityPolicy } from '@onebox/gateway/carriers/content-security.js';
import type { Protocol, ProtocolResponse } from 'electron';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveApp } from './app-protocol.js';
import { APP_ORIGIN } from './hardening.js';

type Handler = (
  request: { readonly url: string; readonly method: string },
  answer: (response: ProtocolResponse) => void,
) => void;

describe('serveApp', () => {
  let folder: string;
  let handler: Handler;
  const schemes: string[] = [];
  const ask = (url: string, method = 'GET'): Promise<ProtocolResponse> =>
    new Promise((answer) => handler({ url, method }, answer));
  const bodyOf = ({ data }: ProtocolResponse): string => String(data);

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'onebox-assets-'));
    mkdirSync(join(folder, 'app'));
    writeFileSync(join(folder, 'app/index.html'), '<p>page</p>');
    writeFileSync(join(folder, 'app/tool.exe'), 'binary');
    writeFileSync(join(folder, 'secret.json'), '{}');
    serveApp(
      {
        interceptBufferProtocol: (scheme: string, given: Handler) => {
          schemes.push(scheme);
          handler = given;
        },
      } as unknown as Protocol,
      join(folder, 'app'),
    );
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('answers for https, with the page and its policy', async () => {
    expect(schemes).toEqual(['https']);
    for (const path of ['/', '/index.html']) {
      const response = await ask(APP_ORIGIN + path);
      expect([response.statusCode, bodyOf(response)]).toEqual([200, '<p>page</p>']);
      expect([response.mimeType, response.charset]).toEqual(['text/html', 'utf-8']);
      expect(response.headers?.['Content-Security-Policy']).toBe(contentSecurityPolicy('none'));
      expect(response.headers?.['X-Content-Type-Options']).toBe('nosniff');
    }
  });

  it.each([
    '/../secret.json',
    '/%2e%2e/secret.json',
    '/..%2fsecret.json',
    '/app/..%5c..%5csecret.json',
    '/%00index.html',
    '/%',
    '/tool.exe',
    '/missing.html',
    '//secret.json',
  ])('gives nothing for %s', async (path) => {
    const response = await ask(`${APP_ORIGIN}${path}`);
    expect([response.statusCode, bodyOf(response)]).toEqual([404, '']);
    expect(response.headers?.['Content-Security-Policy']).toBe(contentSecurityPolicy('none'));
  });

  it('answers nothing else: no other host, no other method', async () => {
    expect((await ask('https://example.org/index.html')).statusCode).toBe(404);
    expect((await ask('https://onebox.invalid:8443/index.html')).statusCode).toBe(404);
    expect((await ask(`${APP_ORIGIN}/index.html`, 'POST')).statusCode).toBe(404);
  });
});
