// A client that extends a track, with net/http.
package main

import (
	"fmt"
	"log"
)

func main() {
	log.SetFlags(0)
	taskID, err := extend(map[string]any{
		"defaultParamFlag": true,
		"audioId":          "e231****-****-****-****-****8cadc7dc",
		"model":            "V4",
		"prompt":           "Extend the music with more relaxing notes",
		"style":            "Classical",
		"title":            "Peaceful Piano Extended",
		"continueAt":       60,
		"callBackUrl":      env("CALLBACK_URL", "http://127.0.0.1:3000/callback"),
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("task", taskID)
}
