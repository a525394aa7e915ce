// For pages that a mini program shows in a <web-view>: wx.miniProgram, as pages know it from the vendor's
// script. Load it in place of that one.
(() => {
  const inside = parent !== window;
  const call = (name, args, options) => {
    if (!inside) {
      const answer = { errMsg: name + ":fail the page is not in a mini program" };
      options?.fail?.(answer);
      options?.complete?.(answer);
      return;
    }
    parent.postMessage(
      { teahouse: "miniProgram", name, args: JSON.parse(JSON.stringify(args ?? {})) },
      "*",
    );
    const answer = { errMsg: name + ":ok" };
    options?.success?.(answer);
    options?.complete?.(answer);
  };
  const route =
    (name) =>
    (options = {}) =>
      call(name, { url: options.url, delta: options.delta }, options);
  const miniProgram = {
    navigateTo: route("navigateTo"),
    navigateBack: route("navigateBack"),
    redirectTo: route("redirectTo"),
    switchTab: route("switchTab"),
    reLaunch: route("reLaunch"),
    postMessage: (options = {}) => call("postMessage", { data: options.data }, options),
    getEnv: (callback) => callback?.({ miniprogram: inside }),
  };
  window.wx = Object.assign(window.wx ?? {}, { miniProgram });
  if (!inside) return;
  window.__wxjs_environment = "miniprogram";
  const title = () => call("title", { title: document.title });
  if (document.readyState === "complete") title();
  else addEventListener("load", title);
})();
