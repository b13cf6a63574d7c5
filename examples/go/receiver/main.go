// A receiver of callbacks with net/http.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"
)

// Callback with code 200: the task has reached a stage. With any other code: it has failed.
type Callback struct {
	Code int    `json:"code"`
	Msg  string `json:"msg"`
	Data struct {
		TaskID string  `json:"task_id"`
		Stage  string  `json:"callbackType"`
		Tracks []Track `json:"data"`
	} `json:"data"`
}

type Track struct {
	ID       string `json:"id"`
	Title    string `json:"title"`
	AudioURL string `json:"audio_url"`
}

// receive answers 200 within 15 seconds, whatever comes: all else makes the API call again.
func receive(w http.ResponseWriter, r *http.Request) {
	var callback Callback
	if err := json.NewDecoder(r.Body).Decode(&callback); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	task := callback.Data
	fmt.Println(task.TaskID, task.Stage, callback.Code, callback.Msg)
	for _, track := range task.Tracks {
		if track.AudioURL != "" {
			fmt.Println(" ", track.AudioURL)
		}
	}
	w.WriteHeader(http.StatusOK)
}

func main() {
	port := os.Getenv("PORT")
	if port == "" {
		port = "3000"
	}
	http.HandleFunc("/callback", receive)
	log.Fatal(http.ListenAndServe("127.0.0.1:"+port, nil))
}
