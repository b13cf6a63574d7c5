// A client that extends a track, with Node's own fetch.
const {
  SUNO_URL = 'http://127.0.0.1:4010',
  SUNO_API_KEY = 'test-key',
  CALLBACK_URL = 'http://127.0.0.1:3000/callback',
} = process.env;

/** Starts a task, and returns its id. The callbacks bring the tracks. */
export async function extend(audioId, parameters) {
  const response = await fetch(`${SUNO_URL}/api/v1/generate/extend`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${SUNO_API_KEY}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ audioId, callBackUrl: CALLBACK_URL, ...parameters }),
    signal: AbortSignal.timeout(30_000),
  });
  const { code, msg, data } = await response.json();
  if (code !== 200) throw new Error(`${code} ${msg}`);
  return data.taskId;
}

try {
  const taskId = await extend('e231****-****-****-****-****8cadc7dc', {
    defaultParamFlag: true,
    model: 'V4',
    prompt: 'Extend the music with more relaxing notes',
    style: 'Classical',
    title: 'Peaceful Piano Extended',
    continueAt: 60,
  });
  console.log(`task ${taskId}`);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
