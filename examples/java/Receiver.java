// A receiver of callbacks with the JDK's HttpServer and Jackson.

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.Executors;

public class Receiver {
    private static final ObjectMapper JSON = new ObjectMapper();

    public static void main(String[] args) throws IOException {
        int port = Integer.parseInt(System.getenv().getOrDefault("PORT", "3000"));
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
        server.createContext("/callback", Receiver::receive);
        server.setExecutor(Executors.newCachedThreadPool());
        server.start();
    }

    /** Answers 200 within 15 seconds, whatever comes: all else makes the API call again. */
    private static void receive(HttpExchange exchange) throws IOException {
        int status = 200;
        try {
            print(JSON.readTree(exchange.getRequestBody()));
        } catch (JsonProcessingException unreadable) {
            status = 400;
        }
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }

    /** Code 200: the task has reached a stage. Any other code: it has failed. */
    private static void print(JsonNode callback) {
        JsonNode task = callback.path("data");
        System.out.println(String.join(" ", task.path("task_id").asText(), task.path("callbackType").asText(),
            callback.path("code").asText(), callback.path("msg").asText()));
        for (JsonNode track : task.path("data")) {
            String url = track.path("audio_url").asText("");
            if (!url.isEmpty()) {
                System.out.println("  " + url);
            }
        }
    }
}
