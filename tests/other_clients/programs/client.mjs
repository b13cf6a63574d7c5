// Sends each kind of request with Node's fetch: node client.mjs URL NAME FOLDER. Prints kind, answer and HTTP status of
// each. fetch neither sends Expect nor asks for another protocol.

import {readFileSync} from "node:fs";

const [base, name, folder] = process.argv.slice(2);
const url = `${base}/api/v1/generate/extend`;
const [whole, gzip, mark] = ["whole", "gzip", "mark"].map((file) => readFileSync(`${folder}/${file}`));
const halves = () =>
    new ReadableStream({
        start(stream) {
            stream.enqueue(whole.subarray(0, 10));
            stream.enqueue(whole.subarray(10));
            stream.close();
        },
    });

async function send(kind, to, body, more = {}, headers = {}) {
    try {
        const answer = await fetch(to, {
            method: "POST",
            body,
            headers: {"Authorization": `Bearer ${name}-${kind}`, "Content-Type": "application/json", ...headers},
            signal: AbortSignal.timeout(20000),
            ...more,
        });
        console.log(`${kind}\t${(await answer.text()).trim()}\t${answer.status}`);
    } catch (error) {
        console.log(`${kind}\t${error.cause ?? error}`.replaceAll("\n", " ") + "\t000");
    }
}

await send("whole", url, whole);
await send("again", url, whole);
await send("again", url, whole);
await send("chunked", url, halves(), {duplex: "half"});
await send("gzip", url, gzip, {}, {"Content-Encoding": "gzip"});
await send("mark", url, mark);
await send("empty", `${base}/__admin/reset`, undefined);
await send("tls", url.replace("http://", "https://"), whole);
