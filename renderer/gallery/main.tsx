import type { Card } from '@onebox/gateway/card/model.js';
import { createRoot } from 'react-dom/client';
import { App } from '../App.js';
import { Root } from '../components/Root.js';
import { setClock } from '../state/clock.js';
import { loadScale } from '../state/scale.js';
import { Session } from '../state/session.js';
import { setTheme, type Theme } from '../state/theme.js';
import '../styles/index.css';
import { installTouchGuard } from '../touch/install.js';
import { FakeGateway } from './fake-gateway.js';
import { NOW } from './fixtures/builders.js';
import * as cards from './fixtures/cards.js';
import { givenCard, scenes } from './scenes.js';

// ?scene=card&theme=dark&mm=5.88 shows one screen in one state, at a time that stands still.
const asked = new URLSearchParams(location.search);
// #CARD, in percent encoding, is a card from outside; ?now=... is when it stands still.
const now = Number(asked.get('now') ?? NOW);
const given = location.hash.slice(1);
const scene = given
  ? givenCard(JSON.parse(decodeURIComponent(given)) as Card, now)
  : scenes[asked.get('scene') ?? 'devices'];
setTheme((asked.get('theme') ?? 'day') as Theme);
loadScale(asked.has('mm') ? Number(asked.get('mm')) : undefined);
setClock({ now: () => now, timeZone: 'Europe/Berlin' });
installTouchGuard(document);

const root = createRoot(document.getElementById('root') as HTMLElement);
if (!scene) {
  root.render(
    <ul>
      {Object.keys(scenes).map((name) => (
        <li key={name}>
          <a href={`?scene=${name}`}>{name}</a>
        </li>
      ))}
    </ul>,
  );
} else {
  const gateway = new FakeGateway(scene.answers);
  const session = new Session(gateway);
  root.render(
    <Root session={session}>
      <App />
    </Root>,
  );
  await session.start();
  await scene.settle?.(session, gateway);
  Object.assign(window, { gallery: { gateway, session, cards } });
  document.body.dataset.ready = '';
}
