import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import { Webhook } from "standardwebhooks";
import { Bridge, Problem, verifyWebhook } from "../dist/server.js";

const secret = "whsec_" + Buffer.from("0123456789abcdef0123456789abcdef").toString("base64");

function signed(body, at = new Date()) {
  return {
    "webhook-id": "msg_1",
    "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
    "webhook-signature": new Webhook(secret).sign("msg_1", at, body),
  };
}

test("a webhook signed by the reference library is accepted", () => {
  const body = JSON.stringify({
    type: "order.paid",
    timestamp: "2026-01-01T00:00:00Z",
    data: { amount: 1 },
  });
  const { id, event } = verifyWebhook(secret, signed(body), body);
  assert.equal(id, "msg_1");
  assert.equal(event.type, "order.paid");
});

test("a changed body, an old time, another secret and a missing header are refused", () => {
  const body = '{"type":"order.paid"}';
  assert.throws(() => verifyWebhook(secret, signed(body), body + " "), /signature/);
  assert.throws(
    () => verifyWebhook(secret, signed(body, new Date(Date.now() - 600_000)), body),
    /time/,
  );
  assert.throws(() => verifyWebhook("whsec_AAAA", signed(body), body), /signature/);
  assert.throws(
    () => verifyWebhook(secret, { ...signed(body), "webhook-id": undefined }, body),
    /webhook-id/,
  );
});

/** A host that counts tokens and refuses the first one, as after a change of the secret. */
async function host(t) {
  let tokens = 0;
  const server = createServer((request, response) => {
    response.setHeader("content-type", "application/json");
    if (request.url === "/oauth/token") {
      tokens += 1;
      response.end(JSON.stringify({ access_token: `t${tokens}`, expires_in: 7200 }));
    } else if (request.headers.authorization === "Bearer t1") {
      response.writeHead(401).end("{}");
    } else if (request.url === "/bridge/v1/orders.create") {
      response.writeHead(403, { "content-type": "application/problem+json" });
      response.end(
        JSON.stringify({
          type: "/problems/missing-scope",
          detail: "Needs payment.",
          request_id: "r1",
        }),
      );
    } else {
      response.end(JSON.stringify({ open_id: "o_x", union_id: "u_x" }));
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  return { url: `http://127.0.0.1:${server.address().port}`, tokens: () => tokens };
}

test("a refused token is renewed once, and shared by concurrent calls", async (t) => {
  const { url, tokens } = await host(t);
  const bridge = new Bridge({ baseURL: url, appID: "ta", appSecret: "s" });
  assert.deepEqual(await bridge.exchangeCode("c"), { open_id: "o_x", union_id: "u_x" });
  await Promise.all([1, 2, 3].map(() => bridge.exchangeCode("c")));
  assert.equal(tokens(), 2);
});

test("a refusal names the problem and the request", async (t) => {
  const { url } = await host(t);
  const bridge = new Bridge({ baseURL: url, appID: "ta", appSecret: "s" });
  await assert.rejects(bridge.createOrder({}), (error) => {
    assert.ok(error instanceof Problem);
    assert.equal(error.slug, "missing-scope");
    assert.equal(error.message, "Needs payment.");
    assert.equal(error.requestID, "r1");
    return true;
  });
});
