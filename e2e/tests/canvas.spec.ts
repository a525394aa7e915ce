// Programs that draw: both interfaces of <canvas>, pictures of it, fingers on it, and an animation.
import { expect, test, type Page } from "@playwright/test";
import { device, logIn, miniPage, DEMO_PASSWORD } from "../phone.ts";
import { programOf, uploaded } from "../programs.ts";

const dana = { handle: "dana", password: DEMO_PASSWORD };

/** A page with a canvas of the newer interface, as `canvas` and `ctx`, and what it says. */
const drawing = (js: string) => `Page({
  data: { said: "" },
  say(said) { this.setData({ said: String(said) }); },
  onReady() {
    wx.createSelectorQuery().select("#c").fields({ node: true, size: true }).exec((res) => {
      const canvas = res[0].node, ctx = canvas.getContext("2d");
      this.canvas = canvas; this.ctx = ctx; this.size = res[0];
      ${js}
    });
  },
  touch(e) { const t = e.touches[0]; this.say("touch " + t.x + " " + t.y + " " + ("clientX" in t)); },
});`;

const WXML = `<canvas type="2d" id="c" class="c" aria-label="A chart" bindtouchstart="touch"></canvas>
<canvas canvas-id="old" class="c" bindtouchstart="touch"></canvas><image id="shot" src="{{shot}}" style="width:50px;height:30px"/>
<view id="ground" style="height:30px;background-image:url('{{ground}}')"/>
<view id="said">{{said}}</view>`;
const WXSS = ".c { width: 200px; height: 120px; margin: 10px; }";

const PAGES: Record<string, string> = {
  box: drawing(`ctx.fillStyle = "red"; ctx.fillRect(0, 0, 150, 75); this.say("drawn");`),
  old: `Page({ data: { said: "" }, onReady() {
    const ctx = wx.createCanvasContext("old");
    ctx.setFillStyle("red"); ctx.fillRect(20, 20, 80, 60); ctx.setFontSize(20); ctx.fillText("red box", 20, 110);
    ctx.draw();
    const more = wx.createCanvasContext("old");
    more.setFillStyle("blue"); more.fillRect(120, 20, 20, 20);
    more.drawImage("/dot.png", 150, 20, 20, 20);
    more.draw(true, () => this.setData({ said: "drawn" }));
  }, touch(e) { const t = e.touches[0]; this.setData({ said: "touch " + t.x + " " + t.y + " " + ("clientX" in t) }); } });`,
  actions: `Page({ data: { said: "" }, onReady() {
    const ctx = wx.createContext();
    ctx.beginPath(); ctx.arc(60, 60, 40, 0, 6.3); ctx.fill();
    wx.drawCanvas({ canvasId: "old", actions: ctx.getActions() });
    this.setData({ said: "drawn" });
  } });`,
  rings: `Page({ data: { rings: ["red", "blue"], said: "" },
    drawn(e) { this.setData({ said: this.data.said + e.detail + " " }); } });`,
  everything: drawing(`
    const { width, height } = this.size, ratio = 2;
    canvas.width = width * ratio; canvas.height = height * ratio; ctx.scale(ratio, ratio);
    const g = ctx.createLinearGradient(0, 0, 100, 0); g.addColorStop(0, "#f00"); g.addColorStop(1, "#00f");
    ctx.fillStyle = g; ctx.fillRect(0, 0, 100, 20);
    ctx.save(); ctx.beginPath(); ctx.arc(20, 50, 15, 0, 7); ctx.clip(); ctx.fillStyle = "lime"; ctx.fillRect(0, 30, 40, 40); ctx.restore();
    const p = canvas.createPath2D(); p.moveTo(60, 40); p.lineTo(90, 40); p.lineTo(75, 60); p.closePath(); ctx.fillStyle = "#808080"; ctx.fill(p);
    const off = wx.createOffscreenCanvas({ type: "2d", width: 10, height: 10 }), octx = off.getContext("2d");
    octx.fillStyle = "#ff8000"; octx.fillRect(0, 0, 10, 10); ctx.drawImage(off, 120, 40);
    ctx.setLineDash([5, 5]); ctx.lineWidth = 4; ctx.beginPath(); ctx.moveTo(100, 80); ctx.lineTo(180, 80); ctx.stroke();
    const data = ctx.createImageData(4, 4); data.data.fill(255); for (let i = 0; i < 64; i += 4) data.data[i] = data.data[i + 1] = 0;
    ctx.putImageData(data, 300, 20);
    ctx.globalCompositeOperation = "destination-out"; ctx.fillRect(0, 0, 10, 10); ctx.globalCompositeOperation = "source-over";
    const img = canvas.createImage();
    img.onload = () => { ctx.drawImage(img, 150, 90, 20, 20); this.say("picture " + img.width + "x" + img.height); };
    img.onerror = () => this.say("no picture");
    img.src = "/dot.png";`),
  file: drawing(`ctx.fillStyle = "#00ff00"; ctx.fillRect(0, 0, 300, 150);
    wx.canvasToTempFilePath({ canvas, destWidth: 100, destHeight: 50, success: (r) => this.setData({ shot: r.tempFilePath }), fail: (e) => this.say(e.errMsg) });
    wx.canvasGetImageData({ canvas, x: 0, y: 0, width: 300, height: 150, success: (r) =>
      this.say(r.data.length + " " + [...r.data.slice(-4)].join()), fail: (e) => this.say(e.errMsg) });`),
  address: drawing(`ctx.fillStyle = "#00ff00"; ctx.fillRect(0, 0, 300, 150);
    this.setData({ shot: canvas.toDataURL(), ground: canvas.toDataURL("image/jpeg", 0.5) });
    ctx.fillStyle = "#ff0000"; ctx.fillRect(0, 0, 300, 150);`),
  text: drawing(`const lines = ["The quick brown fox 0123456789", "AVATAR Wave To", "价格：12 元", "São Paulo", "W"];
    this.say(JSON.stringify(["14px sans-serif", "bold 30px sans-serif", "20px serif", "16px monospace"].flatMap((font) => {
      ctx.font = font; return lines.map((line) => [font, line, ctx.measureText(line).width]); })));`),
  clock: drawing(`let n = 0, first = 0;
    const step = (at) => {
      ctx.clearRect(0, 0, 300, 150); ctx.save(); ctx.translate(150, 75);
      for (let i = 0; i < 12; i++) { ctx.beginPath(); ctx.rotate(Math.PI / 6); ctx.moveTo(60, 0); ctx.lineTo(70, 0); ctx.stroke(); }
      ctx.rotate(at / 1000); ctx.beginPath(); ctx.moveTo(0, 0); ctx.lineTo(0, -60); ctx.stroke(); ctx.restore();
      if (++n === 1) first = Date.now();
      if (n === 121) { this.say("fps " + Math.round(120000 / (Date.now() - first))); return; }
      canvas.requestAnimationFrame(step);
    };
    canvas.requestAnimationFrame(step);`),
};

/** A component that draws on its canvas, and tells the colour of a point of it. */
const RING = `Component({ properties: { color: String }, lifetimes: { attached() {
  const ctx = wx.createCanvasContext("ring", this);
  ctx.setStrokeStyle(this.data.color); ctx.setLineWidth(10);
  ctx.beginPath(); ctx.arc(50, 50, 40, 0, 2 * Math.PI, true); ctx.stroke();
  ctx.draw(false, () => wx.canvasGetImageData({ canvasId: "ring", x: 90, y: 50, width: 1, height: 1,
    success: (r) => this.triggerEvent("drawn", [...r.data].join()) }, this));
} } });`;

/** A red point. */
const DOT = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==",
  "base64",
);

test.describe("programs that draw", () => {
  test.describe.configure({ mode: "default" });
  let page: Page;
  let link: string;
  test.beforeAll(async ({ browser }) => {
    const files: Record<string, string | Buffer> = {
      "app.js": "App({})",
      "app.json": JSON.stringify({
        pages: Object.keys(PAGES).map((name) => `pages/${name}/${name}`),
      }),
      "dot.png": DOT,
    };
    for (const [name, js] of Object.entries(PAGES)) {
      files[`pages/${name}/${name}.js`] = js;
      files[`pages/${name}/${name}.wxml`] = WXML;
      files[`pages/${name}/${name}.wxss`] = WXSS;
    }
    files["pages/rings/rings.json"] = JSON.stringify({ usingComponents: { ring: "/ring" } });
    files["pages/rings/rings.wxml"] =
      `<ring wx:for="{{rings}}" wx:key="*this" id="r{{item}}" color="{{item}}" binddrawn="drawn"/><view id="said">{{said}}</view>`;
    Object.assign(files, {
      "ring.js": RING,
      "ring.wxml": `<canvas canvas-id="ring" style="width:100px;height:100px"></canvas>`,
      "ring.json": `{"component": true}`,
    });
    link = (await uploaded(programOf(files), "Canvas")).link;
    page = await device(browser, { hasTouch: true });
    await logIn(page, dana);
  });
  test.afterAll(() => page.context().close());

  const open = async (name: string) => {
    await page.goto(`${link}&path=pages/${name}/${name}`);
    await expect(miniPage(page).locator("wx-canvas").first()).toBeVisible();
  };
  const said = () => miniPage(page).locator("#said");
  /** The colour of a point of a canvas, in CSS px from its corner. */
  const colour = (selector: string, x: number, y: number) =>
    miniPage(page)
      .locator(`${selector} > canvas`)
      .evaluate(
        (el: HTMLCanvasElement, [left, top]) => {
          const ratio = el.width / el.clientWidth;
          const point = el.getContext("2d")!.getImageData(left! * ratio, top! * ratio, 1, 1);
          return [...point.data].join();
        },
        [x, y],
      );

  test("a node of a query draws a red box on a quarter of the canvas", async () => {
    await open("box");
    await expect(said()).toHaveText("drawn");
    await expect.poll(() => colour("#c", 50, 30)).toBe("255,0,0,255");
    expect(await colour("#c", 110, 30)).toBe("0,0,0,0");
    await expect(miniPage(page).getByRole("img", { name: "A chart" })).toBeVisible();
  });

  test("the older interface draws in CSS px, with pictures by their address", async () => {
    await open("old");
    await expect(said()).toHaveText("drawn");
    await expect.poll(() => colour("[canvas-id=old]", 160, 30)).toBe("255,0,0,255");
    expect(await colour("[canvas-id=old]", 30, 30)).toBe("255,0,0,255");
    expect(await colour("[canvas-id=old]", 130, 30)).toBe("0,0,255,255");
    expect(await colour("[canvas-id=old]", 110, 30)).toBe("0,0,0,0");
    await open("actions");
    await expect.poll(() => colour("[canvas-id=old]", 60, 60)).toBe("0,0,0,255");
  });

  test("each of several components draws on its own canvas, and reads it", async () => {
    await open("rings");
    await expect(said()).toHaveText("255,0,0,255 0,0,255,255");
    expect(await colour("#rred wx-canvas", 50, 10)).toBe("255,0,0,255");
    expect(await colour("#rblue wx-canvas", 50, 10)).toBe("0,0,255,255");
  });

  test("gradients, clips, paths, pictures and points are where they belong", async () => {
    await open("everything");
    await expect(said()).toHaveText("picture 1x1");
    await expect.poll(() => colour("#c", 160, 100)).toBe("255,0,0,255");
    const [red = 0, , blue = 0] = (await colour("#c", 50, 10)).split(",").map(Number);
    expect(red).toBeGreaterThan(110);
    expect(blue).toBeGreaterThan(110);
    expect(await colour("#c", 20, 50)).toBe("0,255,0,255");
    expect(await colour("#c", 2, 32)).toBe("0,0,0,0");
    expect(await colour("#c", 75, 45)).toBe("128,128,128,255");
    expect(await colour("#c", 125, 45)).toBe("255,128,0,255");
    expect(await colour("#c", 102, 80)).toBe("0,0,0,255");
    expect(await colour("#c", 107, 80)).toBe("0,0,0,0");
    expect(await colour("#c", 151, 11)).toBe("0,0,255,255");
    expect(await colour("#c", 5, 5)).toBe("0,0,0,0");
  });

  test("a canvas becomes a file and points", async () => {
    await open("file");
    await expect(said()).toHaveText("180000 0,255,0,255");
    const shot = miniPage(page).locator("#shot img");
    await expect
      .poll(() => shot.evaluate((el: HTMLImageElement) => [el.naturalWidth, el.naturalHeight]))
      .toEqual([100, 50]);
  });

  test("an address of a canvas shows what was drawn when the program asked for it", async () => {
    await open("address");
    const shot = miniPage(page).locator("#shot img");
    await expect(shot).toHaveAttribute("src", /^data:image\/png;base64,/);
    const point = await shot.evaluate(async (img: HTMLImageElement) => {
      await img.decode();
      const ctx = new OffscreenCanvas(1, 1).getContext("2d")!;
      ctx.drawImage(img, 0, 0);
      return [img.naturalWidth, img.naturalHeight, ...ctx.getImageData(0, 0, 1, 1).data];
    });
    expect(point).toEqual([300, 150, 0, 255, 0, 255]);
    await expect(miniPage(page).locator("#ground")).toHaveCSS(
      "background-image",
      /^url\("data:image\/jpeg;base64,/,
    );
  });

  test("a finger has its place on the canvas", async () => {
    for (const selector of ["#c", "[canvas-id=old]"]) {
      await open("box");
      const canvas = miniPage(page).locator(selector);
      await canvas.tap({ position: { x: 30, y: 40 } });
      await expect(said()).toHaveText("touch 30 40 false");
    }
  });

  test("the host measures text as the browser does, within half a percent", async () => {
    await open("text");
    await expect(said()).not.toBeEmpty();
    const measured = JSON.parse((await said().textContent())!) as [string, string, number][];
    const there = await miniPage(page)
      .locator("#c > canvas")
      .evaluate((el: HTMLCanvasElement, list) => {
        const ctx = el.getContext("2d")!; // as the last drawing left it
        return list.map(([font, text]) => {
          ctx.font = font;
          return ctx.measureText(text).width;
        });
      }, measured);
    for (const [i, [font, text, width]] of measured.entries())
      expect(Math.abs(width / there[i]! - 1), `${font} ${text}: ${width} ${there[i]}`).toBeLessThan(
        0.005,
      );
  });

  test("an animation moves and tells its time", async () => {
    await open("clock");
    await expect(said()).toHaveText(/^fps \d+$/);
  });
});
