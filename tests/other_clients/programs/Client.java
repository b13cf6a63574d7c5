// Sends each kind of request with the JDK's HttpClient as it is by default, which asks for HTTP/2 with each first request:
// java Client.java URL NAME FOLDER. Prints kind, answer and HTTP status of each.

import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

public class Client {
    static HttpClient client = HttpClient.newHttpClient();
    static String name;

    public static void main(String[] arguments) throws Exception {
        String url = arguments[0] + "/api/v1/generate/extend";
        name = arguments[1];
        Path folder = Path.of(arguments[2]);
        byte[] whole = Files.readAllBytes(folder.resolve("whole"));
        byte[] gzip = Files.readAllBytes(folder.resolve("gzip"));
        byte[] mark = Files.readAllBytes(folder.resolve("mark"));

        send("whole", request("whole", url, BodyPublishers.ofByteArray(whole)));
        send("again", request("again", url, BodyPublishers.ofByteArray(whole)));
        send("again", request("again", url, BodyPublishers.ofByteArray(whole)));
        send("chunked", request("chunked", url, BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(whole))));
        send("expect", request("expect", url, BodyPublishers.ofByteArray(whole)).expectContinue(true));
        send("gzip", request("gzip", url, BodyPublishers.ofByteArray(gzip)).header("Content-Encoding", "gzip"));
        send("mark", request("mark", url, BodyPublishers.ofByteArray(mark)));
        send("empty", request("empty", arguments[0] + "/__admin/reset", BodyPublishers.noBody()));
        send("tls", request("tls", url.replace("http://", "https://"), BodyPublishers.ofByteArray(whole)));
    }

    static HttpRequest.Builder request(String kind, String url, BodyPublisher body) {
        return HttpRequest.newBuilder(URI.create(url))
            .timeout(Duration.ofSeconds(20))
            .header("Authorization", "Bearer " + name + "-" + kind)
            .header("Content-Type", "application/json")
            .POST(body);
    }

    static void send(String kind, HttpRequest.Builder request) throws InterruptedException {
        try {
            var answer = client.send(request.build(), BodyHandlers.ofString());
            System.out.println(kind + "\t" + answer.body().strip() + "\t" + answer.statusCode());
        } catch (java.io.IOException error) {
            System.out.println(kind + "\t" + error + "\t000");
        }
    }
}
