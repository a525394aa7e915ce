// The café's own server: menu, orders, and a kitchen that takes a few seconds.
//
// It calls Teahouse like any account's server: it exchanges log-in codes, makes orders over the
// bridge, gets a signed webhook after a payment, and sends "your order is ready" as a subscription
// message. Settings come from the environment; see settings().
import { createServer } from "node:http";
import { Bridge, Problem, verifyWebhook } from "teahouse/server";
import { categories, currency } from "./menu.js";
import { BadOrder, Orders } from "./orders.js";
import { hint, languageOf, named } from "./words.js";

const MOST_BODY = 64 * 1024; // an order is a few hundred bytes
const MOST_DESCRIPTION = 127; // characters of an order's description, which the receipt shows
const MOST_ASKED = 3; // unpaid orders that the host is asked about when their user looks at the list
const MOST_FIELD = 100; // characters of a field of a message
const KITCHEN_POLL = 250; // ms between two runs of the kitchen

function settings() {
  const need = (name) => {
    if (!process.env[name]) throw new Error(`set ${name}`);
    return process.env[name];
  };
  return {
    host: need("TEAHOUSE_URL"),
    appID: need("CAFE_APP_ID"),
    appSecret: need("CAFE_APP_SECRET"),
    webhookSecret: need("CAFE_WEBHOOK_SECRET"),
    // A template is in one language; without a Chinese one everybody gets the other.
    templates: {
      en: need("CAFE_TEMPLATE_ID"),
      zh: process.env.CAFE_TEMPLATE_ID_ZH || need("CAFE_TEMPLATE_ID"),
    },
    state: need("CAFE_STATE"),
    address: process.env.CAFE_ADDR ?? "127.0.0.1:8081",
    kitchenSeconds: Number(process.env.CAFE_KITCHEN_SECONDS ?? 8),
  };
}

const config = settings();
const orders = new Orders(config.state);
const bridge = new Bridge({
  baseURL: config.host,
  appID: config.appID,
  appSecret: config.appSecret,
});

/** An error response with a text for the user. */
class Refusal extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

const routes = {
  "GET /menu": () => ({ currency, categories }),

  "GET /config": ({ query }) => ({
    template_id: config.templates[languageOf(query.get("language"))],
  }),

  "POST /login": async ({ body }) => {
    const { code } = parse(body);
    if (!code) throw new Refusal(400, "code is missing");
    const { open_id } = await bridge.exchangeCode(code);
    return { token: orders.login(open_id) };
  },

  "GET /orders": async ({ user }) => {
    const pending = orders.of(user()).filter(({ state }) => state === "pending");
    await Promise.all(pending.slice(0, MOST_ASKED).map(({ id }) => settle(id))); // as for one order
    return { orders: orders.of(user()).map(shown) };
  },

  "POST /orders": async ({ user, body }) => {
    const { lines, note, language } = parse(body);
    const order = orders.create(user(), lines, note, languageOf(language));
    return { ...shown(order), pay: await payParameters(order) };
  },

  "GET /orders/:id": async ({ user, id }) => {
    const order = mine(user(), id);
    if (order.state === "pending") await settle(order.id); // the webhook may be late, so ask the host
    return shown(order);
  },

  "POST /orders/:id/pay": async ({ user, id }) => {
    const order = mine(user(), id);
    if (order.state !== "pending") throw new Refusal(409, "this order is not waiting for payment");
    return { pay: await payParameters(order) };
  },

  "POST /webhooks": async ({ request, body }) => {
    const { id, event } = verifyWebhook(config.webhookSecret, request.headers, body);
    if (event.type === "order.paid" && orders.firstTime(id)) await settle(event.data.out_trade_no);
    return { ok: true };
  },
};

function shown({ id, number, state, lines, note, amount, created_at }) {
  return { id, number, state, lines, note, amount, created_at };
}

function mine(openID, id) {
  const order = orders.get(id, openID);
  if (!order) throw new Refusal(404, "there is no such order of yours");
  return order;
}

async function payParameters(order) {
  const { pay } = await bridge.createOrder({
    out_trade_no: order.id,
    description: named(order.lines, languageOf(order.language), MOST_DESCRIPTION),
    amount: order.amount,
    currency,
    open_id: order.open_id,
  });
  return pay;
}

// Only the host's answer counts, not the webhook's body: ask the host, then pass the order to the
// kitchen.
async function settle(id) {
  if (orders.byID(id)?.state !== "pending") return;
  const { state } = await bridge.getOrder({ out_trade_no: id });
  if (orders.byID(id).state !== "pending") return; // it was settled meanwhile
  if (state === "paid")
    orders.move(id, "paid", { ready_at: Date.now() + config.kitchenSeconds * 1000 });
  if (state === "closed" || state === "expired") orders.move(id, "closed");
}

// The orders are in the file, so a restart of the kitchen loses none. An order becomes ready only
// after its message was sent; with the client ID a second try sends no second message.
async function kitchen() {
  for (const order of orders.inState("paid")) {
    if (order.ready_at > Date.now()) continue;
    const language = languageOf(order.language);
    try {
      await bridge.sendSubscription({
        open_id: order.open_id,
        template_id: config.templates[language],
        path: "pages/order/order?id=" + order.id,
        data: {
          number: order.number,
          item: named(order.lines, language, MOST_FIELD),
          hint: hint(language),
        },
        client_id: "ready-" + order.id,
      });
    } catch (error) {
      // Without the user's permission there is no message, and the order is ready anyway.
      if (!(error instanceof Problem) || error.status >= 500 || error.status === 429) throw error;
      console.log(`order ${order.number}: no message sent, ${error.message}`);
    }
    orders.move(order.id, "ready");
    console.log(`order ${order.number} is ready`);
  }
}

function parse(body) {
  try {
    return JSON.parse(body || "{}");
  } catch {
    throw new Refusal(400, "the body is not JSON");
  }
}

async function read(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > MOST_BODY) throw new Refusal(413, `the body is over ${MOST_BODY} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

async function answer(request) {
  const { pathname, searchParams: query } = new URL(request.url, "http://cafe");
  const [, first, id, last] = pathname.split("/");
  const route =
    routes[`${request.method} ${pathname}`] ??
    (first === "orders" && id && routes[`${request.method} /orders/:id${last ? "/" + last : ""}`]);
  if (!route) throw new Refusal(404, `there is nothing at ${request.method} ${pathname}`);
  const user = () => {
    const openID = orders.openIDOf(request.headers.authorization?.replace(/^Bearer /, ""));
    if (!openID) throw new Refusal(401, "log in first");
    return openID;
  };
  return route({ request, user, id, query, body: await read(request) });
}

const server = createServer(async (request, response) => {
  let status = 200;
  let body;
  try {
    body = await answer(request);
  } catch (error) {
    status =
      error instanceof Refusal
        ? error.status
        : error instanceof BadOrder
          ? 400
          : error instanceof Problem
            ? 502
            : 500;
    body = { error: status === 500 ? "something went wrong in the café" : error.message };
    if (status >= 500) console.error(`${request.method} ${request.url}:`, error);
  }
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
});

const [address, port] = config.address.split(":");
server.on("error", (error) => {
  if (error.code !== "EADDRINUSE") throw error;
  console.error(
    `${config.address} is taken by another program; choose another address for the café's server with CAFE_ADDR.`,
  );
  process.exit(1);
});
server.listen(Number(port), address, () => {
  console.log(`the café's server is on http://${address}:${server.address().port}`);
});

let kitchenRun = Promise.resolve();
const kitchenTimer = setInterval(() => {
  kitchenRun = kitchenRun.then(kitchen).catch((error) => console.error("kitchen:", error.message));
}, KITCHEN_POLL);

for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, () => {
    clearInterval(kitchenTimer);
    server.close(() => process.exit(0));
    server.closeAllConnections();
  });
}
