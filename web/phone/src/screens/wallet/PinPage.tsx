import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { toast } from "../../kit/Overlays";
import { Page } from "../../kit/Page";
import { back } from "../../nav/routes";
import { session } from "../../state/session";
import { useStore } from "../../state/store";
import { t } from "../../texts";
import { PinSetup } from "./PinSetup";

export function PinPage(): JSX.Element {
  const hasPin = useStore(session, (state) => state.status === "in" && state.user.has_pin);
  const [title] = useState(hasPin ? t("changePin") : t("setPin"));
  const saved = () => {
    toast(t("pinSaved"), "check");
    back("/wallet");
  };
  return (
    <Page title={title} backTo="/wallet" fill>
      <PinSetup onDone={saved} />
    </Page>
  );
}
