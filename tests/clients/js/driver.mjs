// Drives the released @fal-ai/client. Usage: node driver.mjs CHECKS [SERVER_URL], with commas between names.
// With a server URL the client is pointed at it by its own `proxyUrl` setting; without one nothing is set at all, and
// the program must be running under `gesso exec`. Prints one JSON document: by check, what it found or how it failed.
import { createFalClient } from "@fal-ai/client";

const [names, server] = process.argv.slice(2);
const proxy = server ? { proxyUrl: { url: `${server}/api/fal/proxy`, when: "always" } } : {};
const fal = createFalClient({ credentials: "test:key", ...proxy });
const FAST = { prompt: "two red apples", image_size: { width: 96, height: 64 }, seed: 7 };
const ENDPOINT = "fal-ai/flux-1/schnell";

const bytesOf = async (url) => new Uint8Array(await (await fetch(url)).arrayBuffer());
const isPng = (bytes) => bytes[0] === 0x89 && bytes[1] === 0x50;
const failure = async (work) => {
  try { await work(); return null; } catch (e) { return { name: e.constructor.name, status: e.status, body: e.body, fieldErrors: e.fieldErrors }; }
};

const checks = {
  async run() {
    const { data, requestId } = await fal.run(ENDPOINT, { input: FAST });
    return { data, requestId, png: isPng(await bytesOf(data.images[0].url)) };
  },
  async subscribe_polling() {
    const states = [], logs = [];
    const { data, requestId } = await fal.subscribe(ENDPOINT, {
      input: FAST, logs: true, pollInterval: 20,
      onQueueUpdate: (u) => { states.push(u.status); (u.logs ?? []).forEach((l) => logs.push(l.message)); },
    });
    return { data, requestId, states, logs };
  },
  async subscribe_streaming() {
    const states = [];
    const { data } = await fal.subscribe(ENDPOINT, { input: FAST, logs: true, mode: "streaming", onQueueUpdate: (u) => states.push(u.status) });
    return { data, states };
  },
  async queue() {
    const submitted = await fal.queue.submit(ENDPOINT, { input: FAST });
    const id = { requestId: submitted.request_id };
    let status = await fal.queue.status(ENDPOINT, { ...id, logs: true });
    const stream = await fal.queue.streamStatus(ENDPOINT, { ...id, logs: true });
    for await (const event of stream) status = event;
    const late = await failure(() => fal.queue.cancel(ENDPOINT, id));
    return { submitted, status, result: await fal.queue.result(ENDPOINT, id), late };
  },
  async cancel() {
    // Enough work that some of it is still waiting when the cancel arrives.
    const big = { ...FAST, image_size: "square_hd", num_images: 4 };
    const ids = [];
    for (let i = 0; i < 6; i++) ids.push((await fal.queue.submit(ENDPOINT, { input: { ...big, seed: i } })).request_id);
    const last = { requestId: ids[5] };
    await fal.queue.cancel(ENDPOINT, last);
    const result = await failure(() => fal.queue.result(ENDPOINT, last));
    const status = await fal.queue.status(ENDPOINT, last);
    for (const id of ids.slice(0, 5)) await fal.queue.cancel(ENDPOINT, { requestId: id }).catch(() => {});
    return { result, status };
  },
  async stream() {
    const stream = await fal.stream("fal-ai/flux-kontext-lora/text-to-image", { input: FAST });
    const events = [];
    for await (const event of stream) events.push(event);
    return { count: events.length, last: events.at(-1), done: await stream.done() };
  },
  async upload() {
    const url = await fal.storage.upload(new Blob(["hello"], { type: "text/plain" }));
    return { url, text: await (await fetch(url)).text() };
  },
  async upload_large() {
    const size = 91 * 1024 * 1024, part = new Uint8Array(1024 * 1024).fill(7);
    const url = await fal.storage.upload(new Blob(Array(91).fill(part), { type: "application/octet-stream" }));
    const answer = await fetch(url);
    let bytes = 0, wrong = 0;
    for await (const chunk of answer.body) { bytes += chunk.length; wrong += chunk.some((b) => b !== 7) ? 1 : 0; }
    return { url, size, bytes, wrong };
  },
  async auto_upload() {
    const { data: made } = await fal.run(ENDPOINT, { input: FAST });
    const blob = new Blob([await bytesOf(made.images[0].url)], { type: "image/png" });
    const { data } = await fal.subscribe("fal-ai/flux-pro/kontext/max", { input: { prompt: "make it brighter", image_url: blob, output_format: "png" } });
    return { data, png: isPng(await bytesOf(data.images[0].url)) };
  },
  async invalid() {
    return failure(() => fal.subscribe(ENDPOINT, { input: { image_size: "huge", num_images: 0 } }));
  },
  async unknown_endpoint() {
    return failure(() => fal.queue.submit("fal-ai/flux-1/schnel", { input: FAST }));
  },
};

const found = {};
for (const name of names.split(",")) {
  found[name] = await checks[name]().then((answer) => ({ answer }), (e) => ({ failed: e.stack ?? String(e) }));
}
console.log(JSON.stringify(found));
