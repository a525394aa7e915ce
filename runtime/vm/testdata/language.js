// show writes a value so that two engines write it alike. It runs in Node and in mini programs.
function show(v) {
  if (v === null || v === undefined) return String(v);
  switch (typeof v) {
    case "string":
      return JSON.stringify(v);
    case "number":
      return Object.is(v, -0) ? "-0" : String(v);
    case "bigint":
      return `${v}n`;
    case "function":
      return "function";
    case "symbol":
      return "symbol";
    case "boolean":
      return String(v);
  }
  const kind = Object.prototype.toString.call(v).slice(8, -1);
  if (kind === "Date") return `Date(${v.getTime()})`;
  if (kind === "RegExp" || kind === "Error") return String(v);
  if (kind === "Boolean" || kind === "Number" || kind === "String") return `${kind}(${v.valueOf()})`;
  if (kind === "Map") return `Map(${show([...v])})`;
  if (kind === "Set") return `Set(${show([...v])})`;
  if (Array.isArray(v)) {
    const items = [];
    for (let i = 0; i < v.length; i++) items.push(i in v ? show(v[i]) : "hole");
    return `[${items.join(", ")}]`;
  }
  if (ArrayBuffer.isView(v) && kind !== "DataView") return `${kind}(${Array.from(v).map(show).join(", ")})`;
  return `{${Object.keys(v)
    .map((k) => `${k}: ${show(v[k])}`)
    .join(", ")}}`;
}

// value answers a case: what it is worth, or the kind of error that it throws.
async function value(fn) {
  try {
    return show(await fn());
  } catch (e) {
    return `throws ${e && e.name}`;
  }
}
