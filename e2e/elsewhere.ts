// Another host: tiles of maps, and a web page that a mini program shows.
import { createServer, type Server } from "node:http";
import { deflateSync } from "node:zlib";

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  let crc = 0xffffffff;
  for (const byte of body) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  out.writeUInt32BE((crc ^ 0xffffffff) >>> 0, out.length - 4);
  return out;
}

/** A square of one colour. */
export function png(side: number, [red, green, blue]: [number, number, number]): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(side, 0);
  head.writeUInt32BE(side, 4);
  head.set([8, 2], 8);
  const row = [0, ...Array.from({ length: side }, () => [red, green, blue]).flat()];
  const rows = Buffer.from(Array.from({ length: side }, () => row).flat());
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", head),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

const page = (host: string) => `<!doctype html><title>A page from elsewhere</title>
<h1>Elsewhere</h1>
<script src="${host}/web-view/sdk.js"></script>
<button onclick="wx.miniProgram.postMessage({ data: { tea: 'green' } })">post</button>
<button onclick="wx.miniProgram.navigateTo({ url: '/pages/fields/fields' })">go</button>
<button onclick="localStorage.seen = '1'; document.title = localStorage.seen">store</button>
<a href="http://localhost:1/other">away</a>`;

/** Starts it; `host` is the address of the host under test. */
export async function startElsewhere(host: string): Promise<{ server: Server; authority: string }> {
  const tile = png(256, [200, 220, 200]);
  const server = createServer((request, answer) => {
    if (/^\/\d+\/\d+\/\d+\.png$/.test(request.url ?? "")) {
      answer.setHeader("content-type", "image/png");
      return answer.end(tile);
    }
    if (request.url !== "/page") return answer.writeHead(404).end();
    answer.setHeader("content-type", "text/html");
    answer.end(page(host));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return { server, authority: `127.0.0.1:${(server.address() as { port: number }).port}` };
}
