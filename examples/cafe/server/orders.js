// The café's own data: orders and log-ins in one file. Each change writes a new file and renames
// it, so that a crash leaves the old state or the new one. A real shop would use a database.
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { items } from "./menu.js";

const MOST_LINES = 20;
const MOST_COUNT = 20;
const MOST_NOTE = 140;

/** An error in the mini program's request; its message is for the user. */
export class BadOrder extends Error {}

export class Orders {
  #file;
  #state;

  constructor(file) {
    this.#file = file;
    try {
      this.#state = JSON.parse(readFileSync(file, "utf8"));
    } catch (error) {
      if (error.code !== "ENOENT") throw error;
      this.#state = { number: 100, orders: {}, tokens: {}, events: [] };
    }
  }

  #save() {
    writeFileSync(this.#file + ".new", JSON.stringify(this.#state), { mode: 0o600 });
    renameSync(this.#file + ".new", this.#file);
  }

  login(openID) {
    const token = randomBytes(24).toString("base64url");
    this.#state.tokens[token] = openID;
    this.#save();
    return token;
  }

  openIDOf(token) {
    return this.#state.tokens[token];
  }

  /** Makes an order of the requested items, at the menu's prices. */
  create(openID, asked, note = "", language = "en") {
    if (!Array.isArray(asked) || asked.length === 0 || asked.length > MOST_LINES) {
      throw new BadOrder(`an order has 1 to ${MOST_LINES} lines`);
    }
    const lines = asked.map(({ id, count, options = {} }) => {
      const item = items.get(id);
      if (!item) throw new BadOrder(`we do not sell "${id}"`);
      if (!Number.isInteger(count) || count < 1 || count > MOST_COUNT) {
        throw new BadOrder(`a line is for 1 to ${MOST_COUNT}`);
      }
      const one = item.price + (options.size === "large" ? item.largeExtra : 0);
      return { id, name: item.name, count, options, amount: one * count };
    });
    const order = {
      id: "cafe" + Date.now().toString(36) + randomBytes(6).toString("hex"), // out_trade_no: 6 to 32 characters
      number: String((this.#state.number += 1)),
      open_id: openID,
      state: "pending",
      language, // of its receipt and its message
      lines,
      note: String(note).slice(0, MOST_NOTE),
      amount: lines.reduce((sum, line) => sum + line.amount, 0),
      created_at: new Date().toISOString(),
    };
    this.#state.orders[order.id] = order;
    this.#save();
    return order;
  }

  get(id, openID) {
    const order = this.#state.orders[id];
    return order && order.open_id === openID ? order : undefined;
  }

  byID(id) {
    return this.#state.orders[id];
  }

  /** The user's orders, the latest first. */
  of(openID) {
    return Object.values(this.#state.orders)
      .filter((order) => order.open_id === openID)
      .sort((a, b) => (a.created_at < b.created_at ? 1 : -1));
  }

  inState(state) {
    return Object.values(this.#state.orders).filter((order) => order.state === state);
  }

  move(id, state, facts = {}) {
    Object.assign(this.#state.orders[id], { state, ...facts });
    this.#save();
  }

  /** Stores a webhook's ID; returns false when it was already stored. */
  firstTime(eventID) {
    if (this.#state.events.includes(eventID)) return false;
    this.#state.events = [...this.#state.events.slice(-999), eventID];
    this.#save();
    return true;
  }
}
