import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ApiError } from "../../../../shared/api";
import { formatDate, formatDateTime } from "../../../../shared/i18n";
import type { LoginSession, Page as ListPage, Security } from "../../../../shared/types";
import { Cell, CellGroup, SwitchCell } from "../../kit/Cells";
import { Button, ErrorBlock, SkeletonRows, errorText } from "../../kit/Feedback";
import { Field } from "../../kit/Fields";
import { confirm, toast } from "../../kit/Overlays";
import { Page } from "../../kit/Page";
import { useLoad } from "../../kit/useLoad";
import { back, go } from "../../nav/routes";
import { api } from "../../services";
import { forgetDevice } from "../../state/chats";
import { currentUser } from "../../state/session";
import { t } from "../../texts";
import { CodeField, FormError, Proof, useSending } from "./form";

export { FactorPage, SetUpSecondFactor } from "./SecondFactor";

const getSecurity = (signal: AbortSignal) => api.get<Security>("/me/security", undefined, signal);
const getSessions = (signal: AbortSignal) =>
  api.get<ListPage<LoginSession>>("/me/sessions", undefined, signal);

export function SecurityPage(): JSX.Element {
  const { value, error, reload } = useLoad("security", getSecurity);
  return (
    <Page title={t("security")} backTo="/settings">
      {error && !value ? (
        <ErrorBlock error={error} retry={reload} />
      ) : !value ? (
        <SkeletonRows count={4} />
      ) : (
        <>
          <CellGroup>
            <Cell
              icon="lock"
              tint="#1485ee"
              title={t("password")}
              value={
                value.password_changed_at
                  ? t("changedOn", { date: formatDate(new Date(value.password_changed_at)) })
                  : undefined
              }
              to="/settings/security/password"
            />
            <Cell
              icon="shield"
              tint="#07c160"
              title={t("secondFactor")}
              value={value.second_factor ? t("on") : t("off")}
              to="/settings/security/second-factor"
            />
          </CellGroup>
          <CellGroup>
            <Cell
              icon="phone"
              tint="#10aeff"
              title={t("devices")}
              to="/settings/security/devices"
              testid="devices"
            />
          </CellGroup>
          <CellGroup>
            <Cell title={t("closeAccount")} danger to="/settings/security/close" />
          </CellGroup>
        </>
      )}
    </Page>
  );
}

export function PasswordPage(): JSX.Element {
  const security = useLoad("security", getSecurity);
  const [old, setOld] = useState("");
  const [fresh, setFresh] = useState("");
  const [code, setCode] = useState("");
  const [keep, setKeep] = useState(false);
  const form = useSending(["old_password", "new_password", "code"]);
  const submit = () =>
    form.send(async () => {
      await api.post("/me/password", {
        old_password: old,
        new_password: fresh,
        code: code || undefined,
        keep_api_tokens: keep || undefined,
      });
      toast(t("passwordChanged"), "check");
      back("/settings/security");
    });
  const factor = security.value?.second_factor ?? false;
  return (
    <Page title={t("changePassword")} backTo="/settings/security">
      <form
        class="plain-form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        {/* For password managers: which account this is about. */}
        <input
          type="text"
          name="username"
          autocomplete="username"
          value={currentUser()?.handle}
          hidden
          readOnly
        />
        <Field
          label={t("passwordOld")}
          type="password"
          value={old}
          onValue={setOld}
          error={form.wrong.old_password ?? form.wrong.password}
          autocomplete="current-password"
          name="old_password"
        />
        <Field
          label={t("passwordNew")}
          type="password"
          value={fresh}
          onValue={setFresh}
          hint={t("passwordHint", { count: 8 })}
          error={form.wrong.new_password}
          autocomplete="new-password"
          name="new_password"
        />
        {factor && <CodeField value={code} onValue={setCode} error={form.wrong.code} />}
        <FormError text={form.refusal} />
        <Button type="submit" class="wide" busy={form.busy} disabled={!old || !fresh}>
          {t("changePassword")}
        </Button>
      </form>
      {(security.value?.api_tokens ?? 0) > 0 && (
        <CellGroup>
          <SwitchCell
            title={t("keepTokens")}
            detail={t("keepTokensDetail", { count: security.value?.api_tokens ?? 0 })}
            checked={keep}
            onChange={setKeep}
          />
        </CellGroup>
      )}
      <p class="cells-note">{t("passwordChangeNote")}</p>
    </Page>
  );
}

function deviceName(login: LoginSession): string {
  if (login.browser && login.system)
    return t("browserOn", { browser: login.browser, system: login.system });
  return login.browser || login.system || t("unknownDevice");
}

export function DevicesPage(): JSX.Element {
  const { value, error, reload } = useLoad("sessions", getSessions);
  const end = async (path: string, title: string, action: string) => {
    if (!(await confirm({ title, text: t("endSessionText"), action, danger: true }))) return;
    try {
      await api.delete(path);
      toast(t("deviceOut"), "check");
      reload();
    } catch (refusal) {
      if (!(refusal instanceof ApiError)) throw refusal;
      toast(errorText(refusal));
    }
  };
  return (
    <Page title={t("devices")} backTo="/settings/security">
      {error && !value ? (
        <ErrorBlock error={error} retry={reload} />
      ) : !value ? (
        <SkeletonRows count={4} />
      ) : (
        <>
          <CellGroup note={t("devicesNote")}>
            {value.items.map((login) => (
              <div class="cell tall" key={login.id} data-testid="session">
                <span class="cell-main">
                  <strong class="cell-title" dir="auto">
                    {deviceName(login)}
                    {login.new_device && <span class="session-new">{t("newDevice")}</span>}
                  </strong>
                  <span class="cell-detail">
                    {login.current
                      ? t("thisDevice")
                      : t("lastSeen", { at: formatDateTime(new Date(login.last_seen_at)) })}
                  </span>
                  <span class="cell-detail">
                    {t("firstSeen", {
                      ip: login.ip,
                      at: formatDateTime(new Date(login.created_at)),
                    })}
                  </span>
                </span>
                {!login.current && (
                  <Button
                    kind="plain"
                    small
                    onClick={() =>
                      void end(
                        `/me/sessions/${login.id}`,
                        t("endSessionQuestion", { device: deviceName(login) }),
                        t("endSession"),
                      )
                    }
                  >
                    {t("endSession")}
                  </Button>
                )}
              </div>
            ))}
          </CellGroup>
          {value.items.length > 1 && (
            <CellGroup>
              <Cell
                title={t("endOthers")}
                danger
                onClick={() => void end("/me/sessions", t("endOthersQuestion"), t("endOthers"))}
              />
            </CellGroup>
          )}
        </>
      )}
    </Page>
  );
}

export function CloseAccountPage(): JSX.Element {
  const security = useLoad("security", getSecurity);
  const close = async (proof: { password: string; code?: string }) => {
    const sure = await confirm({
      title: t("closeAccountQuestion"),
      text: t("closeAccountText"),
      action: t("closeAccount"),
      danger: true,
    });
    if (!sure) return;
    await api.post("/me/close", proof);
    forgetDevice();
    await api.logOut();
    go("/", { replace: true });
  };
  return (
    <Page title={t("closeAccount")} backTo="/settings/security">
      <ul class="security-points">
        <li>{t("closePointNow")}</li>
        <li>{t("closePointBack")}</li>
        <li>{t("closePointBooks")}</li>
      </ul>
      <Proof
        action={t("closeAccount")}
        code={security.value?.second_factor ?? false}
        danger
        send={close}
      />
    </Page>
  );
}
