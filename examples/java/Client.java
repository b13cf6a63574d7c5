// A client that extends a track, with the JDK's HttpClient and Jackson.

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;

public class Client {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    public static void main(String[] args) throws IOException, InterruptedException {
        JsonNode answer = extend(Map.of(
            "defaultParamFlag", true,
            "audioId", "e231****-****-****-****-****8cadc7dc",
            "model", "V4",
            "prompt", "Extend the music with more relaxing notes",
            "style", "Classical",
            "title", "Peaceful Piano Extended",
            "continueAt", 60,
            "callBackUrl", env("CALLBACK_URL", "http://127.0.0.1:3000/callback")));
        if (answer.path("code").asInt() != 200) {
            System.err.println(answer.path("code").asText() + " " + answer.path("msg").asText());
            System.exit(1);
        }
        System.out.println("task " + answer.at("/data/taskId").asText());
    }

    /** Starts a task, and returns the answer. The callbacks bring the tracks. */
    private static JsonNode extend(Map<String, Object> parameters) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder()
            .uri(URI.create(env("SUNO_URL", "http://127.0.0.1:4010") + "/api/v1/generate/extend"))
            .header("Authorization", "Bearer " + env("SUNO_API_KEY", "test-key"))
            .header("Content-Type", "application/json")
            .timeout(Duration.ofSeconds(30))
            .POST(BodyPublishers.ofString(JSON.writeValueAsString(parameters)))
            .build();
        return JSON.readTree(HTTP.send(request, BodyHandlers.ofString()).body());
    }

    private static String env(String name, String otherwise) {
        return System.getenv().getOrDefault(name, otherwise);
    }
}
