import { describe, expect, it } from "vitest";

const files = import.meta.glob<string>("../src/**/*.{ts,tsx}", {
  query: "?raw",
  import: "default",
  eager: true,
});

/** Keys that the code makes use of are keys of the dictionary by tsc; the other way only we can see. */
describe("texts", () => {
  for (const room of ["frame", "kit", "developer", "admin"]) {
    it(`of ${room} are all in use`, () => {
      const dictionary = files[`../src/${room}/texts.ts`]!;
      const keys = [...dictionary.matchAll(/^ {4}(\w+):/gm)].map((match) => match[1]!);
      const code = Object.entries(files)
        .filter(([name]) => name.startsWith(`../src/${room}/`) && !name.endsWith("texts.ts"))
        .map(([, text]) => text)
        .join("\n");
      const unused = [...new Set(keys)].filter((key) => !code.includes(`t("${key}"`));
      expect(unused).toEqual([]);
    });
  }

  it("stand nowhere in the pages themselves", () => {
    for (const [name, code] of Object.entries(files)) {
      if (!name.endsWith(".tsx")) continue;
      expect(code.match(/[\u4e00-\u9fff]/g) ?? [], name).toEqual(
        name.endsWith("Frame.tsx") ? ["中", "文"] : [],
      );
    }
  });
});
