<?php

declare(strict_types=1);

// A receiver of callbacks in plain PHP.

if ($_SERVER['REQUEST_METHOD'] !== 'POST' || parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH) !== '/callback') {
    http_response_code(404);
    return;
}

$callback = json_decode(file_get_contents('php://input'), associative: true);
if (!is_array($callback)) {
    http_response_code(400);
    return;
}

// Code 200: the task has reached a stage. Any other code: it has failed.
$task = $callback['data'];
$lines = ["{$task['task_id']} {$task['callbackType']} {$callback['code']} {$callback['msg']}"];
foreach ($task['data'] ?? [] as $track) {
    if (!empty($track['audio_url'])) {
        $lines[] = "  {$track['audio_url']}";
    }
}
file_put_contents('php://stdout', implode("\n", $lines) . "\n");

// Answer 200 within 15 seconds, whatever comes: all else makes the API call again.
header('Content-Type: application/json');
echo json_encode(['status' => 'received']);
