// What the compiler and the check said about a version.

import { Checkbox, Tag } from "antd";
import { useState } from "react";

import type { ApiUse, Diagnostic } from "../wire";
import { DataTable } from "./DataTable";
import { Nothing } from "./Screen";
import { PlaceLink } from "./Source";
import { t } from "./texts";

export function Diagnostics({ of }: { of: Diagnostic[] }) {
  const errorsFirst = [...of].sort(
    (a, b) => Number(b.severity === "error") - Number(a.severity === "error"),
  );
  return (
    <DataTable
      name={t("diagnostics")}
      rows={errorsFirst.map((diagnostic, index) => ({ ...diagnostic, index }))}
      id={(row) => row.index}
      empty={<Nothing title={t("noDiagnostics")} />}
      columns={[
        {
          title: t("severity"),
          nowrap: true,
          cell: ({ severity }) =>
            severity === "error" ? (
              <Tag color="error">{t("error")}</Tag>
            ) : (
              <Tag color="warning">{t("warning")}</Tag>
            ),
        },
        {
          title: t("message"),
          wide: true,
          cell: ({ message, code }) => (
            <>
              <span dir="auto">{message}</span> <code className="faint">{code}</code>
            </>
          ),
        },
        {
          title: t("place"),
          cell: (row) => <PlaceLink file={row.file} line={row.line} column={row.column} />,
        },
      ]}
    />
  );
}

export function Apis({ of }: { of: ApiUse[] }) {
  const [onlyMissing, setOnlyMissing] = useState(false);
  const missing = of.filter((use) => !use.supported);
  const rows = onlyMissing ? missing : [...missing, ...of.filter((use) => use.supported)];
  return (
    <>
      {missing.length > 0 && (
        <p className="note">
          <Checkbox
            checked={onlyMissing}
            onChange={(event) => setOnlyMissing(event.target.checked)}
          >
            {t("onlyUnsupported")} ({missing.length})
          </Checkbox>
        </p>
      )}
      <DataTable
        name={t("apis")}
        rows={rows}
        id={(row) => row.name}
        empty={<Nothing title={t("noApis")} />}
        columns={[
          { title: t("api"), wide: true, cell: ({ name }) => <code>wx.{name}</code> },
          {
            title: t("support"),
            nowrap: true,
            cell: ({ supported }) =>
              supported ? (
                <Tag color="success">{t("supported")}</Tag>
              ) : (
                <Tag color="error">{t("unsupported")}</Tag>
              ),
          },
          { title: t("firstUse"), cell: ({ file, line }) => <PlaceLink file={file} line={line} /> },
        ]}
      />
    </>
  );
}
