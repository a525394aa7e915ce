import { InboxOutlined } from "@ant-design/icons";
import { Button, Form, Input, Progress, Spin, type FormInstance } from "antd";
import { useRef, useState, type DragEvent } from "react";
import { Link, useLocation } from "wouter";

import { useList } from "../frame/lists";
import { queries } from "../frame/session";
import { upload } from "../frame/upload";
import { ListTable } from "../kit/DataTable";
import { Fault } from "../kit/Fault";
import { useSending } from "../kit/form";
import { bytes, Person, StateTag, When } from "../kit/Marks";
import { Nothing, Panel, Screen } from "../kit/Screen";
import type { DevApp, Version } from "../wire";
import { t } from "./texts";
import { UploadCommand } from "./UploadCommand";

/** The host refuses larger files; the developer is told before the upload, not after it. */
const MAX_BUNDLE_BYTES = 32 << 20;

export default function Versions({ app }: { app: DevApp }) {
  const list = useList<Version>(
    ["app", app.id, "versions", "list"],
    `/dev/apps/${app.id}/versions`,
  );
  return (
    <Screen title={t("versions")}>
      <Panel title={t("uploadTitle")}>
        <Upload app={app} newest={list.items[0]} />
        <div className="or-command">
          <span className="faint">{t("orCommand")}</span>
          <UploadCommand appId={app.id} />
        </div>
      </Panel>
      <Panel flush>
        <ListTable
          name={t("versions")}
          list={list}
          id={(row) => row.id}
          empty={<Nothing title={t("noVersions")} lead={t("noVersionsLead")} />}
          columns={[
            {
              title: t("version"),
              nowrap: true,
              cell: (row) => (
                <Link href={`/apps/${app.id}/versions/${row.id}`} className="strong">
                  <bdi>{row.version}</bdi>
                </Link>
              ),
            },
            { title: t("state"), nowrap: true, cell: (row) => <StateTag state={row.state} /> },
            {
              title: t("notes"),
              wide: true,
              cell: (row) => (
                <span dir="auto" className="clip">
                  {row.notes}
                </span>
              ),
            },
            { title: t("size"), align: "end", nowrap: true, cell: (row) => bytes(row.size) },
            { title: t("by"), nowrap: true, cell: (row) => <Person id={row.created_by} /> },
            { title: t("uploaded"), nowrap: true, cell: (row) => <When at={row.created_at} /> },
          ]}
        />
      </Panel>
    </Screen>
  );
}

interface Values {
  bundle: File | null;
  version: string;
  notes?: string;
}

function Upload({ app, newest }: { app: DevApp; newest: Version | undefined }) {
  const [, go] = useLocation();
  const [sent, setSent] = useState<number | null>(null);
  const sending = useSending<Values>(async ({ bundle, version, notes }) => {
    const form = new FormData();
    form.set("bundle", bundle!);
    form.set("version", version.trim());
    form.set("notes", notes?.trim() ?? "");
    setSent(0);
    try {
      const made = await upload<Version>(`/dev/apps/${app.id}/versions`, form, setSent);
      await queries.invalidateQueries({ queryKey: ["app", app.id, "versions"] });
      go(`/apps/${app.id}/versions/${made.id}`);
    } finally {
      setSent(null);
    }
  });
  return (
    <Form
      form={sending.form}
      layout="vertical"
      onFinish={sending.send}
      initialValues={{ bundle: null }}
    >
      <Form.Item
        name="bundle"
        label={t("bundle")}
        required
        rules={[{ validator: (_, file) => checkBundle(file) }]}
      >
        <BundleField form={sending.form} busy={sending.busy} />
      </Form.Item>
      <div className="upload-row">
        <Form.Item
          name="version"
          label={t("version")}
          rules={[{ required: true, message: t("required") }]}
        >
          <Input
            maxLength={64}
            placeholder={newest ? following(newest.version) : "1.0.0"}
            autoComplete="off"
          />
        </Form.Item>
        <Form.Item name="notes" label={t("notes")} className="grow">
          <Input maxLength={4000} placeholder={t("notesHint")} autoComplete="off" />
        </Form.Item>
        <Button type="primary" htmlType="submit" loading={sending.busy} className="beside-fields">
          {t("upload")}
        </Button>
      </div>
      {sent !== null && (
        <div className="upload-progress" role="status">
          <Progress percent={Math.round(sent * 100)} size="small" aria-label={t("uploading")} />
          {sent >= 1 && (
            <span className="faint">
              <Spin size="small" /> {t("compiling")}
            </span>
          )}
        </div>
      )}
      {sending.error !== null && <Fault error={sending.error} />}
    </Form>
  );
}

async function checkBundle(file: File | null): Promise<void> {
  if (!file) throw new Error(t("bundleMissing"));
  if (!/\.zip$/i.test(file.name)) throw new Error(t("bundleNotZip"));
  if (file.size > MAX_BUNDLE_BYTES) throw new Error(t("bundleTooLarge"));
}

/** "1.0.2" is probably followed by "1.0.3". */
function following(version: string): string {
  return version.replace(/\d+$/, (last) => (last.length > 6 ? last : String(Number(last) + 1)));
}

interface BundleProps {
  form: FormInstance<Values>;
  busy: boolean;
  id?: string;
  value?: File | null;
  onChange?: (file: File | null) => void;
}

/** A place to drop the zip. It contains an ordinary file field, for the keyboard and for phones. */
function BundleField({ busy, id, value, onChange }: BundleProps) {
  const [over, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const file = event.dataTransfer.files[0];
    if (file && !busy) onChange?.(file);
  };
  return (
    <div
      className={over ? "drop over" : "drop"}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <InboxOutlined aria-hidden className="drop-icon" />
      <div className="drop-text">
        {value ? (
          <strong>
            <bdi>{value.name}</bdi> <span className="faint">{bytes(value.size)}</span>
          </strong>
        ) : (
          <span className="faint">{t("bundleHint")}</span>
        )}
      </div>
      <Button disabled={busy} onClick={() => input.current?.click()} tabIndex={-1} aria-hidden>
        {t("bundleChoose")}
      </Button>
      <input
        ref={input}
        id={id}
        type="file"
        accept=".zip,application/zip"
        disabled={busy}
        className="drop-input"
        onChange={(event) => onChange?.(event.target.files?.[0] ?? null)}
      />
    </div>
  );
}
