// Loaded into Node by `gesso exec` (NODE_OPTIONS=--import). Node before 24 ignores HTTPS_PROXY, so the global fetch is
// given what newer Nodes have by themselves: calls to fal's hosts go through the intercepting proxy. Calls to any
// other host keep the built-in fetch. Trust comes from NODE_EXTRA_CA_CERTS, as everywhere.
import http from "node:http";
import https from "node:https";
import { Readable } from "node:stream";
import tls from "node:tls";

const proxy = process.env.HTTPS_PROXY && new URL(process.env.HTTPS_PROXY);
const major = Number(process.versions.node.split(".")[0]);
const ours = /(^|\.)(fal\.run|falrun\.com|fal\.ai|fal\.media)\.?$/i;
const loaded = Symbol.for("gesso.hook");

function tunnel(host, port) {
  return new Promise((resolve, reject) => {
    const target = `${host}:${port}`;
    const request = http.request({ host: proxy.hostname, port: proxy.port, method: "CONNECT", path: target, agent: false });
    request.once("connect", (answer, socket) => {
      if (answer.statusCode === 200) return resolve(tls.connect({ socket, servername: host }));
      socket.destroy();
      reject(new Error(`the proxy answered ${answer.statusCode}`));
    });
    request.once("error", reject);
    request.end();
  });
}

function answer(message) {
  const headers = new Headers();
  for (let i = 0; i < message.rawHeaders.length; i += 2) headers.append(message.rawHeaders[i], message.rawHeaders[i + 1]);
  const empty = message.statusCode === 204 || message.statusCode === 304;
  if (empty) message.resume();
  return new Response(empty ? null : Readable.toWeb(message), {
    status: message.statusCode, statusText: message.statusMessage, headers,
  });
}

async function send(request) {
  const url = new URL(request.url);
  const socket = await tunnel(url.hostname, url.port || 443);
  const headers = { ...Object.fromEntries(request.headers), host: url.host };
  return new Promise((resolve, reject) => {
    const call = https.request(url, { method: request.method, headers, createConnection: () => socket });
    request.signal.addEventListener("abort", () => call.destroy(request.signal.reason), { once: true });
    call.once("response", (message) => resolve(answer(message)));
    call.once("error", (error) => reject(request.signal.aborted ? request.signal.reason : new TypeError("fetch failed", { cause: error })));
    if (request.body) Readable.fromWeb(request.body).pipe(call);
    else call.end();
  });
}

if (proxy && major < 24 && !globalThis[loaded]) {
  globalThis[loaded] = true;
  const builtIn = globalThis.fetch;
  globalThis.fetch = async function fetch(input, init) {
    const url = new URL(input instanceof Request ? input.url : String(input));
    if (url.protocol !== "https:" || !ours.test(url.hostname)) return builtIn(input, init);
    return send(new Request(input, init));
  };
}
