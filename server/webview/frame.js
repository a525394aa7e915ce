(() => {
  const tell = (message) => parent.postMessage(message, location.origin);
  let url;
  try {
    url = new URL(decodeURIComponent(location.hash.slice(1)));
  } catch {
    return tell({ t: "error", url: "" });
  }
  // The shell's own origin is nothing that a program may show.
  if (!/^https?:$/.test(url.protocol) || url.origin === location.origin)
    return tell({ t: "error", url: url.href });
  let refused = false;
  document.addEventListener("securitypolicyviolation", (event) => {
    if (event.effectiveDirective !== "frame-src") return;
    refused = true;
    tell({ t: "error", url: event.blockedURI });
  });
  const page = document.createElement("iframe");
  page.sandbox = "allow-scripts allow-same-origin allow-forms allow-popups allow-modals";
  page.referrerPolicy = "strict-origin-when-cross-origin";
  page.title = url.host;
  page.addEventListener("load", () => !refused && tell({ t: "load", url: url.href }));
  addEventListener("message", ({ source, data }) => {
    // Only the page itself speaks, and only in the words of its script.
    if (source === page.contentWindow && data?.teahouse === "miniProgram")
      tell({ t: "call", name: String(data.name), args: data.args });
  });
  page.src = url.href;
  document.body.append(page);
})();
