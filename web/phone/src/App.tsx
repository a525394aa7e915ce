import type { JSX } from "preact";
import { lazy, Suspense } from "preact/compat";
import { useEffect, useState } from "preact/hooks";
import { ApiError } from "../../shared/api";
import { onLocaleChange } from "../../shared/i18n";
import { ErrorBlock } from "./kit/Feedback";
import { Overlays, toast } from "./kit/Overlays";
import { go } from "./nav/routes";
import { AuthPage } from "./screens/AuthPage";
import { Shell } from "./screens/Shell";
import { api } from "./services";
import { forgetCatalogue } from "./state/catalogue";
import { forgetDevice, startChats, stopChats } from "./state/chats";
import { session } from "./state/session";
import { useStore } from "./state/store";
import { startTitle } from "./state/title";
import { forgetWallet } from "./state/wallet";
import { t } from "./texts";

const SetUpSecondFactor = lazy(() =>
  import("./screens/security").then((module) => ({ default: module.SetUpSecondFactor })),
);

export function App(): JSX.Element {
  const state = useStore(session, (value) => value);
  const [failure, setFailure] = useState<ApiError | null>(null);
  const [, render] = useState(0);
  // Texts are read while rendering: a new language means a new rendering from the top.
  useEffect(() => onLocaleChange(() => render((count) => count + 1)), []);

  const restore = () => {
    setFailure(null);
    session.set({ status: "unknown" });
    api
      .restore()
      .then((user) => {
        if (user === null) session.set({ status: "out" });
      })
      .catch((reason: unknown) => {
        if (!(reason instanceof ApiError)) throw reason;
        setFailure(reason);
        session.set({ status: "unreachable" });
      });
  };
  useEffect(restore, []);

  const mustSetUp = state.status === "in" && state.mustSetUp;
  const userId = state.status === "in" && !mustSetUp ? state.user.id : null;
  useEffect(() => {
    if (userId === null) return;
    startChats();
    const stopTitle = startTitle();
    return () => {
      stopTitle();
      stopChats();
      // However the session ended, here or elsewhere: the next person must not see data of this one.
      forgetDevice();
      forgetWallet();
      forgetCatalogue();
      go("/", { replace: true });
    };
  }, [userId]);

  useEffect(() => {
    if (state.status === "out" && state.ended) toast(t("sessionEnded"));
  }, [state]);

  return (
    <>
      {mustSetUp && (
        <Suspense fallback={<main class="splash" aria-busy="true" />}>
          <SetUpSecondFactor />
        </Suspense>
      )}
      {state.status === "in" && !mustSetUp && <Shell key={state.user.id} />}
      {state.status === "out" && <AuthPage />}
      {state.status === "unreachable" && failure && (
        <main class="splash">
          <ErrorBlock error={failure} retry={restore} />
        </main>
      )}
      {state.status === "unknown" && (
        <main class="splash" aria-busy="true">
          <img src="/favicon.svg" alt="Teahouse" width={72} height={72} />
        </main>
      )}
      <Overlays />
    </>
  );
}
