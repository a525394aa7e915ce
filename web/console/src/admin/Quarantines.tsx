// Versions that are paused because their sandbox kept ending, with the evidence, and their release.

import { Button, Form, Input, Tag } from "antd";
import { useEffect, useState, type ReactNode } from "react";

import { useAddress } from "../frame/address";
import { FilterButtons } from "../frame/Filters";
import { notify } from "../frame/Notices";
import { api, queries } from "../frame/session";
import { ListTable } from "../kit/DataTable";
import { Deaths } from "../kit/Deaths";
import { FormDialog } from "../kit/FormDialog";
import { useSending } from "../kit/form";
import { Name, Named, When } from "../kit/Marks";
import { Facts, Nothing, Panel, Screen } from "../kit/Screen";
import type { Quarantine } from "../wire";
import { useQuarantines } from "./data";
import { t } from "./texts";

type State = Quarantine["state"];

const COLOURS: Record<State, string> = {
  active: "warning",
  expired: "default",
  released: "success",
};

function states(): Record<State, string> {
  return { active: t("statePaused"), expired: t("stateOver"), released: t("stateFreed") };
}

export default function Quarantines() {
  const shown = (useAddress().get("state") || "active") as State | "all";
  const list = useQuarantines(shown === "all" ? undefined : shown);
  const [subject, setSubject] = useState<Quarantine | null>(null);
  return (
    <Screen title={t("quarantines")} lead={t("quarantinesLead")}>
      <div className="filters">
        <FilterButtons
          of="state"
          label={t("state")}
          value={shown}
          options={[...Object.entries(states()), ["all", t("all")]]}
        />
      </div>
      <Panel flush>
        <ListTable
          name={t("quarantines")}
          list={list}
          id={(row) => row.id}
          empty={
            shown === "active" ? (
              <Nothing title={t("nonePaused")} lead={t("nonePausedLead")} />
            ) : (
              <Nothing title={t("noneInState")} />
            )
          }
          detail={(row) => <Evidence of={row} />}
          columns={[
            {
              title: t("app"),
              wide: true,
              cell: (row) => (
                <Named url={row.app.icon_url} name={row.app.name} below={row.app.account.name}>
                  <strong dir="auto">{row.app.name}</strong>
                </Named>
              ),
            },
            { title: t("version"), nowrap: true, cell: (row) => <bdi>{row.version}</bdi> },
            {
              title: t("state"),
              nowrap: true,
              cell: (row) => <Tag color={COLOURS[row.state]}>{states()[row.state]}</Tag>,
            },
            { title: t("pausedSince"), nowrap: true, cell: (row) => <When at={row.since} /> },
            { title: t("pausedUntil"), nowrap: true, cell: (row) => <When at={row.until} /> },
            {
              title: "",
              nowrap: true,
              cell: (row) =>
                row.state === "active" && (
                  <Button size="small" onClick={() => setSubject(row)}>
                    {t("free")}
                  </Button>
                ),
            },
          ]}
        />
      </Panel>
      <Releasing subject={subject} onClose={() => setSubject(null)} />
    </Screen>
  );
}

function Evidence({ of }: { of: Quarantine }) {
  return (
    <>
      <Facts
        of={[
          [t("pausedUntil"), <When key="until" at={of.until} exact />],
          [t("machine"), of.host],
          ...(of.released_by
            ? ([
                [
                  t("releasedBy"),
                  <span key="by">
                    <Name of={of.released_by} /> · <When at={of.released_at} />
                  </span>,
                ],
                [t("releaseReason"), of.release_reason],
              ] as [string, ReactNode][])
            : []),
        ]}
      />
      <h3 className="face-title">{t("ends")}</h3>
      <Deaths of={of.deaths} />
    </>
  );
}

function Releasing({ subject, onClose }: { subject: Quarantine | null; onClose: () => void }) {
  // While the dialog fades out it still shows its last text.
  const [shown, setShown] = useState(subject);
  useEffect(() => {
    if (subject) setShown(subject);
  }, [subject]);
  const sending = useSending<{ reason: string }>(async ({ reason }) => {
    if (!shown) return;
    await api.post<Quarantine>(`/admin/quarantines/${shown.id}/release`, {
      reason: reason.trim(),
    });
    await Promise.all(
      [["quarantines"], ["audit"]].map((queryKey) => queries.invalidateQueries({ queryKey })),
    );
    onClose();
    notify(t("freed"));
  });
  const version = shown ? `${shown.app.name} ${shown.version}` : "";
  return (
    <FormDialog
      open={subject !== null}
      title={t("freeTitle", { version })}
      action={t("free")}
      lead={t("freeAppLead")}
      sending={sending}
      onClose={onClose}
    >
      <Form.Item
        name="reason"
        label={t("freeReason")}
        rules={[{ required: true, whitespace: true, message: t("required") }]}
      >
        <Input.TextArea maxLength={1000} autoSize={{ minRows: 2, maxRows: 6 }} />
      </Form.Item>
    </FormDialog>
  );
}
