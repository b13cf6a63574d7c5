module example.com/suno

go 1.19
