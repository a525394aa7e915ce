// Turns the output of `go test -bench` into lines of name, median, unit; a name begins with its
// package. Lines that already have this form are printed unchanged.
import { createInterface } from "node:readline";

const figures = new Map(); // "name\tunit" → values
let folder = "";

for await (const line of createInterface({ input: process.stdin })) {
  if (/^[\w./:=-]+\t[\d.eE+-]+\t\S+$/.test(line)) {
    console.log(line);
    continue;
  }
  const header = /^pkg: github\.com\/teahouse\/teahouse\/(\S+)$/.exec(line);
  if (header) folder = header[1];
  const match = /^Benchmark(\S+?)(?:-\d+)?\s+\d+\s+(.*)$/.exec(line);
  if (!match) {
    if (/^(FAIL|---|panic)/.test(line)) {
      console.error(line);
      process.exitCode = 1;
    }
    continue;
  }
  const parts = match[2].trim().split(/\s+/);
  for (let i = 0; i + 1 < parts.length; i += 2) {
    const key = `${folder}/${match[1]}\t${parts[i + 1]}`;
    figures.set(key, [...(figures.get(key) ?? []), Number(parts[i])]);
  }
}

for (const [key, values] of figures) {
  const [name, unit] = key.split("\t");
  const median = values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
  console.log(`${name}\t${median}\t${unit}`);
}
