import { fork } from 'node:child_process';

const DEADLINE_MS = 120_000;

/** Starts a script of this folder as a process of its own. `message()` gives what it sends next; rejects when it dies. */
export function startChild(path, args = [], options = {}) {
  const child = fork(path, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], ...options });
  const waiting = [];
  const messages = [];
  let failure;
  const settle = () => {
    while (waiting.length > 0 && (messages.length > 0 || failure)) {
      const { resolve, reject } = waiting.shift();
      if (messages.length > 0) resolve(messages.shift());
      else reject(failure);
    }
  };
  const fail = (error) => {
    failure ??= error;
    settle();
  };
  const timer = setTimeout(() => {
    fail(new Error(`${path} took more than ${DEADLINE_MS / 1000} s`));
    child.kill('SIGKILL');
  }, DEADLINE_MS);
  const exited = new Promise((resolve) => child.once('exit', resolve));
  void exited.then((code) => {
    clearTimeout(timer);
    fail(new Error(`${path} ended with ${code}`));
  });
  child.on('error', fail);
  child.on('message', (message) => {
    messages.push(message);
    settle();
  });
  return {
    send: (message) => child.send(message),
    message: () =>
      new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        settle();
      }),
    async end() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await exited;
    },
  };
}

/** Runs a script to its end and gives the one message that it sends. */
export async function runChild(path, args = [], options = {}) {
  const child = startChild(path, args, options);
  try {
    return await child.message();
  } finally {
    await child.end();
  }
}
