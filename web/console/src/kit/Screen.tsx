// The outline of a page: path, heading, actions, content.

import { Empty, Skeleton } from "antd";
import type { ReactNode } from "react";
import { Link } from "wouter";

import { useTitle } from "../frame/Frame";
import { Fault } from "./Fault";
import { t } from "./texts";

interface ScreenProps {
  title: string;
  /** Beside the heading: a state. */
  mark?: ReactNode;
  lead?: ReactNode;
  actions?: ReactNode;
  trail?: { to: string; label: string }[];
  narrow?: boolean;
  children: ReactNode;
}

export function Screen({ title, mark, lead, actions, trail, narrow, children }: ScreenProps) {
  useTitle(title);
  return (
    <div className={narrow ? "screen narrow" : "screen"}>
      {trail && (
        <div className="trail">
          <span aria-hidden>← </span>
          {trail.map(({ to, label }, index) => (
            <span key={to}>
              {index > 0 && <span aria-hidden> / </span>}
              <Link href={to}>
                <bdi>{label}</bdi>
              </Link>
            </span>
          ))}
        </div>
      )}
      <div className="screen-head">
        <div className="screen-name">
          <h1 dir="auto">{title}</h1>
          {mark}
        </div>
        {actions && <div className="screen-actions">{actions}</div>}
      </div>
      {lead && <p className="lead">{lead}</p>}
      {children}
    </div>
  );
}

interface PanelProps {
  title?: string;
  actions?: ReactNode;
  className?: string;
  flush?: boolean;
  children: ReactNode;
}

export function Panel({ title, actions, className, flush, children }: PanelProps) {
  return (
    <section className={`panel${flush ? " flush" : ""} ${className ?? ""}`}>
      {title && (
        <div className="panel-head">
          <h2>{title}</h2>
          {actions}
        </div>
      )}
      <div className="panel-body">{children}</div>
    </section>
  );
}

interface Answer<T> {
  data: T | undefined;
  error: unknown;
  refetch: () => unknown;
}

/** Skeleton while it loads, the error with a retry, or the content. */
export function Loaded<T>({
  of,
  rows,
  children,
}: {
  of: Answer<T>;
  rows?: number;
  children: (data: T) => ReactNode;
}) {
  if (of.data !== undefined) return <>{children(of.data)}</>;
  if (of.error) return <Fault error={of.error} retry={() => void of.refetch()} />;
  return (
    <div role="status" aria-label={t("details")} aria-busy>
      <Skeleton active title={false} paragraph={{ rows: rows ?? 4 }} />
    </div>
  );
}

export function Nothing({
  title,
  lead,
  action,
}: {
  title?: string;
  lead?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <Empty
      className="nothing"
      image={Empty.PRESENTED_IMAGE_SIMPLE}
      styles={{ image: { height: 36 } }}
      description={
        <>
          <strong>{title ?? t("nothing")}</strong>
          {lead && <p>{lead}</p>}
        </>
      }
    >
      {action}
    </Empty>
  );
}

/** Names and their values. */
export function Facts({ of }: { of: [label: string, value: ReactNode][] }) {
  return (
    <dl className="facts">
      {of.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd dir="auto">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
