// A receiver of callbacks in Express.
import express from 'express';

const app = express();
app.use(express.json());

// Answer 200 within 15 seconds, whatever comes: all else makes the API call again.
app.post('/callback', (request, response) => {
  const { code, msg, data: task } = request.body;
  // Code 200: the task has reached a stage. Any other code: it has failed.
  console.log(task.task_id, task.callbackType, code, msg);
  for (const track of task.data ?? []) {
    if (track.audio_url) console.log(`  ${track.audio_url}`);
  }
  response.sendStatus(200);
});

app.listen(process.env.PORT ?? 3000, '127.0.0.1');
