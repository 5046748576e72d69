// How code inside the extension host asks for what only the outside can do: drive the real window, take a picture of it.
// A loopback HTTP server: POST {"action": "click", ...} answers {"value": ...} or {"error": "..."}.
import { randomBytes, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";

/** The environment variable that carries the address to the extension host. */
export const controlVariable = "TENSORLINE_TEST_CONTROL";

/**
 * @param {Record<string, (request: any) => unknown>} actions the handlers; add to the object later when they need something later
 * @returns {Promise<{ url: string, close: () => void }>} the url holds a secret, so other users of the machine cannot ask
 */
export async function startControl(actions) {
  const path = `/${randomBytes(16).toString("hex")}`;
  const server = createServer(async (request, response) => {
    if (request.method !== "POST" || !sameText(request.url ?? "", path)) return response.writeHead(404).end();
    const answer = await answerTo(request, actions);
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(answer));
  });
  server.requestTimeout = 0;
  await new Promise((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${server.address().port}${path}`, close };
}

const sameText = (a, b) => a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));

async function answerTo(stream, actions) {
  try {
    const chunks = [];
    for await (const chunk of stream) chunks.push(chunk);
    const { action, ...request } = JSON.parse(Buffer.concat(chunks).toString("utf8"));
    if (!Object.hasOwn(actions, action)) return { unsupported: action };
    return { value: await actions[action](request) };
  } catch (cause) {
    return { error: cause.message };
  }
}
