import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ApiError } from "../../../../shared/api";
import { LOCALES, formatDate, locale, setLocale, type Locale } from "../../../../shared/i18n";
import { contrast, setContrast, setTheme, theme, type Theme } from "../../../../shared/theme";
import type { Grant, User } from "../../../../shared/types";
import { Avatar } from "../../kit/Avatar";
import { Cell, CellGroup, ChoiceCells, SwitchCell } from "../../kit/Cells";
import { Button, Empty, ErrorBlock, SkeletonRows, errorText } from "../../kit/Feedback";
import { Field } from "../../kit/Fields";
import { confirm, toast } from "../../kit/Overlays";
import { Page } from "../../kit/Page";
import { useLoad } from "../../kit/useLoad";
import { back } from "../../nav/routes";
import { api } from "../../services";
import { getGrants } from "../../state/catalogue";
import { currentUser, session } from "../../state/session";
import { useStore } from "../../state/store";
import { t } from "../../texts";

export { InvitationsPage } from "./InvitationsPage";

const themeName = (value: Theme): string =>
  ({ system: t("themeSystem"), light: t("themeLight"), dark: t("themeDark") })[value];

export function SettingsPage(): JSX.Element {
  const logOut = async () => {
    const sure = await confirm({
      title: t("logOutQuestion"),
      text: t("logOutText"),
      action: t("logOut"),
      danger: true,
    });
    if (!sure) return;
    try {
      await api.logOut();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      toast(errorText(error));
    }
  };
  return (
    <Page title={t("settings")} backTo="/me">
      <CellGroup>
        <Cell icon="me" tint="#10aeff" title={t("profile")} to="/profile" />
        <Cell icon="shield" tint="#07c160" title={t("security")} to="/settings/security" />
        <Cell icon="lock" tint="#1485ee" title={t("paymentPin")} to="/wallet/pin" />
      </CellGroup>
      <CellGroup>
        <Cell
          icon="language"
          tint="#07c160"
          title={t("language")}
          value={LOCALES[locale()]}
          to="/settings/language"
        />
        <Cell
          icon="appearance"
          tint="#6467f0"
          title={t("appearance")}
          value={themeName(theme())}
          to="/settings/appearance"
        />
      </CellGroup>
      <CellGroup>
        <Cell icon="shield" tint="#fa9d3b" title={t("permissions")} to="/settings/permissions" />
      </CellGroup>
      <CellGroup>
        <Cell title={t("logOut")} danger onClick={() => void logOut()} testid="log-out" />
      </CellGroup>
    </Page>
  );
}

export function AppearancePage(): JSX.Element {
  const [chosen, setChosen] = useState(theme());
  const [high, setHigh] = useState(contrast() === "high");
  return (
    <Page title={t("appearance")} backTo="/settings">
      <ChoiceCells
        title={t("theme")}
        value={chosen}
        options={(["system", "light", "dark"] as const).map((value) => ({
          value,
          label: themeName(value),
        }))}
        onChange={(value) => {
          setTheme(value);
          setChosen(value);
        }}
      />
      <CellGroup>
        <SwitchCell
          title={t("highContrast")}
          detail={t("highContrastDetail")}
          checked={high}
          onChange={(checked) => {
            setContrast(checked ? "high" : "normal");
            setHigh(checked);
          }}
        />
      </CellGroup>
    </Page>
  );
}

export function LanguagePage(): JSX.Element {
  const change = (value: Locale) => {
    setLocale(value);
    // The host writes to the user too: receipts, notices. If the host cannot be told, the setting here still changes.
    api.patch<User>("/me", { locale: value }).catch(() => undefined);
  };
  return (
    <Page title={t("language")} backTo="/settings">
      <ChoiceCells
        title={t("language")}
        value={locale()}
        options={(Object.keys(LOCALES) as Locale[]).map((value) => ({
          value,
          label: LOCALES[value],
        }))}
        onChange={change}
      />
    </Page>
  );
}

export function ProfilePage(): JSX.Element {
  const user = useStore(session, (state) => (state.status === "in" ? state.user : null));
  const [name, setName] = useState(user?.display_name ?? "");
  const [wrong, setWrong] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  if (!user)
    return (
      <Page title={t("profile")} backTo="/me">
        {null}
      </Page>
    );

  const save = async () => {
    if (!name.trim()) {
      setWrong(t("nameMissing"));
      return;
    }
    setBusy(true);
    setWrong(null);
    try {
      const changed = await api.patch<User>("/me", { display_name: name.trim() });
      if (currentUser()) session.set({ status: "in", user: changed, mustSetUp: false });
      toast(t("saved"), "check");
      back("/me");
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setWrong(errorText(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Page title={t("profile")} backTo="/me">
      <section class="profile-head centred">
        <Avatar name={user.display_name} url={user.avatar_url} size={72} />
      </section>
      <form
        class="plain-form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <Field
          label={t("displayName")}
          value={name}
          onValue={setName}
          error={wrong}
          maxLength={40}
          autocomplete="name"
        />
        <Button type="submit" class="wide" busy={busy} disabled={name.trim() === user.display_name}>
          {t("save")}
        </Button>
      </form>
      <dl class="facts">
        <div class="fact">
          <dt>{t("handle")}</dt>
          <dd>@{user.handle}</dd>
        </div>
        <div class="fact">
          <dt>{t("memberSince")}</dt>
          <dd>{formatDate(new Date(user.created_at))}</dd>
        </div>
      </dl>
    </Page>
  );
}

async function loadGrants(): Promise<Grant[][]> {
  const { items } = await getGrants();
  const byApp = new Map<string, Grant[]>();
  for (const grant of items) byApp.set(grant.app.id, [...(byApp.get(grant.app.id) ?? []), grant]);
  return [...byApp.values()];
}

const scopeName = (scope: string): string =>
  ({
    profile: t("scopeProfile"),
    login: t("scopeLogin"),
    payment: t("scopePayment"),
    subscribe: t("scopeSubscribe"),
    network: t("scopeNetwork"),
    message: t("scopeMessage"),
  })[scope] ?? scope;

export function PermissionsPage(): JSX.Element {
  const { value, error, reload } = useLoad("grants", loadGrants);
  const revoke = async (grant: Grant) => {
    const sure = await confirm({
      title: t("revokeQuestion", { scope: scopeName(grant.scope) }),
      text: t("revokeText", { app: grant.app.name }),
      action: t("revoke"),
      danger: true,
    });
    if (!sure) return;
    try {
      await api.delete(`/me/grants/${grant.app.id}/${encodeURIComponent(grant.scope)}`);
      toast(t("revoked"), "check");
      reload();
    } catch (refusal) {
      if (!(refusal instanceof ApiError)) throw refusal;
      toast(errorText(refusal));
    }
  };
  return (
    <Page title={t("permissions")} backTo="/settings">
      {error && !value ? (
        <ErrorBlock error={error} retry={reload} />
      ) : !value ? (
        <SkeletonRows count={4} />
      ) : value.length === 0 ? (
        <Empty icon="shield" text={t("noPermissions")} />
      ) : (
        value.map((grants) => {
          const { app } = grants[0]!;
          return (
            <section class="cells" key={app.id} aria-label={app.name} data-testid="grants">
              <div class="cells-box">
                <div class="cell">
                  <Avatar name={app.name} url={app.icon_url} size={36} round />
                  <span class="cell-main">
                    <strong class="cell-title" dir="auto">
                      {app.name}
                    </strong>
                  </span>
                </div>
                {grants.map((grant) => (
                  <div class="cell" key={grant.scope}>
                    <span class="cell-main">
                      <span class="cell-title">{scopeName(grant.scope)}</span>
                      <span class="cell-detail">
                        {t("allowedOn", { date: formatDate(new Date(grant.granted_at)) })}
                      </span>
                    </span>
                    <Button kind="plain" small onClick={() => void revoke(grant)}>
                      {t("revoke")}
                    </Button>
                  </div>
                ))}
              </div>
            </section>
          );
        })
      )}
      {value && value.length > 0 && <p class="cells-note">{t("permissionsNote")}</p>}
    </Page>
  );
}
