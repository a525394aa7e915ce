import { CheckCircleFilled, CloseCircleFilled } from "@ant-design/icons";
import type { ReactNode } from "react";
import { Link } from "wouter";

import { formatNumber } from "../../../shared/i18n";
import { useList } from "../frame/lists";
import { Fault } from "../kit/Fault";
import { ago, Name, When } from "../kit/Marks";
import { Loaded, Nothing, Panel, Screen } from "../kit/Screen";
import type { AuditEntry, SubmissionSummary } from "../wire";
import { Actor, Target } from "./AuditNames";
import { useLedger, useQuarantines, useTakenDown } from "./data";
import { SubmissionTag } from "./SubmissionTag";
import { t } from "./texts";

const SHOWN = 8;

export default function Dashboard() {
  const waiting = useList<SubmissionSummary>(["submissions", "list"], "/admin/submissions", {
    state: "pending",
  });
  const ledger = useLedger();
  const down = useTakenDown();
  const paused = useQuarantines("active");
  const oldest = waiting.items.map((item) => item.submitted_at).sort()[0];
  const broken = ledger.data?.checks.filter((check) => check.broken > 0).length ?? 0;
  return (
    <Screen title={t("dashboard")}>
      {waiting.error !== null && (
        <Fault error={waiting.error} retry={() => void waiting.refetch()} />
      )}
      <div className="tiles">
        <Tile
          to="/reviews"
          name={t("waiting")}
          hint={oldest ? t("oldest", { ago: ago(new Date(oldest)) }) : t("queueEmpty")}
        >
          {waiting.isPending
            ? "…"
            : formatNumber(waiting.items.length) + (waiting.hasNextPage ? "+" : "")}
        </Tile>
        <Tile
          to="/ledger"
          name={t("ledgerLamp")}
          hint={ledger.data && t("checkedAt", { ago: ago(new Date(ledger.data.checked_at)) })}
        >
          {!ledger.data ? (
            ledger.error ? (
              <CloseCircleFilled className="lamp bad" aria-hidden />
            ) : (
              "…"
            )
          ) : ledger.data.ok ? (
            <span className="lamp-line">
              <CheckCircleFilled className="lamp good" aria-hidden /> {t("ledgerOk")}
            </span>
          ) : (
            <span className="lamp-line bad">
              <CloseCircleFilled className="lamp bad" aria-hidden />{" "}
              {t("ledgerBroken", { count: broken })}
            </span>
          )}
        </Tile>
        <Tile to="/apps" name={t("takenDown")} hint={t("takenDownLead")}>
          {down.isPending ? "…" : formatNumber(down.items.length) + (down.hasNextPage ? "+" : "")}
        </Tile>
        <Tile to="/quarantines" name={t("paused")} hint={t("pausedLead")}>
          {paused.isPending
            ? "…"
            : formatNumber(paused.items.length) + (paused.hasNextPage ? "+" : "")}
        </Tile>
      </div>
      <div className="halves">
        <Decided />
        <Lately />
      </div>
    </Screen>
  );
}

interface TileProps {
  to: string;
  name: string;
  hint?: string;
  children: ReactNode;
}

function Tile({ to, name, hint, children }: TileProps) {
  return (
    <Link href={to} className="tile">
      <span className="tile-name">{name}</span>
      <span className="tile-figure">{children}</span>
      <span className="faint">{hint}</span>
    </Link>
  );
}

function Decided() {
  const list = useList<SubmissionSummary>(["submissions", "list"], "/admin/submissions", {
    state: "decided",
  });
  const decided = list.items.slice(0, SHOWN);
  return (
    <Panel
      title={t("decided")}
      flush
      actions={<Link href="/reviews?state=all">{t("seeAll")}</Link>}
    >
      <Loaded of={list}>
        {() =>
          decided.length === 0 ? (
            <Nothing />
          ) : (
            <ul className="people">
              {decided.map((item) => (
                <li key={item.id}>
                  <span>
                    <Link href={`/reviews/${item.id}`}>
                      <bdi>{item.app.name}</bdi> <bdi>{item.version.version}</bdi>
                    </Link>{" "}
                    <span className="faint">{item.decider && <Name of={item.decider} />}</span>
                  </span>
                  <span className="row-end">
                    <When at={item.decided_at} />
                    <SubmissionTag state={item.state} />
                  </span>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Panel>
  );
}

function Lately() {
  const list = useList<AuditEntry>(["audit"], "/admin/audit");
  return (
    <Panel title={t("lately")} flush actions={<Link href="/audit">{t("seeAll")}</Link>}>
      <Loaded of={list}>
        {() => (
          <ul className="people">
            {list.items.slice(0, SHOWN).map((entry) => (
              <li key={entry.id}>
                <span>
                  <code>{entry.action}</code> <Target of={entry} />
                </span>
                <span className="row-end faint">
                  <Actor of={entry} />
                  <When at={entry.at} />
                </span>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </Panel>
  );
}
