import { Store } from './store.js';

/** Whether the help sheet is open: over every screen, also before anybody is known. */
export const helpOpen = new Store(false);
