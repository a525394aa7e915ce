import { describe, expect, it } from "vitest";

import { highlight } from "../src/kit/highlight";
import { manifestOf, placeText, sourceOf, treeOf } from "../src/kit/tree";

const file = (path: string) => ({ path, size: 1 });

describe("the tree of files", () => {
  it("has folders, each with its own files in order", () => {
    const tree = treeOf(["pages/b/b.js", "app.json", "pages/a/a.wxml", "app.js"].map(file));
    expect(tree.files.map((f) => f.path)).toEqual(["app.js", "app.json"]);
    expect(tree.folders.map((f) => f.path)).toEqual(["pages"]);
    expect(tree.folders[0]!.folders.map((f) => f.path)).toEqual(["pages/a", "pages/b"]);
    expect(tree.folders[0]!.folders[1]!.files.map((f) => f.path)).toEqual(["pages/b/b.js"]);
  });

  it("knows where the program of a project has its app.json", () => {
    const packages = ["node_modules/a/app.json", "miniprogram_npm/app.json"];
    expect(manifestOf([...packages, "project.config.json", "src/app.json"].map(file))).toBe(
      "src/app.json",
    );
    expect(manifestOf(["examples/app.json", "app.json"].map(file))).toBe("app.json");
    expect(manifestOf(packages.map(file))).toBeUndefined();
  });

  it("finds what a program that ran names from the folder of its app.json", () => {
    const files = ["src/app.json", "src/pages/a/a.ts", "project.config.json"].map(file);
    expect(sourceOf(files, "pages/a/a.ts")).toBe("src/pages/a/a.ts");
    expect(sourceOf(files, "src/pages/a/a.ts")).toBe("src/pages/a/a.ts");
    expect(sourceOf(files, "project.config.json")).toBe("project.config.json");
    expect(sourceOf(files, "miniprogram_npm/a/index.js")).toBe("miniprogram_npm/a/index.js");
    expect(sourceOf(["app.json", "app.js"].map(file), "app.js")).toBe("app.js");
  });

  it("writes places as tools do", () => {
    expect(placeText("app.js", 3, 7)).toBe("app.js:3:7");
    expect(placeText("app.js", 3)).toBe("app.js:3");
    expect(placeText("app.js", 0, 7)).toBe("app.js");
  });
});

describe("colouring", () => {
  const sources: [string, string][] = [
    [
      "a.js",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source to colour
      "const a = 'it\\'s' // it is\n/* two\nlines */ wx.login({ n: 0x1f })\nlet x = `a${b}`",
    ],
    ["a.wxml", '<view wx:if="{{a}}" class="b">{{c}} <!-- two\nlines --> text</view>'],
    ["a.wxss", "@import 'b';\n.a { color: #fff; /* two\nlines */ width: 10rpx }"],
    ["a.json", '{"a": [1.5, true, "b\\"c"]}'],
    ["a.txt", "<not> 'coloured'"],
  ];

  it("changes no character", () => {
    for (const [path, text] of sources) {
      const lines = text.split("\n");
      const back = highlight(path, lines).map((tokens) =>
        tokens.map((token) => token.text).join(""),
      );
      expect(back, path).toEqual(lines);
    }
  });

  it("keeps a comment open across lines, and no longer", () => {
    const kinds = highlight("a.js", ["/* one", "if (a)", "*/ if (b)"]).map((tokens) =>
      tokens.map((t) => t.kind),
    );
    expect(kinds[0]).toEqual(["comment"]);
    expect(kinds[1]).toEqual(["comment"]);
    expect(kinds[2]!.slice(0, 1)).toEqual(["comment"]);
    expect(kinds[2]).toContain("keyword");
  });

  it("takes a string for a string when it holds a comment's mark", () => {
    const [tokens] = highlight("a.js", ["fetch('https://x/*')"]);
    expect(tokens!.find((t) => t.kind === "comment")).toBeUndefined();
  });
});
