import { render } from "preact";
import { lazy, Suspense } from "preact/compat";

const MiniProgram = lazy(() => import("./container").then((m) => ({ default: m.MiniProgram })));

render(
  <Suspense fallback={null}>
    <MiniProgram appId="" version="released" scene={1001} visible onExit={() => {}} />
  </Suspense>,
  document.getElementById("root")!,
);
