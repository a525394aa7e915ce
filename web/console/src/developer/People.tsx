// The members of an account and the testers of an app. All of them have accepted an invitation.

import { useMutation } from "@tanstack/react-query";
import { Button, Form, Input, Popconfirm, Select, Tag } from "antd";

import { useWholeList } from "../frame/lists";
import { notify } from "../frame/Notices";
import { api, queries } from "../frame/session";
import { Fault } from "../kit/Fault";
import { useSending } from "../kit/form";
import { When } from "../kit/Marks";
import { Loaded, Nothing, Panel, Screen } from "../kit/Screen";
import type { DevApp, Invitation, Member, MemberAccount, PersonRef, Tester } from "../wire";
import { t } from "./texts";

function Named({ of }: { of: Pick<PersonRef, "handle" | "display_name"> }) {
  return (
    <span>
      <bdi>{of.display_name || of.handle}</bdi> <span className="faint">@{of.handle}</span>
    </span>
  );
}

/** Removes something after a question, and asks for the list again. */
function Remove({ path, ask, label, list }: RemoveProps) {
  const removing = useMutation({
    mutationFn: () => api.delete<void>(path),
    onSuccess: () => queries.invalidateQueries({ queryKey: list }),
  });
  return (
    <>
      <Popconfirm title={ask} okText={label} onConfirm={() => removing.mutate()}>
        <Button size="small" danger loading={removing.isPending}>
          {label}
        </Button>
      </Popconfirm>
      {removing.error !== null && <Fault error={removing.error} />}
    </>
  );
}

interface RemoveProps {
  path: string;
  ask: string;
  label: string;
  list: string[];
}

interface InviteProps {
  path: string;
  list: string[];
  /** The roles to choose from; none for testers. */
  roles?: { value: string; label: string }[];
}

function Invite({ path, list, roles }: InviteProps) {
  const sending = useSending<{ handle: string; role?: string }>(async (values) => {
    await api.post<Invitation>(path, values);
    sending.reset();
    await queries.invalidateQueries({ queryKey: list });
    notify(t("invited"));
  });
  return (
    <div className="inset">
      <Form
        form={sending.form}
        layout="inline"
        colon={false}
        className="filters"
        requiredMark={false}
        onFinish={sending.send}
        initialValues={roles && { role: roles[0]?.value }}
      >
        <Form.Item
          name="handle"
          label={t("handle")}
          rules={[{ required: true, whitespace: true, message: t("required") }]}
        >
          <Input autoComplete="off" spellCheck={false} maxLength={64} />
        </Form.Item>
        {roles && (
          <Form.Item name="role" label={t("role")}>
            <Select options={roles} style={{ minInlineSize: 120 }} />
          </Form.Item>
        )}
        <Button type="primary" htmlType="submit" loading={sending.busy}>
          {t("invite")}
        </Button>
      </Form>
      {sending.error !== null && <Fault error={sending.error} />}
    </div>
  );
}

function Invited({ path, list }: { path: string; list: string[] }) {
  const open = useWholeList<Invitation>(list, path);
  if (!open.data?.length) return null;
  return (
    <ul className="people" aria-label={t("invitedPeople")}>
      {open.data.map((invitation) => (
        <li key={invitation.id}>
          <Named of={invitation.person} />
          <span className="row-end">
            <span className="faint">
              {t("invitationEnds")} <When at={invitation.expires_at} />
            </span>
            <Tag color="processing">{t("invitationOpen")}</Tag>
            <Remove
              path={`${path}/${invitation.id}`}
              ask={t("takeBackAsk")}
              label={t("takeBack")}
              list={list}
            />
          </span>
        </li>
      ))}
    </ul>
  );
}

export function Members({ account }: { account: MemberAccount }) {
  const base = `/dev/accounts/${account.id}`;
  const key = ["accounts", account.id, "members"];
  const invitations = ["accounts", account.id, "invitations"];
  const members = useWholeList<Member>(key, `${base}/members`);
  const owner = account.role === "owner";
  const roles = [
    { value: "developer", label: t("developer") },
    { value: "owner", label: t("owner") },
  ];
  const changing = useMutation({
    mutationFn: ({ member, role }: { member: Member; role: string }) =>
      api.put<void>(`${base}/members/${member.user_id}`, { role }),
    onSuccess: () => queries.invalidateQueries({ queryKey: key }),
  });
  return (
    <Panel title={t("members")} flush>
      {changing.error !== null && <Fault error={changing.error} />}
      <Loaded of={members} rows={1}>
        {(list) => (
          <ul className="people">
            {list.map((member) => (
              <li key={member.user_id}>
                <Named of={member} />
                <span className="row-end">
                  {owner ? (
                    <>
                      <Select
                        size="small"
                        aria-label={t("roleOf", { name: member.handle })}
                        value={member.role}
                        options={roles}
                        onChange={(role) => changing.mutate({ member, role })}
                      />
                      <Remove
                        path={`${base}/members/${member.user_id}`}
                        ask={t("removeMemberAsk", { name: member.handle })}
                        label={t("remove")}
                        list={key}
                      />
                    </>
                  ) : (
                    <Tag>{member.role === "owner" ? t("owner") : t("developer")}</Tag>
                  )}
                </span>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
      {owner && <Invite path={`${base}/invitations`} list={invitations} roles={roles} />}
      {owner && <Invited path={`${base}/invitations`} list={invitations} />}
    </Panel>
  );
}

export default function Testers({ app }: { app: DevApp }) {
  const base = `/dev/apps/${app.id}`;
  const key = ["app", app.id, "testers"];
  const invitations = ["app", app.id, "invitations"];
  const testers = useWholeList<Tester>(key, `${base}/testers`);
  return (
    <Screen title={t("testers")} lead={t("testersLead")} narrow>
      <Panel flush>
        <Loaded of={testers} rows={1}>
          {(list) =>
            list.length === 0 ? (
              <Nothing title={t("noTesters")} />
            ) : (
              <ul className="people">
                {list.map((tester) => (
                  <li key={tester.id}>
                    <Named of={tester} />
                    <span className="row-end">
                      <When at={tester.created_at} />
                      <Remove
                        path={`${base}/testers/${tester.id}`}
                        ask={t("removeTesterAsk", { name: tester.handle })}
                        label={t("remove")}
                        list={key}
                      />
                    </span>
                  </li>
                ))}
              </ul>
            )
          }
        </Loaded>
        <Invite path={`${base}/invitations`} list={invitations} />
        <Invited path={`${base}/invitations`} list={invitations} />
      </Panel>
    </Screen>
  );
}
