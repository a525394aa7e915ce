// Renders /openapi.json: a list of contents, one card per operation and schema, and a search over
// both. Text from the document only ever becomes text nodes.

let schemas = {}; // of the document, by name

const methods = ["get", "post", "put", "patch", "delete"];

function el(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) node.setAttribute(name, value);
  for (const child of children.flat(Infinity))
    if (child !== null && child !== undefined) node.append(child);
  return node;
}

const nameOf = (ref) => ref.split("/").pop();
const schemaLink = (name) => el("a", { href: "#schema-" + name }, name);

// typeOf describes a schema in a few words; references become links.
function typeOf(schema) {
  if (!schema || schema === true) return ["anything"];
  if (schema.$ref) return [schemaLink(nameOf(schema.$ref))];
  const types = [].concat(schema.type || (schema.properties ? "object" : "any"));
  const parts = [];
  for (const type of types) {
    if (parts.length) parts.push(" or ");
    if (type === "array") parts.push("list of ", ...typeOf(schema.items));
    else if (type === "object" && typeof schema.additionalProperties === "object")
      parts.push("map of ", ...typeOf(schema.additionalProperties));
    else parts.push(type);
  }
  if (schema.format) parts.push(` (${schema.format})`);
  if (schema.enum) parts.push(": " + schema.enum.join(" | "));
  return parts;
}

function limitsOf(schema) {
  const limits = [];
  if (!schema) return "";
  if (schema.minLength !== undefined) limits.push(`at least ${schema.minLength} characters`);
  if (schema.maxLength !== undefined) limits.push(`at most ${schema.maxLength} characters`);
  if (schema.minimum !== undefined) limits.push(`≥ ${schema.minimum}`);
  if (schema.maximum !== undefined) limits.push(`≤ ${schema.maximum}`);
  if (schema.maxItems !== undefined) limits.push(`at most ${schema.maxItems} items`);
  if (schema.pattern) limits.push(`matches ${schema.pattern}`);
  if (schema.default !== undefined) limits.push(`default ${JSON.stringify(schema.default)}`);
  return limits.join(", ");
}

function row(name, schema, required, description) {
  const about = [description || schema?.description, limitsOf(schema)].filter(Boolean).join(" — ");
  return el(
    "tr",
    {},
    el(
      "td",
      {},
      el("code", {}, name),
      required ? el("span", { class: "required" }, "required") : null,
    ),
    el("td", {}, typeOf(schema)),
    el("td", {}, about),
  );
}

// fieldsOf lists the fields of an object; a reference is followed once, so that a card can be read
// without leaving it.
function fieldsOf(schema) {
  if (!schema) return null;
  if (schema.$ref && schemas[nameOf(schema.$ref)]) {
    return [
      el("p", { class: "note" }, schemaLink(nameOf(schema.$ref))),
      fieldsOf(schemas[nameOf(schema.$ref)]),
    ];
  }
  if (!schema.properties) return el("p", { class: "note" }, typeOf(schema));
  const required = schema.required || [];
  return el(
    "table",
    {},
    Object.entries(schema.properties).map(([name, field]) =>
      row(name, field, required.includes(name)),
    ),
  );
}

function bodyOf(title, content, description) {
  const media = content && Object.entries(content)[0];
  if (!media)
    return description ? [el("h4", {}, title), el("p", { class: "note" }, description)] : [];
  return [el("h4", {}, `${title} · ${media[0]}`), fieldsOf(media[1].schema)];
}

function whoMay(operation) {
  const names = (operation.security || []).flatMap((alternative) =>
    Object.entries(alternative).map(([scheme, scopes]) =>
      scopes.length ? `${scheme} (${scopes.join(", ")})` : scheme,
    ),
  );
  return names.length ? names.join(" or ") : "anyone";
}

function operationCard(path, method, operation) {
  const id = operation.operationId || method + path;
  const parameters = operation.parameters || [];
  const responses = Object.entries(operation.responses || {});
  return el(
    "article",
    { id: "op-" + id },
    el(
      "h3",
      {},
      el("span", { class: "method " + method }, method),
      el("span", { class: "path" }, path),
      el("span", { class: "who" }, whoMay(operation)),
    ),
    el("p", {}, operation.summary || ""),
    operation.description ? el("p", { class: "note" }, operation.description) : null,
    parameters.length
      ? [
          el("h4", {}, "Parameters"),
          el(
            "table",
            {},
            parameters.map((p) => row(`${p.name} · ${p.in}`, p.schema, p.required, p.description)),
          ),
        ]
      : null,
    operation.requestBody ? bodyOf("Body", operation.requestBody.content) : null,
    responses
      .filter(([status]) => status !== "default")
      .map(([status, response]) =>
        bodyOf("Answer " + status, response.content, response.description),
      ),
  );
}

// byRoom groups operations by tag, or by the part of the path that names their room.
function byRoom(paths) {
  const rooms = new Map();
  for (const [path, item] of Object.entries(paths || {})) {
    for (const method of methods.filter((m) => item[m])) {
      const room = (
        (item[method].tags || [])[0] ||
        path.replace("/api/v1/", "").split("/").filter(Boolean)[0] ||
        "other"
      ).toLowerCase();
      if (!rooms.has(room)) rooms.set(room, []);
      rooms.get(room).push([path, method, item[method]]);
    }
  }
  return [...rooms].sort(([a], [b]) => a.localeCompare(b));
}

function render(spec) {
  schemas = spec.components.schemas || {};
  const contents = document.getElementById("contents");
  const reference = document.getElementById("reference");
  reference.replaceChildren(
    el("p", {}, spec.info.description || ""),
    el("p", { class: "note" }, "Version " + spec.info.version),
  );
  const entries = [];
  const add = (link, card, text) => {
    contents.append(link);
    reference.append(card);
    entries.push({ link, card, text: text.toLowerCase() });
  };
  const section = (title) => {
    contents.append(el("h2", {}, title));
    reference.append(el("h2", {}, title));
  };

  for (const [room, operations] of byRoom(spec.paths)) {
    section(room);
    for (const [path, method, operation] of operations) {
      const card = operationCard(path, method, operation);
      const link = el(
        "a",
        { href: "#" + card.id, title: path },
        el("span", { class: "method " + method }, method),
        el("span", {}, operation.summary || path),
      );
      add(
        link,
        card,
        [path, method, operation.summary, operation.description, operation.operationId].join(" "),
      );
    }
  }
  section("schemas");
  for (const [name, schema] of Object.entries(schemas)) {
    const card = el(
      "article",
      { id: "schema-" + name },
      el("h3", {}, name),
      schema.description ? el("p", { class: "note" }, schema.description) : null,
      fieldsOf(schema),
    );
    add(el("a", { href: "#schema-" + name }, el("span", {}, name)), card, name);
  }
  return entries;
}

function searchable(entries) {
  const search = document.getElementById("search");
  search.addEventListener("input", () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const { link, card, text } of entries) {
      const hidden = !words.every((word) => text.includes(word));
      link.hidden = hidden;
      card.hidden = hidden;
    }
    for (const heading of document.querySelectorAll("#contents h2, #reference > h2")) {
      let next = heading.nextElementSibling;
      let any = false;
      for (; next && next.tagName !== "H2"; next = next.nextElementSibling)
        any = any || !next.hidden;
      heading.hidden = !any;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && document.activeElement !== search) {
      event.preventDefault();
      search.focus();
    }
    if (event.key === "Escape") {
      search.value = "";
      search.dispatchEvent(new Event("input"));
    }
  });
}

fetch("/openapi.json")
  .then((answer) => {
    if (!answer.ok) throw new Error("HTTP " + answer.status);
    return answer.json();
  })
  .then((spec) => {
    searchable(render(spec));
    if (location.hash) location.replace(location.hash);
  })
  .catch((error) => {
    document
      .getElementById("reference")
      .replaceChildren(el("p", {}, "The document could not be loaded: " + error.message));
  });
