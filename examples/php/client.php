<?php

declare(strict_types=1);

// A client that extends a track, with PHP's curl.

const EXTEND = '/api/v1/generate/extend';

/** Starts a task, and returns its id. The callbacks bring the tracks. */
function extend(string $audioId, array $parameters): string
{
    $url = getenv('SUNO_URL') ?: 'http://127.0.0.1:4010';
    $key = getenv('SUNO_API_KEY') ?: 'test-key';
    $callback = getenv('CALLBACK_URL') ?: 'http://127.0.0.1:3000/callback';

    $curl = curl_init($url . EXTEND);
    curl_setopt_array($curl, [
        CURLOPT_POSTFIELDS => json_encode(['audioId' => $audioId, 'callBackUrl' => $callback] + $parameters),
        CURLOPT_HTTPHEADER => ["Authorization: Bearer $key", 'Content-Type: application/json'],
        CURLOPT_RETURNTRANSFER => true,
        CURLOPT_TIMEOUT => 30,
    ]);
    $body = curl_exec($curl);
    if ($body === false) {
        throw new RuntimeException(curl_error($curl));
    }

    $answer = json_decode($body, associative: true, flags: JSON_THROW_ON_ERROR);
    if ($answer['code'] !== 200) {
        throw new RuntimeException("{$answer['code']} {$answer['msg']}");
    }
    return $answer['data']['taskId'];
}

try {
    $taskId = extend('e231****-****-****-****-****8cadc7dc', [
        'defaultParamFlag' => true,
        'model' => 'V4',
        'prompt' => 'Extend the music with more relaxing notes',
        'style' => 'Classical',
        'title' => 'Peaceful Piano Extended',
        'continueAt' => 60,
    ]);
    echo "task $taskId\n";
} catch (RuntimeException $refusal) {
    fwrite(STDERR, $refusal->getMessage() . "\n");
    exit(1);
}
