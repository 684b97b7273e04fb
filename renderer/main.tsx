import { createRoot } from 'react-dom/client';
import { App } from './App.js';
import { connect } from './api/connect.js';
import { Root } from './components/Root.js';
import { Offline } from './screens/Offline.js';
import { loadScale } from './state/scale.js';
import { Session } from './state/session.js';
import { loadTheme } from './state/theme.js';
import './styles/index.css';
import { installTouchGuard } from './touch/install.js';

loadTheme();
loadScale();
installTouchGuard(document);

/** Longer than that nobody looks at an empty window. */
const PATIENCE_MS = 250;
const WEIGHTS = [400, 700];
const root = createRoot(document.getElementById('root') as HTMLElement);
const connection = connect(window);
if (connection) {
  const session = new Session(connection.api);
  connection.onLost(() => session.lost());
  // One screen is drawn instead of two, unless the gateway takes long to open; and laid out once, in its own fonts.
  const ready = Promise.allSettled([
    session.start(),
    ...WEIGHTS.map((weight) => document.fonts.load(`${weight} 1em "IBM Plex Sans"`)),
  ]);
  void Promise.race([ready, new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]).then(() =>
    root.render(
      <Root session={session}>
        <App />
      </Root>,
    ),
  );
} else root.render(<Offline contact="lost" />);
