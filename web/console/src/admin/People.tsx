import { Button, Form, Input, Select, Tag } from "antd";
import { useEffect, useState } from "react";

import { useAddress } from "../frame/address";
import { SearchField } from "../frame/Filters";
import { notify } from "../frame/Notices";
import { useList } from "../frame/lists";
import { api, queries, useSession } from "../frame/session";
import { ListTable } from "../kit/DataTable";
import { FormDialog } from "../kit/FormDialog";
import { useSending } from "../kit/form";
import { Icon, When } from "../kit/Marks";
import { Facts, Nothing, Panel, Screen } from "../kit/Screen";
import type { Person } from "../wire";
import { t } from "./texts";

type Action = "suspend" | "reopen" | "roles" | "reset";

interface Subject {
  person: Person;
  action: Action;
}

export default function People() {
  const address = useAddress();
  const wanted = {
    query: address.get("query"),
    state: address.get("state"),
    role: address.get("role"),
  };
  const [subject, setSubject] = useState<Subject | null>(null);
  const list = useList<Person>(["people"], "/admin/people", wanted);
  return (
    <Screen title={t("people")} lead={t("peopleLead")}>
      <div className="filters people-filters">
        <SearchField label={t("search")} hint={t("peopleHint")} />
        <Select
          aria-label={t("state")}
          value={wanted.state}
          onChange={(state) => address.set({ state })}
          options={[
            { value: "", label: t("allStates") },
            ...(["open", "suspended", "closed", "erased"] as const).map((state) => ({
              value: state,
              label: stateOf(state),
            })),
          ]}
        />
        <Select
          aria-label={t("roles")}
          value={wanted.role}
          onChange={(role) => address.set({ role })}
          options={[
            { value: "", label: t("allRoles") },
            { value: "developer", label: t("roleDeveloper") },
            { value: "admin", label: t("roleAdmin") },
          ]}
        />
      </div>
      <Panel flush>
        <ListTable
          name={t("people")}
          list={list}
          id={(row) => row.id}
          empty={<Nothing title={t("noPeople")} />}
          detail={(row) => (
            <Detail of={row} onAction={(action) => setSubject({ person: row, action })} />
          )}
          columns={[
            {
              title: t("name"),
              wide: true,
              cell: (row) => (
                <span className="with-icon">
                  <Icon url={row.avatar_url} name={row.display_name || row.handle} size={28} />
                  <span>
                    <strong dir="auto">{row.display_name || t("stateErased")}</strong>
                    <div className="faint">{row.state === "erased" ? "" : `@${row.handle}`}</div>
                  </span>
                </span>
              ),
            },
            { title: t("roles"), nowrap: true, cell: (row) => <Roles of={row} /> },
            {
              title: t("state"),
              nowrap: true,
              cell: (row) => (
                <Tag color={row.state === "open" ? "success" : "warning"}>{stateOf(row.state)}</Tag>
              ),
            },
            {
              title: t("secondFactor"),
              nowrap: true,
              cell: (row) => (row.second_factor ? t("yes") : t("no")),
            },
            {
              title: t("lastSeen"),
              nowrap: true,
              cell: (row) => <When at={row.last_seen_at} />,
            },
          ]}
        />
      </Panel>
      <Doing subject={subject} onClose={() => setSubject(null)} />
    </Screen>
  );
}

function stateOf(state: Person["state"]): string {
  switch (state) {
    case "open":
      return t("stateOpen");
    case "suspended":
      return t("stateSuspended");
    case "closed":
      return t("stateClosed");
    case "erased":
      return t("stateErased");
  }
}

function Roles({ of }: { of: Person }) {
  return (
    <>
      {of.roles.includes("admin") && <Tag color="processing">{t("roleAdmin")}</Tag>}
      {of.roles.includes("developer") && <Tag>{t("roleDeveloper")}</Tag>}
    </>
  );
}

function Detail({ of, onAction }: { of: Person; onAction: (action: Action) => void }) {
  const session = useSession();
  const self = session.status === "in" && session.user.id === of.id;
  return (
    <>
      <Facts
        of={[
          [t("memberSince"), <When key="since" at={of.created_at} exact />],
          [t("openSessions"), of.sessions],
          ...(of.state_since
            ? ([[stateOf(of.state), <When key="state" at={of.state_since} exact />]] as [
                string,
                React.ReactNode,
              ][])
            : []),
          ...(of.reason
            ? ([
                [
                  t("lastReason"),
                  <span key="reason" dir="auto">
                    {of.reason}
                  </span>,
                ],
              ] as [string, React.ReactNode][])
            : []),
        ]}
      />
      {of.state !== "erased" && (
        <div className="deeds">
          <Button size="small" onClick={() => onAction("roles")}>
            {t("changeRoles")}
          </Button>
          {of.second_factor && !self && (
            <Button size="small" onClick={() => onAction("reset")}>
              {t("resetFactor")}
            </Button>
          )}
          {of.state !== "open" && (
            <Button size="small" onClick={() => onAction("reopen")}>
              {t("reopen")}
            </Button>
          )}
          {of.state !== "suspended" && !self && (
            <Button size="small" danger onClick={() => onAction("suspend")}>
              {t("suspend")}
            </Button>
          )}
          <Button size="small" type="link" href={`/admin/audit?target=user:${of.id}`}>
            {t("inAudit")}
          </Button>
        </div>
      )}
    </>
  );
}

interface Values {
  roles?: string[];
  reason: string;
}

function Doing({ subject, onClose }: { subject: Subject | null; onClose: () => void }) {
  // While the dialog fades out it still shows its last text.
  const [shown, setShown] = useState(subject);
  useEffect(() => {
    if (subject) setShown(subject);
  }, [subject]);
  const sending = useSending<Values>(async ({ roles, reason }) => {
    if (!shown) return;
    const path = `/admin/people/${shown.person.id}`;
    const body = { reason: reason.trim() };
    if (shown.action === "roles") await api.put(`${path}/roles`, { ...body, roles: roles ?? [] });
    else if (shown.action === "reset") await api.post(`${path}/second-factor/reset`, body);
    else await api.post(`${path}/${shown.action}`, body);
    await Promise.all(
      [["people"], ["audit"]].map((queryKey) => queries.invalidateQueries({ queryKey })),
    );
    onClose();
    notify(t("done"));
  });
  const name = shown ? shown.person.display_name || shown.person.handle : "";
  const words = shown && wordsOf(shown.action, name);
  return (
    <FormDialog
      open={subject !== null}
      title={words?.title}
      action={words?.action}
      danger={shown?.action === "suspend"}
      lead={words?.lead}
      sending={sending}
      initialValues={{ roles: shown?.person.roles.filter((role) => role !== "user") }}
      onClose={onClose}
    >
      {shown?.action === "roles" && (
        <Form.Item name="roles" label={t("roles")}>
          <Select
            mode="multiple"
            options={[
              { value: "developer", label: t("roleDeveloper") },
              { value: "admin", label: t("roleAdmin") },
            ]}
          />
        </Form.Item>
      )}
      <Form.Item
        name="reason"
        label={t("takeDownReason")}
        rules={[{ required: true, whitespace: true, message: t("required") }]}
      >
        <Input.TextArea maxLength={500} autoSize={{ minRows: 2, maxRows: 6 }} />
      </Form.Item>
    </FormDialog>
  );
}

function wordsOf(action: Action, name: string): { title: string; lead: string; action: string } {
  switch (action) {
    case "suspend":
      return { title: t("suspendTitle", { name }), lead: t("suspendLead"), action: t("suspend") };
    case "reopen":
      return { title: t("reopenTitle", { name }), lead: t("reopenLead"), action: t("reopen") };
    case "roles":
      return { title: t("rolesTitle", { name }), lead: t("rolesLead"), action: t("changeRoles") };
    case "reset":
      return { title: t("resetTitle", { name }), lead: t("resetLead"), action: t("resetFactor") };
  }
}
