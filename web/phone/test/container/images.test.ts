import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { assetURL, loadView, mediaURL } from "../../src/container/images";

beforeEach(() => vi.stubGlobal("location", { origin: "https://tea.example" }));
afterEach(() => vi.unstubAllGlobals());

describe("an asset that an app names", () => {
  const image = "/images/abc";
  it("is looked for in the app's own image", () => {
    expect(assetURL(image, "i/cup.png")).toBe("/images/abc/i/cup.png");
    expect(assetURL(image, "/i/cup.png")).toBe("/images/abc/i/cup.png");
  });
  it("may be a picture of this host, such as one just uploaded", () => {
    expect(assetURL(image, "https://tea.example/media/1")).toBe("https://tea.example/media/1");
  });
  it("never leads to another host, out of the image, or to a script", () => {
    for (const src of [
      "https://far.example/a.png",
      "//far.example/a.png",
      "../../api/v1/me",
      "i/../../../x",
      "javascript:alert(1)",
      "data:text/html,x",
      "",
      null,
      7,
      { url: "x" },
    ]) {
      expect(assetURL(image, src), String(src)).toBe("");
    }
  });
});

describe("a picture or a sound that an app names", () => {
  it("comes through this host, under the address that a browser would ask for", () => {
    const asked = (src: string) =>
      new URLSearchParams(mediaURL("/images/abc", src).split("?")[1]).get("url");
    expect(asked("https://img.example/茶 叶.png")).toBe(
      "https://img.example/%E8%8C%B6%20%E5%8F%B6.png",
    );
    expect(asked("//IMG.example\\a/../b.mp3")).toBe("https://img.example/b.mp3");
  });
});

describe("the view script of a frame", () => {
  const needs = {
    t: "needs",
    script: "/view/assets/v-1.js",
    style: "/view/assets/v-1.css",
  } as const;
  const fetched: string[] = [];
  const answer = vi.fn(async (url: string) => {
    fetched.push(url);
    return new Response(`text of ${url}`);
  });
  beforeEach(() => {
    fetched.length = 0;
    vi.stubGlobal("fetch", answer);
  });

  it("is fetched once for all frames", async () => {
    const files = { script: "text of /view/assets/v-1.js", style: "text of /view/assets/v-1.css" };
    expect(await loadView(needs)).toMatchObject(files);
    expect(await loadView(needs)).toMatchObject(files);
    expect(fetched).toEqual(["/view/assets/v-1.js", "/view/assets/v-1.css"]);
  });

  it("is the only thing that a frame can make the shell fetch", async () => {
    for (const script of [
      "/api/v1/me",
      "/view/assets/../../api/v1/me",
      "//far.example/a.js",
      "x.js",
    ])
      await expect(loadView({ ...needs, script }), script).rejects.toThrow();
    expect(fetched.filter((url) => !url.startsWith("/view/assets/v-1"))).toEqual([]);
  });

  it("is tried again when it could not be fetched", async () => {
    const other = { ...needs, script: "/view/assets/v-2.js" };
    answer.mockRejectedValueOnce(new TypeError("offline"));
    await expect(loadView(other)).rejects.toThrow("offline");
    await expect(loadView(other)).resolves.toMatchObject({ script: "text of /view/assets/v-2.js" });
  });
});
