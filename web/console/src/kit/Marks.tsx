// Small marks for one value: a state, a time, a person, a picture.

import { Tag } from "antd";
import type { ReactNode } from "react";

import { formatDateTime, formatNumber, locale } from "../../../shared/i18n";
import { usePerson } from "../frame/lists";
import type { PersonRef, VersionState } from "../wire";
import { stateName } from "./states";
import { t } from "./texts";

const COLOURS: Record<VersionState, string> = {
  failed: "error",
  ready: "default",
  submitted: "processing",
  approved: "cyan",
  rejected: "error",
  released: "success",
  retired: "default",
};

export function StateTag({ state }: { state: VersionState }) {
  return (
    <Tag className={`state state-${state}`} color={COLOURS[state]}>
      {stateName(state)}
    </Tag>
  );
}

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** "3 hours ago"; what is younger than a minute was just now, and what comes within one comes now. */
export function ago(at: Date, now: Date = new Date()): string {
  const format = new Intl.RelativeTimeFormat(locale(), { numeric: "auto" });
  const seconds = Math.round((at.getTime() - now.getTime()) / 1000);
  for (const [unit, size] of UNITS) {
    if (Math.abs(seconds) >= size) return format.format(Math.trunc(seconds / size), unit);
  }
  return seconds > 0 ? format.format(0, "second") : t("justNow");
}

export function When({ at, exact }: { at: string | null | undefined; exact?: boolean }) {
  if (!at) return <span className="faint">–</span>;
  const date = new Date(at);
  return (
    <time dateTime={at} title={exact ? ago(date) : formatDateTime(date)} className="when">
      {exact ? formatDateTime(date) : ago(date)}
    </time>
  );
}

export function Person({ id }: { id: string | null }) {
  const person = usePerson(id);
  if (!id) return <span className="faint">–</span>;
  if (!person.data) return <code title={id}>{id.slice(0, 8)}</code>;
  return (
    <bdi title={`@${person.data.handle}`}>{person.data.display_name || person.data.handle}</bdi>
  );
}

/** A person whose name came with the row. */
export function Name({ of }: { of: PersonRef }) {
  return <bdi title={`@${of.handle}`}>{of.display_name || of.handle || of.id.slice(0, 8)}</bdi>;
}

/** The picture of an app or account, or its first letter on a colour of its own. */
export function Icon({
  url,
  name,
  size = 40,
}: {
  url: string | null;
  name: string;
  size?: number;
}) {
  const style = { inlineSize: size, blockSize: size, fontSize: size * 0.45 };
  if (url) return <img className="icon" src={url} alt="" style={style} loading="lazy" />;
  const hue = [...name].reduce((sum, c) => (sum * 31 + (c.codePointAt(0) ?? 0)) % 360, 7);
  // At this lightness white letters have a contrast of 4.5 or more on every hue.
  return (
    <span className="icon" aria-hidden style={{ ...style, background: `hsl(${hue} 42% 33%)` }}>
      {[...name][0]?.toUpperCase() ?? "?"}
    </span>
  );
}

interface NamedProps {
  url: string | null;
  name: string;
  /** The line under the name. */
  below: string;
  children: ReactNode;
}

/** A picture with the name of its app or account beside it, as in the first column of a table. */
export function Named({ url, name, below, children }: NamedProps) {
  return (
    <span className="with-icon">
      <Icon url={url} name={name} size={28} />
      <span>
        {children}
        <div className="faint" dir="auto">
          {below}
        </div>
      </span>
    </span>
  );
}

const KB = 1024;

export function bytes(size: number): string {
  if (size < KB) return `${formatNumber(size)} B`;
  if (size < KB * KB) return `${formatNumber(Math.round(size / KB))} KB`;
  return `${formatNumber(Math.round((size / KB / KB) * 10) / 10)} MB`;
}

/** The size of a version, and of how many files it is. */
export function bundleSize(of: { size: number; file_count: number }): string {
  return `${bytes(of.size)} · ${t("fileCount", { count: of.file_count })}`;
}
