import { createContext, useContext } from 'react';
import type { AppState, Session } from './session.js';
import { useStore } from './store.js';

export const SessionContext = createContext<Session | undefined>(undefined);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error('no session above this component');
  return session;
}

export function useApp(): AppState {
  return useStore(useSession().store);
}
