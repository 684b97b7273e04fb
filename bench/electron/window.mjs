import { spawn } from 'node:child_process';
import WebSocket from 'ws';

const DEADLINE_MS = 30_000;
const POLL_MS = 10;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Starts Electron with an application and holds its first page over the DevTools protocol. Times are milliseconds since
 * `start`, by the one clock of this machine, taken in the page.
 */
export class ElectronWindow {
  #send;
  #socket;

  static async open({ binary, args, env }) {
    const started = performance.timeOrigin + performance.now();
    // A group of its own, so that no process of it stays behind.
    const child = spawn(binary, ['--remote-debugging-port=0', ...args], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
    });
    const window = new ElectronWindow(child, started);
    try {
      await window.#connect();
      return window;
    } catch (error) {
      await window.close();
      throw error;
    }
  }

  constructor(child, started) {
    this.child = child;
    this.started = started;
    this.exited = new Promise((resolve) => child.once('exit', resolve));
  }

  get pid() {
    return this.child.pid;
  }

  async #connect() {
    let text = '';
    const address = new Promise((resolve, reject) => {
      this.child.stderr.on('data', (piece) => {
        text += piece;
        const found = /DevTools listening on ws:\/\/([\d.:]+)\//.exec(text);
        if (found) resolve(found[1]);
      });
      this.child.once('error', reject);
      this.exited.then((code) => reject(new Error(`Electron ended with ${code}: ${text}`)));
      setTimeout(() => reject(new Error(`no DevTools: ${text}`)), DEADLINE_MS).unref();
    });
    const base = await address;
    let page;
    while (!page) {
      page = await firstPage(base);
      if (!page) await pause(POLL_MS);
      if (performance.timeOrigin + performance.now() - this.started > DEADLINE_MS) throw new Error(`no page: ${text}`);
    }
    this.#socket = new WebSocket(page.webSocketDebuggerUrl);
    await new Promise((resolve, reject) => {
      this.#socket.once('open', resolve);
      this.#socket.once('error', reject);
    });
    const waiting = new Map();
    let last = 0;
    this.#socket.on('message', (data) => {
      const message = JSON.parse(String(data));
      waiting.get(message.id)?.(message);
      waiting.delete(message.id);
    });
    this.#send = (method, params) =>
      new Promise((resolve, reject) => {
        last += 1;
        const id = last;
        const timer = setTimeout(() => reject(new Error(`${method} is not answered`)), DEADLINE_MS);
        waiting.set(id, ({ result, error }) => {
          clearTimeout(timer);
          if (error || result.exceptionDetails) reject(new Error(JSON.stringify(error ?? result.exceptionDetails)));
          else resolve(result);
        });
        this.#socket.send(JSON.stringify({ id, method, params }));
      });
  }

  /** Runs an expression in the page. */
  async evaluate(expression) {
    const { result } = await this.#send('Runtime.evaluate', { expression, returnByValue: true });
    return result.value;
  }

  /** Asks until the answer is a time; the page may be replaced meanwhile, and what it was asked is lost then. */
  async #time(expression) {
    for (;;) {
      const at = await this.evaluate(expression).catch(() => undefined);
      if (at) return at - this.started;
      if (performance.timeOrigin + performance.now() - this.started > DEADLINE_MS)
        throw new Error(`never: ${expression}`);
      await pause(POLL_MS);
    }
  }

  /** When the first frame with something in it was painted. */
  firstPaint() {
    return this.#time(`(() => {
      const [paint] = performance.getEntriesByName('first-contentful-paint');
      return paint && performance.timeOrigin + paint.startTime;
    })()`);
  }

  /** When an element is there and the frame that shows it has been painted. */
  shown(selector) {
    return this.#time(`(() => {
      const selector = ${JSON.stringify(selector)};
      const seen = (window.oneboxBench ??= {});
      if (selector in seen) return seen[selector];
      seen[selector] = undefined;
      const look = () => {
        if (!document.querySelector(selector)) return false;
        requestAnimationFrame(() => setTimeout(() => { seen[selector] = performance.timeOrigin + performance.now(); }));
        return true;
      };
      if (look()) return undefined;
      const observer = new MutationObserver(() => look() && observer.disconnect());
      observer.observe(document, { subtree: true, childList: true, attributes: true });
    })()`);
  }

  /** Presses the keys of the PIN pad; the time of the last one. */
  async enterPin(pin) {
    // Not awaited in the page: the inspector now and then collects a promise that it waits for.
    await this.evaluate(`void (async () => {
      let at;
      for (const digit of ${JSON.stringify(pin)}) {
        await new Promise((resolve) => setTimeout(resolve, 150));
        at = performance.timeOrigin + performance.now();
        [...document.querySelectorAll('.pin-pad button')].find((button) => button.textContent === digit).click();
      }
      window.oneboxEntered = at;
    })()`);
    return this.#time('window.oneboxEntered');
  }

  async close() {
    this.#socket?.terminate();
    const closed = (ms) => Promise.race([this.exited.then(() => true), pause(ms).then(() => false)]);
    if (this.child.exitCode === null) this.child.kill('SIGTERM');
    if (!(await closed(3_000))) this.child.kill('SIGKILL');
    await this.exited;
    try {
      process.kill(-this.child.pid, 'SIGKILL');
    } catch {
      // Nothing of the group is left.
    }
  }
}

async function firstPage(address) {
  try {
    const targets = await (await fetch(`http://${address}/json/list`)).json();
    // Not the empty page before it: to be looked at would make it run the preload script too.
    return targets.find(({ type, url }) => type === 'page' && url.endsWith('/index.html'));
  } catch {
    return undefined; // it is not ready for questions yet
  }
}
