// Starts the mock as a child process before the tests, and ends it after them.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export default async function setup({ provide }) {
  const command = process.env.SUNO_MOCK ?? 'suno-mock';
  const mock = spawn(command, ['serve', '--port', '0', '--pace', 'manual'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const failed = once(mock, 'exit').then(([code]) => {
    throw new Error(`${command} ended with ${code}`);
  });
  // The first line is the URL. It comes when the mock answers requests.
  const lines = createInterface({ input: mock.stdout });
  const [url] = await Promise.race([once(lines, 'line'), failed]);
  provide('sunoUrl', url);

  return async () => {
    failed.catch(() => {});
    mock.kill();
    await once(mock, 'close');
  };
}
