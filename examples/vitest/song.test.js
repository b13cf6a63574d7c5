import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';

const SUNO_URL = inject('sunoUrl');
const SONG = {
  defaultParamFlag: true,
  audioId: 'e231****-****-****-****-****8cadc7dc',
  model: 'V4',
  prompt: 'Extend the music with more relaxing notes',
  style: 'Classical',
  title: 'Peaceful Piano Extended',
  continueAt: 60,
};
let receiver;
let received;

beforeEach(async () => {
  received = [];
  receiver = createServer(async (request, response) => {
    received.push(await json(request));
    response.end();
  }).listen(0, '127.0.0.1');
  await once(receiver, 'listening');
});

afterEach(() => receiver.close());

async function post(path, body, headers = {}) {
  const options = { method: 'POST', headers, body: JSON.stringify(body) };
  return (await fetch(SUNO_URL + path, options)).json();
}

function extend(headers = {}) {
  const callBackUrl = `http://127.0.0.1:${receiver.address().port}/callback`;
  const json = { Authorization: 'Bearer test-key', 'Content-Type': 'application/json' };
  return post('/api/v1/generate/extend', { ...SONG, callBackUrl }, { ...json, ...headers });
}

test('a song is called back in three stages', async () => {
  const { data } = await extend();
  await post('/__admin/clock/advance', { seconds: 180 });
  expect(received.map((callback) => callback.data.callbackType)).toEqual(['text', 'first', 'complete']);
  expect(received.every((callback) => callback.data.task_id === data.taskId)).toBe(true);
});

test('an account without credits is refused', async () => {
  expect(await extend({ Prefer: 'code=402' })).toMatchObject({ code: 402 });
  expect(received).toEqual([]);
});
