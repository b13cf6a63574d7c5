package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"time"
)

var client = &http.Client{Timeout: 30 * time.Second}

// extend starts a task, and returns its id. The callbacks bring the tracks.
func extend(parameters map[string]any) (string, error) {
	body, err := json.Marshal(parameters)
	if err != nil {
		return "", err
	}
	url := env("SUNO_URL", "http://127.0.0.1:4010") + "/api/v1/generate/extend"
	request, err := http.NewRequest(http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	request.Header.Set("Authorization", "Bearer "+env("SUNO_API_KEY", "test-key"))
	request.Header.Set("Content-Type", "application/json")
	response, err := client.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()

	var answer struct {
		Code int
		Msg  string
		Data struct{ TaskID string }
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		return "", err
	}
	if answer.Code != 200 {
		return "", fmt.Errorf("%d %s", answer.Code, answer.Msg)
	}
	return answer.Data.TaskID, nil
}

func env(name, otherwise string) string {
	if value, ok := os.LookupEnv(name); ok {
		return value
	}
	return otherwise
}
