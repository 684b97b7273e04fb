// The baseline of the start: one window of the same size and with the same protections, and nothing in it.
const { join } = require('node:path');
const { app, BrowserWindow } = require('electron');

if (!app.isReady()) app.enableSandbox();
app.setPath('userData', process.argv[process.argv.indexOf('--data') + 1]);
app.on('window-all-closed', () => app.quit());
app.whenReady().then(() => {
  const window = new BrowserWindow({
    width: 960,
    height: 600,
    useContentSize: true,
    show: false,
    autoHideMenuBar: true,
    webPreferences: { sandbox: true, contextIsolation: true, nodeIntegration: false },
  });
  window.once('ready-to-show', () => window.show());
  return window.loadFile(join(__dirname, 'index.html'));
});
