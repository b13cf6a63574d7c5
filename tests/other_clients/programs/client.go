// Sends each kind of request with Go's net/http: go run client.go URL NAME FOLDER. Prints kind, answer and HTTP status of
// each.

package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

var name = os.Args[2]
var client = &http.Client{
	Timeout:   20 * time.Second,
	Transport: &http.Transport{ExpectContinueTimeout: 10 * time.Second},
}

func main() {
	base, folder := os.Args[1], os.Args[3]
	url := base + "/api/v1/generate/extend"
	whole, gzip, mark := read(folder, "whole"), read(folder, "gzip"), read(folder, "mark")

	send("whole", url, bytes.NewReader(whole))
	send("again", url, bytes.NewReader(whole))
	send("again", url, bytes.NewReader(whole))
	send("chunked", url, struct{ io.Reader }{bytes.NewReader(whole)})
	send("expect", url, bytes.NewReader(whole), "Expect", "100-continue")
	send("upgrade", url, bytes.NewReader(whole), "Connection", "Upgrade, HTTP2-Settings", "Upgrade", "h2c",
		"HTTP2-Settings", "AAMAAABkAAQAoAAAAAIAAAAA")
	send("gzip", url, bytes.NewReader(gzip), "Content-Encoding", "gzip")
	send("mark", url, bytes.NewReader(mark))
	send("empty", base+"/__admin/reset", nil)
	send("tls", strings.Replace(url, "http://", "https://", 1), bytes.NewReader(whole))
}

func read(folder string, file string) []byte {
	content, err := os.ReadFile(filepath.Join(folder, file))
	if err != nil {
		panic(err)
	}
	return content
}

func send(kind string, url string, body io.Reader, headers ...string) {
	request, err := http.NewRequest("POST", url, body)
	if err != nil {
		panic(err)
	}
	request.Header.Set("Authorization", "Bearer "+name+"-"+kind)
	request.Header.Set("Content-Type", "application/json")
	for at := 0; at < len(headers); at += 2 {
		request.Header.Set(headers[at], headers[at+1])
	}
	answer, err := client.Do(request)
	if err != nil {
		fmt.Printf("%s\t%s\t000\n", kind, err)
		return
	}
	defer answer.Body.Close()
	said, _ := io.ReadAll(answer.Body)
	fmt.Printf("%s\t%s\t%d\n", kind, strings.TrimSpace(string(said)), answer.StatusCode)
}
