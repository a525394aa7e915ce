// Renders /openapi.json and the list of guides: contents, one card per operation and schema, and a
// search over all of it. Text from the document only ever becomes text nodes.

let schemas = {}; // of the document, by name
let answers = {}; // the refusals that operations share, by name

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

// exampleOf shows the example of a body, with a button that copies it.
function exampleOf(media) {
  if (media.example === undefined) return [];
  const text = JSON.stringify(media.example, null, 2);
  const copy = el("button", { type: "button", class: "copy" }, "Copy");
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text);
    copy.textContent = "Copied";
  });
  return el("details", {}, el("summary", {}, "Example"), copy, el("pre", { tabindex: "0" }, text));
}

function bodyOf(title, content, description) {
  const media = content && Object.entries(content)[0];
  if (!media)
    return description ? [el("h4", {}, title), el("p", { class: "note" }, description)] : [];
  return [el("h4", {}, `${title} · ${media[0]}`), fieldsOf(media[1].schema), exampleOf(media[1])];
}

// refusalsOf lists what an operation refuses with, and leads to the exact types.
function refusalsOf(operation) {
  const refusals = Object.entries(operation.responses || {}).filter(
    ([status]) => status.startsWith("4") || status.startsWith("5"),
  );
  const packages = (operation["x-errors"] || []).map((name) =>
    el("a", { href: "/docs/guides/errors#" + name.replaceAll("/", "") }, name),
  );
  return el(
    "details",
    {},
    el("summary", {}, "Errors"),
    el(
      "table",
      {},
      refusals.map(([status, { $ref, description }]) =>
        el(
          "tr",
          {},
          el("td", {}, el("code", {}, status)),
          el("td", {}, description || answers[nameOf($ref || "")]?.description || ""),
        ),
      ),
    ),
    packages.length
      ? el(
          "p",
          { class: "note" },
          "All types, and what they say: ",
          packages.flatMap((r, i) => (i ? [", ", r] : [r])),
        )
      : null,
  );
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
      .filter(([status]) => status.startsWith("2"))
      .map(([status, response]) =>
        bodyOf("Answer " + status, response.content, response.description),
      ),
    refusalsOf(operation),
  );
}

// bySection groups operations by their section, in the order of the document.
function bySection(spec) {
  const sections = new Map((spec.tags || []).map(({ name }) => [name, []]));
  for (const [path, item] of Object.entries(spec.paths || {})) {
    for (const method of methods.filter((m) => item[m])) {
      const section = (item[method].tags || [])[0] || "Other";
      if (!sections.has(section)) sections.set(section, []);
      sections.get(section).push([path, method, item[method]]);
    }
  }
  return [...sections];
}

function render(spec, guides) {
  schemas = spec.components.schemas || {};
  answers = spec.components.responses || {};
  const about = Object.fromEntries((spec.tags || []).map((tag) => [tag.name, tag.description]));
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
    reference.append(el("h2", { id: "section-" + title.replaceAll(" ", "-") }, title));
    if (about[title]) reference.append(el("p", { class: "note" }, about[title]));
  };

  section("Guides");
  const seen = new Set();
  for (const { guide, title, url, text } of guides) {
    // A guide stands in the list; its parts show when they are searched for.
    const part = seen.has(guide);
    seen.add(guide);
    const card = el(
      "p",
      { class: "found" },
      el("a", { href: url }, part ? `${guide}: ${title}` : guide),
    );
    const link = el("a", { href: url }, el("span", {}, part ? `${guide}: ${title}` : guide));
    if (part) card.dataset.part = link.dataset.part = "";
    add(link, card, [guide, title, text].join(" "));
  }

  for (const [name, operations] of bySection(spec)) {
    section(name);
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
  section("Schemas");
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
      const part = "part" in card.dataset && words.length === 0;
      const hidden = part || !words.every((word) => text.includes(word));
      link.hidden = hidden;
      card.hidden = hidden;
    }
    for (const heading of document.querySelectorAll("#contents h2, #reference > h2")) {
      let next = heading.nextElementSibling;
      let any = false;
      let about = null;
      for (; next && next.tagName !== "H2"; next = next.nextElementSibling) {
        if (next.classList.contains("note")) about = next;
        else any = any || !next.hidden;
      }
      heading.hidden = !any;
      if (about) about.hidden = !any;
    }
  });
  search.value = new URLSearchParams(location.search).get("q") || "";
  search.dispatchEvent(new Event("input"));
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

async function load(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error("HTTP " + answer.status);
  return answer.json();
}

Promise.all([load("/openapi.json"), load("/docs/guides.json")])
  .then(([spec, { sections }]) => {
    searchable(render(spec, sections));
    if (location.hash) location.replace(location.hash);
  })
  .catch((error) => {
    document
      .getElementById("reference")
      .replaceChildren(el("p", {}, "The document could not be loaded: " + error.message));
  });
