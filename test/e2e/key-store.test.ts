import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { _electron, type ElectronApplication } from 'playwright-core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { asRoot, ELECTRON, lane, noWindow, ROOT } from './lanes.js';
import { newDataFolder } from './store-folder.js';

lane('the key store of the system, in the window', noWindow, () => {
  let data: ReturnType<typeof newDataFolder>;
  let app: ElectronApplication | undefined;
  beforeEach(() => {
    data = newDataFolder();
  });
  afterEach(async () => {
    await app?.close().catch(() => undefined);
    app = undefined;
    data.remove();
  });

  it.skipIf(process.platform !== 'linux')(
    'is not taken where it would keep nothing secret, and the sheet says so',
    async () => {
      app = await _electron.launch({
        executablePath: ELECTRON,
        args: [...asRoot, '--password-store=basic', ROOT, '--data', data.path],
      });
      const page = await app.firstWindow();
      await page.getByRole('heading').first().waitFor();
      expect(await app.evaluate(({ safeStorage }) => safeStorage.getSelectedStorageBackend())).toBe('basic_text');
      const enrolled = await page.evaluate(() =>
        (window as unknown as { onebox: { call(name: string, input: unknown): Promise<unknown> } }).onebox.call(
          'enrol',
          {
            displayName: 'A. Meyer',
            role: 'responder',
            pin: '402817',
          },
        ),
      );
      expect(enrolled).toMatchObject({ ok: true });
      expect(readdirSync(join(data.path, 'vault'))).not.toContain('seal.json');
      await page.keyboard.press('F1');
      await page
        .getByText('Keys opened by people alone: the secret store of this system keeps nothing secret.')
        .waitFor();
    },
  );
});
