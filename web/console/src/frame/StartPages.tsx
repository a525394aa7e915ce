// Pages shown instead of the console: become a developer, no access, no answer from the host.

import { LockOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useState } from "react";

import type { ApiError } from "../../../shared/api";
import type { User } from "../../../shared/types";
import { Fault } from "../kit/Fault";
import { useTitle } from "./Frame";
import { api, becomeDeveloper, restoreSession } from "./session";
import { t } from "./texts";

export function BecomeDeveloper() {
  useTitle(t("notDeveloper"));
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  async function join() {
    setBusy(true);
    try {
      await becomeDeveloper();
    } catch (cause) {
      setError(cause);
      setBusy(false);
    }
  }
  return (
    <section className="start-page">
      <h1>{t("notDeveloper")}</h1>
      <p className="lead">{t("notDeveloperLead")}</p>
      <ol className="promises">
        <li>{t("notDeveloperOne")}</li>
        <li>{t("notDeveloperTwo")}</li>
        <li>{t("notDeveloperThree")}</li>
      </ol>
      {error !== null && <Fault error={error} />}
      <Button type="primary" size="large" block loading={busy} onClick={join}>
        {t("notDeveloper")}
      </Button>
    </section>
  );
}

export function NotAdministrator({ user }: { user: User }) {
  useTitle(t("notAdmin"));
  return (
    <section className="start-page">
      <LockOutlined aria-hidden className="start-page-icon" />
      <h1>{t("notAdmin")}</h1>
      <p className="lead">{t("notAdminLead", { name: user.display_name || user.handle })}</p>
      <Button type="primary" size="large" block onClick={() => void api.logOut()}>
        {t("someoneElse")}
      </Button>
      <p className="start-page-foot">
        <a href="/developer/">{t("toDeveloper")}</a> · <a href="/">{t("openChats")}</a>
      </p>
    </section>
  );
}

export function Unreachable({ error }: { error: ApiError }) {
  useTitle(t("unreachable"));
  return (
    <section className="start-page">
      <h1>{t("unreachable")}</h1>
      <Fault error={error} retry={() => void restoreSession()} />
    </section>
  );
}
