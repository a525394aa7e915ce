// A table of rows, with the states that a list can be in. It is a plain table: screen readers know
// it, and it costs a tenth of a component.

import { DownOutlined, RightOutlined } from "@ant-design/icons";
import { Button, Skeleton } from "antd";
import { Fragment, useState, type CSSProperties, type ReactNode } from "react";

import { Fault } from "./Fault";
import { Nothing } from "./Screen";
import { t } from "./texts";

export interface Column<T> {
  title: string;
  cell: (row: T) => ReactNode;
  align?: "end";
  /** This column takes the remaining width; several share it. */
  wide?: boolean;
  nowrap?: boolean;
}

interface TableProps<T> {
  name: string;
  columns: Column<T>[];
  rows: T[];
  id: (row: T) => string | number;
  /** What opens below a row; null when there is nothing to open. */
  detail?: (row: T) => ReactNode;
  empty?: ReactNode;
}

export function DataTable<T>({ name, columns, rows, id, detail, empty }: TableProps<T>) {
  const [open, setOpen] = useState<ReadonlySet<string | number>>(new Set());
  if (rows.length === 0) return <>{empty ?? <Nothing />}</>;
  const wide = columns.filter((column) => column.wide).length;
  const toggle = (key: string | number) => {
    const next = new Set(open);
    if (!next.delete(key)) next.add(key);
    setOpen(next);
  };
  return (
    <div className="table-frame" role="region" aria-label={name} tabIndex={0}>
      <table aria-label={name} style={{ "--wide": `${99 / wide}%` } as CSSProperties}>
        <thead>
          <tr>
            {detail && (
              <th scope="col" className="opener">
                <span className="unseen">{t("details")}</span>
              </th>
            )}
            {columns.map((column) => (
              <th key={column.title} scope="col" className={classOf(column)}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const key = id(row);
            const more = open.has(key) ? detail?.(row) : null;
            return (
              <Fragment key={key}>
                <tr>
                  {detail && (
                    <td className="opener">
                      <Button
                        type="text"
                        size="small"
                        aria-expanded={open.has(key)}
                        aria-label={t("details")}
                        icon={open.has(key) ? <DownOutlined /> : <RightOutlined />}
                        onClick={() => toggle(key)}
                      />
                    </td>
                  )}
                  {columns.map((column) => (
                    <td key={column.title} className={classOf(column)}>
                      {column.cell(row)}
                    </td>
                  ))}
                </tr>
                {more && (
                  <tr className="detail">
                    <td colSpan={columns.length + 1}>{more}</td>
                  </tr>
                )}
              </Fragment>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function classOf<T>({ align, wide, nowrap }: Column<T>): string {
  return [align === "end" && "end", wide && "wide", nowrap && "nowrap"].filter(Boolean).join(" ");
}

interface List<T> {
  items: T[];
  isPending: boolean;
  isPlaceholderData?: boolean;
  error: unknown;
  refetch: () => unknown;
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => unknown;
}

/** A table over a list that comes in pages. */
export function ListTable<T>({ list, ...table }: Omit<TableProps<T>, "rows"> & { list: List<T> }) {
  if (list.isPending)
    return <Skeleton className="table-wait" active title={false} paragraph={{ rows: 6 }} />;
  if (list.error) return <Fault error={list.error} retry={() => void list.refetch()} />;
  return (
    <div
      aria-busy={list.isPlaceholderData}
      className={list.isPlaceholderData ? "stale" : undefined}
    >
      <DataTable {...table} rows={list.items} />
      {list.hasNextPage && (
        <div className="more">
          <Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {t("more")}
          </Button>
        </div>
      )}
    </div>
  );
}
