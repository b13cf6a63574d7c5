// openapi-backend is a library: a server of the fewest lines that validates requests with it.
// node openapi_backend.js FOLDER-WITH-NODE_MODULES DOCUMENT PORT ANSWER
const [folder, definition, port, answer] = process.argv.slice(2);
const { OpenAPIBackend } = require(folder + "/node_modules/openapi-backend");
const http = require("http");
const api = new OpenAPIBackend({ definition, quick: true, handlers: {
  "extend-music": (call, request, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(answer);
  },
  validationFail: (call, request, response) => { response.writeHead(422); response.end("{}"); },
  notFound: (call, request, response) => { response.writeHead(404); response.end("{}"); },
}});
api.registerSecurityHandler("BearerAuth", (call) => !!call.request.headers["authorization"]);
api.init();
http.createServer((request, response) => {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => api.handleRequest({ method: request.method, path: request.url, headers: request.headers,
    body: Buffer.concat(chunks).toString() }, request, response));
}).listen(Number(port), "127.0.0.1");
