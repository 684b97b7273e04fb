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

const root = createRoot(document.getElementById('root') as HTMLElement);
const connection = connect(window);
if (connection) {
  const session = new Session(connection.api);
  connection.onLost(() => session.lost());
  // The gateway opens while the first screen is drawn.
  void session.start();
  root.render(
    <Root session={session}>
      <App />
    </Root>,
  );
} else root.render(<Offline contact="lost" />);
