import type { JSX } from "preact";
import { Page } from "../../kit/Page";
import { back } from "../../nav/routes";
import { t } from "../../texts";
import { TopUpForm } from "./TopUpForm";

export function TopUpPage(): JSX.Element {
  return (
    <Page title={t("topUp")} backTo="/wallet">
      <TopUpForm onDone={() => back("/wallet")} />
    </Page>
  );
}
