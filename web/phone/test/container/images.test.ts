import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { assetURL } from "../../src/container/images";

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
