import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contentSecurityPolicy } from '@onebox/gateway/carriers/content-security.js';
import type { Protocol } from 'electron';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveApp } from './app-protocol.js';
import { APP_ORIGIN } from './hardening.js';

describe('serveApp', () => {
  let folder: string;
  let answer: (request: Request) => Promise<Response>;
  const schemes: string[] = [];
  const get = (path: string, method = 'GET'): Promise<Response> =>
    answer(new Request(new URL(path, APP_ORIGIN), { method }));

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'onebox-assets-'));
    mkdirSync(join(folder, 'app'));
    writeFileSync(join(folder, 'app/index.html'), '<p>page</p>');
    writeFileSync(join(folder, 'app/tool.exe'), 'binary');
    writeFileSync(join(folder, 'secret.json'), '{}');
    serveApp(
      {
        handle: (scheme: string, handler: typeof answer) => {
          schemes.push(scheme);
          answer = handler;
        },
      } as unknown as Protocol,
      join(folder, 'app'),
    );
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('answers for https, with the page and its policy', async () => {
    expect(schemes).toEqual(['https']);
    for (const path of ['/', '/index.html']) {
      const response = await get(path);
      expect([response.status, await response.text()]).toEqual([200, '<p>page</p>']);
      expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(response.headers.get('content-security-policy')).toBe(contentSecurityPolicy('none'));
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
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
    const response = await answer({ url: `${APP_ORIGIN}${path}`, method: 'GET' } as Request);
    expect([response.status, await response.text()]).toEqual([404, '']);
    expect(response.headers.get('content-security-policy')).toBe(contentSecurityPolicy('none'));
  });

  it('answers nothing else: no other host, no other method', async () => {
    expect((await answer(new Request('https://example.org/index.html'))).status).toBe(404);
    expect((await answer(new Request('https://onebox.invalid:8443/index.html'))).status).toBe(404);
    expect((await get('/index.html', 'POST')).status).toBe(404);
  });
});
