// `npm start`: sets up what is missing, then opens OneBox in practice mode; `npm start -- --real` uses the real radios.
import './setup/node-version.mjs';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ensureBuild, ensureDependencies } from './setup/dependencies.mjs';
import { electronArguments, findElectron, hasDisplay } from './setup/electron.mjs';

const root = join(import.meta.dirname, '..');
const passed = process.argv.slice(2);
const real = passed.includes('--real');
const options = [...(real ? [] : ['--practice']), ...passed.filter((option) => option !== '--real')];

ensureDependencies();
await ensureBuild();

const electron = options.includes('--browser') || !hasDisplay() ? undefined : findElectron();
if (electron) {
  run(electron, [...electronArguments(), root, ...options]);
} else {
  const why = options.includes('--browser')
    ? 'Browser wanted'
    : hasDisplay()
      ? 'No Electron runtime can be had here'
      : 'This machine has no display';
  console.error(`${why}: the same user interface is served on 127.0.0.1 instead.`);
  run(process.execPath, [
    join(root, 'cli/dist/onebox.js'),
    'serve',
    ...options.filter((option) => option !== '--browser'),
  ]);
}

function run(command, args) {
  const child = spawn(command, args, { stdio: 'inherit', cwd: process.env.INIT_CWD ?? process.cwd() });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal ? 130 : 1);
  });
}
