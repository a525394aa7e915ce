// The files of a version: a tree, and the open file with numbered lines. Both consoles use it; the
// open file and line stand in the address, so that a place in the code can be sent to somebody.

import { FileOutlined, FolderOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Input } from "antd";
import { useEffect, useMemo, useRef, useState } from "react";
import { Link } from "wouter";

import { useAddress } from "../frame/address";
import { api } from "../frame/session";
import type { SourceFile, SourceText } from "../wire";
import { CopyText } from "./CopyText";
import { highlight } from "./highlight";
import { bytes } from "./Marks";
import { Loaded, Nothing } from "./Screen";
import { t } from "./texts";
import { fileName, manifestOf, placeText, sourceOf, treeOf, type Folder } from "./tree";

interface SourceProps {
  /** Where the files are served: `<base>/file?path=`. */
  base: string;
  files: SourceFile[];
  /** Called with a line that was clicked; lines are plain numbers without it. */
  onLine?: (file: string, line: number) => void;
  /** Places to mark, e.g. what the compiler or the reviewer found. */
  marks?: { file?: string; line?: number }[];
}

export function Source({ base, files, onLine, marks: places = [] }: SourceProps) {
  const address = useAddress();
  const [filter, setFilter] = useState("");
  const shown = useMemo(() => {
    const wanted = filter.trim().toLowerCase();
    return treeOf(
      wanted ? files.filter((file) => file.path.toLowerCase().includes(wanted)) : files,
    );
  }, [files, filter]);
  const asked = address.get("file");
  const path = asked ? sourceOf(files, asked) : manifestOf(files) || files[0]?.path;
  const marks = useMemo(
    () => places.map((place) => ({ ...place, file: place.file && sourceOf(files, place.file) })),
    [files, places],
  );
  const counts = new Map<string, number>();
  for (const { file } of marks) if (file) counts.set(file, (counts.get(file) ?? 0) + 1);
  return (
    <div className="source">
      <nav className="source-tree" aria-label={t("files")}>
        <Input
          allowClear
          size="small"
          placeholder={t("filterFiles")}
          aria-label={t("filterFiles")}
          value={filter}
          onChange={(event) => setFilter(event.target.value)}
        />
        <FolderView folder={shown} open={path} counts={counts} />
      </nav>
      {path ? (
        <OpenFile
          key={path}
          base={base}
          path={path}
          line={Number(address.get("line")) || 0}
          onLine={onLine}
          marks={marks.filter((mark) => mark.file === path).map((mark) => mark.line ?? 0)}
        />
      ) : (
        <Nothing title={t("openFile")} />
      )}
    </div>
  );
}

interface FolderProps {
  folder: Folder;
  open: string | undefined;
  counts: Map<string, number>;
}

function FolderView({ folder, open, counts }: FolderProps) {
  const address = useAddress();
  return (
    <ul>
      {folder.folders.map((child) => (
        <li key={child.path}>
          <details open>
            <summary>
              <FolderOutlined aria-hidden /> {child.name}
            </summary>
            <FolderView folder={child} open={open} counts={counts} />
          </details>
        </li>
      ))}
      {folder.files.map((file) => (
        <li key={file.path}>
          <Link
            href={address.link({ tab: "files", file: file.path, line: null })}
            aria-current={file.path === open ? "true" : undefined}
            title={`${file.path} · ${bytes(file.size)}`}
          >
            <FileOutlined aria-hidden /> <span>{fileName(file.path)}</span>
            {counts.has(file.path) && <span className="count">{counts.get(file.path)}</span>}
          </Link>
        </li>
      ))}
    </ul>
  );
}

interface OpenFileProps {
  base: string;
  path: string;
  line: number;
  onLine?: (file: string, line: number) => void;
  marks: number[];
}

function OpenFile({ base, path, line, onLine, marks }: OpenFileProps) {
  const file = useQuery({
    queryKey: ["source", base, path],
    queryFn: ({ signal }) => api.get<SourceText>(`${base}/file`, { path }, signal),
    staleTime: Infinity, // a bundle never changes
  });
  return (
    <div className="source-file">
      <div className="source-head">
        <CopyText text={placeText(path, line)} what={t("place")} />
        {file.data && <span className="faint">{bytes(file.data.size)}</span>}
      </div>
      <Loaded of={file} rows={12}>
        {(data) =>
          data.text === null ? (
            <Nothing title={t("notText")} />
          ) : (
            <>
              {data.truncated && <p className="faint note">{t("truncated")}</p>}
              <Lines path={path} text={data.text} line={line} onLine={onLine} marks={marks} />
            </>
          )
        }
      </Loaded>
    </div>
  );
}

interface LinesProps {
  path: string;
  text: string;
  line: number;
  onLine?: (file: string, line: number) => void;
  marks: number[];
}

function Lines({ path, text, line, onLine, marks }: LinesProps) {
  const address = useAddress();
  const target = useRef<HTMLLIElement>(null);
  const lines = useMemo(
    () => highlight(path, text.replace(/\r?\n$/, "").split(/\r?\n/)),
    [path, text],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: another line is another target
  useEffect(() => {
    target.current?.scrollIntoView({ block: "center" });
  }, [line]);
  const press = (number: number) => {
    address.set({ tab: "files", file: path, line: number });
    onLine?.(path, number);
  };
  return (
    <ol className="lines" dir="ltr" tabIndex={0} aria-label={path}>
      {lines.map((tokens, index) => {
        const number = index + 1;
        const classes = [number === line && "target", marks.includes(number) && "marked"].filter(
          Boolean,
        );
        return (
          <li
            key={number}
            ref={number === line ? target : undefined}
            className={classes.join(" ") || undefined}
          >
            <button
              type="button"
              tabIndex={-1}
              aria-label={t("lineN", { n: String(number) })}
              onClick={() => press(number)}
            >
              {number}
            </button>
            <code>
              {tokens.map(({ kind, text }, at) =>
                kind ? (
                  <span key={at} className={`tok-${kind}`}>
                    {text}
                  </span>
                ) : (
                  text
                ),
              )}
            </code>
          </li>
        );
      })}
    </ol>
  );
}

/** A place in the code that opens there. */
export function PlaceLink({
  file,
  line,
  column,
}: {
  file?: string;
  line?: number;
  column?: number;
}) {
  const address = useAddress();
  if (!file) return <span className="faint">–</span>;
  return (
    <Link href={address.link({ tab: "files", file, line: line || null })} className="place">
      <code>{placeText(file, line, column)}</code>
    </Link>
  );
}
