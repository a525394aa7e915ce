import { beforeEach, expect, test, vi } from "vitest";
import { TestHost } from "./host";

let host: TestHost;
let wallet: typeof import("../src/state/wallet");

beforeEach(async () => {
  vi.resetModules();
  host = new TestHost();
  host.install();
  const { api } = await import("../src/services");
  wallet = await import("../src/state/wallet");
  await api.restore();
});

const entry = (id: number) => ({ id: String(id), amount: -100, currency: "CNY", kind: "payment" });

test("money that moves while a page is on its way gives no line twice", async () => {
  let newest = 4;
  host.override = (_method, path, query) => {
    if (path === "/wallet")
      return { body: { currency: "CNY", balance: 1, held: 0, has_pin: true } };
    if (path !== "/wallet/entries") return null;
    const from = Number(query.get("cursor") ?? newest);
    return { body: { items: [entry(from), entry(from - 1)], next_cursor: String(from - 2) } };
  };
  await wallet.loadWallet();
  // The page is asked for, and its answer is slower than the news.
  const { fetch } = globalThis;
  let answer = () => {};
  const late = new Promise<void>((done) => (answer = done));
  globalThis.fetch = async (url, init) => {
    const response = fetch(url, init);
    if (String(url).includes("cursor=")) await late;
    return response;
  };
  const page = wallet.loadMoreEntries();
  newest = 5;
  await wallet.loadWallet();
  answer();
  await page;
  const ids = () => wallet.walletStore.get().entries.map(({ id }) => id);
  expect(ids()).toEqual(["5", "4"]);
  await wallet.loadMoreEntries();
  expect(ids()).toEqual(["5", "4", "3", "2"]);
});
