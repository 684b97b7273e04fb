import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where OneBox keeps its store when nobody says otherwise. Practice has its own, so that it never mixes with real accesses. */
export function defaultDataFolder(practice: boolean, env: NodeJS.ProcessEnv = process.env): string {
  const base =
    process.platform === 'win32'
      ? (env.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'))
      : process.platform === 'darwin'
        ? join(homedir(), 'Library', 'Application Support')
        : (env.XDG_DATA_HOME ?? join(homedir(), '.local', 'share'));
  return join(base, 'OneBox', practice ? 'practice' : 'store');
}
